//! Facts about push delivery, and how they are known.
//!
//! This module has the kinds of sources, and the facts that are neither a time nor a status.
//! Schedules and the meanings of responses have tables of their own in the module `schedule`.

mod table;

use std::fmt;

/// A rule of push delivery, and how it is known.
///
/// ```
/// use eventgrid_push::DeliveryFact;
///
/// let fact = DeliveryFact::all().iter().find(|fact| fact.id == "time-to-live").unwrap();
/// assert_eq!(fact.what, "It is dead-lettered when that attempt is due, not before.");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryFact {
    /// A name that stays the same, in small letters with hyphens.
    pub id: &'static str,
    /// The case.
    pub case: &'static str,
    /// What this crate does in this case.
    pub what: &'static str,
    /// How this is known.
    pub source: FactSource,
}

/// How something about the service is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FactSource {
    /// A recorded exchange with the service, or a report of one of its users.
    Recorded(&'static str),
    /// A page of the service's documentation or its REST contract, with the date or the commit of
    /// what was read.
    Documented(&'static str),
    /// A standard that the service names, such as CloudEvents. That the service keeps to it is not
    /// confirmed.
    Standard(&'static str),
    /// No source says what the service does. The text gives the reasons for the choice.
    NotConfirmed(&'static str),
}

impl DeliveryFact {
    /// The facts, in the order of the modules that act on them.
    pub const fn all() -> &'static [Self] {
        table::FACTS
    }
}

impl fmt::Display for FactSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded(what) => write!(f, "recorded: {what}"),
            Self::Documented(page) => write!(f, "documented: {page}"),
            Self::Standard(name) => write!(f, "standard: {name}"),
            Self::NotConfirmed(why) => write!(f, "not confirmed: {why}"),
        }
    }
}
