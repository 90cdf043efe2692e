//! What an emulator does where the service's behavior is not known, or where a test may want
//! something else.
//!
//! This module is only the table of facts, one row for each case with its source. The code that
//! acts on them is in the service.

mod basic;
mod dead_letters;
mod event;
mod mqtt;
mod namespace;

use std::fmt;

use crate::service::Emulator;

/// One case, what an emulator does in it, and how the service's behavior is known.
///
/// ```
/// use eventgrid_emulator::Emulator;
///
/// let fact = Emulator::facts().find(|fact| fact.id == "extension-name-length").unwrap();
/// assert_eq!((fact.strict, fact.relaxed), ("It is refused.", "It is accepted."));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fact {
    /// A name that stays the same, in small letters with hyphens.
    pub id: &'static str,
    /// What it is about.
    pub area: Area,
    /// The case.
    pub case: &'static str,
    /// What an emulator does with [`Limits::Strict`](crate::limits::Limits::Strict).
    pub strict: &'static str,
    /// What an emulator does with [`Limits::Relaxed`](crate::limits::Limits::Relaxed); the same
    /// text as `strict` where it makes no difference.
    pub relaxed: &'static str,
    /// How the service's behavior is known.
    pub source: Source,
}

/// What facts are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Area {
    /// Events, wherever they are published.
    Events,
    /// Namespaces.
    Namespaces,
    /// Basic topics, domains and partner namespaces.
    Basic,
    /// The HTTP interface of the MQTT broker of a namespace.
    Mqtt,
    /// Dead letters, of subscriptions of every kind.
    DeadLetters,
    /// HTTP itself.
    Http,
}

/// How the service's behavior is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A recorded exchange with the service, or a report of one of its users.
    Recorded(&'static str),
    /// A page of the service's documentation or its REST contract, with the date of what was read.
    Documented(&'static str),
    /// A standard that the service names, such as CloudEvents. That the service keeps to it is not
    /// confirmed.
    Standard(&'static str),
    /// No source says what the service does. The text is the reason for the choice, and may be
    /// empty.
    NotConfirmed(&'static str),
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Events => "Events",
            Self::Namespaces => "Namespaces",
            Self::Basic => "Basic topics, domains and partner namespaces",
            Self::Mqtt => "The MQTT broker of a namespace",
            Self::DeadLetters => "Dead letters",
            Self::Http => "HTTP",
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded(what) => write!(f, "recorded: {what}"),
            Self::Documented(page) => write!(f, "documented: {page}"),
            Self::Standard(name) => write!(f, "{name}; not confirmed for the service"),
            Self::NotConfirmed("") => f.write_str("not confirmed"),
            Self::NotConfirmed(why) => write!(f, "not confirmed: {why}"),
        }
    }
}

impl Fact {
    /// A case in which the limits make no difference.
    const fn always(
        id: &'static str,
        area: Area,
        case: &'static str,
        what: &'static str,
        source: Source,
    ) -> Self {
        Self { id, area, case, strict: what, relaxed: what, source }
    }
}

impl Emulator {
    /// The cases in which it matters what an emulator does, with what is known about the service in
    /// each. `FACTS.md` of this crate is made of them.
    pub fn facts() -> impl Iterator<Item = &'static Fact> {
        let of_namespaces = namespace::FACTS.iter().chain(mqtt::FACTS);
        event::FACTS.iter().chain(of_namespaces).chain(basic::FACTS).chain(dead_letters::FACTS)
    }
}
