//! The arguments of the program, as on the emulated boards.

use std::collections::HashMap;
use std::env;
use std::fmt;

/// The arguments of the program, each as `NAME=VALUE`.
pub(crate) struct Arguments(HashMap<&'static str, &'static str>);

impl Arguments {
    const NAMES: [&'static str; 7] =
        ["endpoint", "key", "source", "topic", "commands", "subscription", "clock"];

    /// The arguments, which stay as long as the program: a device has them in its flash.
    pub(crate) fn of_the_program() -> Result<Self, UnknownArgument> {
        let words = env::args().skip(1).map(|word| &*word.leak());
        let known = |(name, _): &(&str, &str)| Self::NAMES.contains(name);
        words
            .map(|word| word.split_once('=').filter(known).ok_or(UnknownArgument))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The value of an argument that must be there.
    pub(crate) fn required(&self, name: &'static str) -> Result<&'static str, InvalidArgument> {
        self.optional(name).ok_or(InvalidArgument { name })
    }

    /// The value of an argument, if there is one.
    pub(crate) fn optional(&self, name: &str) -> Option<&'static str> {
        self.0.get(name).copied()
    }
}

/// An argument that is missing or that cannot be read.
#[derive(Debug)]
pub(crate) struct InvalidArgument {
    /// Its name.
    pub(crate) name: &'static str,
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "start the program with a valid argument {}=VALUE", self.name)
    }
}

impl std::error::Error for InvalidArgument {}

/// An argument that means nothing. It is not shown, since it may be the key.
#[derive(Debug)]
pub(crate) struct UnknownArgument;

impl fmt::Display for UnknownArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "start the program with arguments NAME=VALUE alone, the names being {}",
            Arguments::NAMES.join(", ")
        )
    }
}

impl std::error::Error for UnknownArgument {}
