//! The arguments of the image.

use core::fmt;

use heapless::Vec;
use semihosting::experimental::env;
use static_cell::StaticCell;

/// The arguments of an image, each as `NAME=VALUE`. A real device has constants or a page of its
/// flash instead.
#[derive(Debug)]
pub struct Arguments(Vec<(&'static str, &'static str), 16>);

impl Arguments {
    /// How long all arguments together can be.
    const MAX_BYTES: usize = 512;

    /// The value of an argument.
    ///
    /// # Errors
    /// [`InvalidArgument`] if it is missing.
    pub fn required(&self, name: &'static str) -> Result<&'static str, InvalidArgument> {
        self.optional(name).ok_or(InvalidArgument { name })
    }

    /// The value of an argument, if there is one.
    pub fn optional(&self, name: &str) -> Option<&'static str> {
        self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }

    /// The value of an argument that is a number, or `default` if it is missing.
    ///
    /// # Errors
    /// [`InvalidArgument`] if it is not such a number.
    pub fn number(&self, name: &'static str, default: u32) -> Result<u32, InvalidArgument> {
        self.optional(name).map_or(Ok(default), |text| text.parse().map_err(|_| InvalidArgument { name }))
    }

    pub(crate) fn of_the_image() -> &'static Self {
        static LINE: StaticCell<env::Args<{ Arguments::MAX_BYTES }>> = StaticCell::new();
        static ARGUMENTS: StaticCell<Arguments> = StaticCell::new();
        let line: &'static _ = LINE.init(env::args().expect("the host has the arguments, and they fit"));
        let arguments = line.filter_map(|text| text.ok()?.split_once('='));
        ARGUMENTS.init(Self(arguments.collect()))
    }
}

/// An argument that is missing or that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidArgument {
    /// Its name.
    pub name: &'static str,
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "start the image with a valid argument {}=VALUE", self.name)
    }
}

impl core::error::Error for InvalidArgument {}
