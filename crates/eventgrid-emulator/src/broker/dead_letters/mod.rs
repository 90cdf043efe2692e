//! Dead letters: events that died in the queue of an event subscription, where they go, and when.
//!
//! This module covers what is kept of such an event, the list of them that each event subscription
//! has, how it is written, and what one who runs a test does with it. When an event dies is decided
//! by its queue. Where a file of dead letters lies, and who writes it, is decided outside of the
//! broker.

mod form;
mod letter;
mod list;
mod operate;
mod settings;

pub(crate) use self::form::{basic_form, namespace_form};
pub use self::letter::{DeadLetter, DeadLetterReason, DeadLetters, UnknownDeadLetter};
pub(super) use self::list::DeadLetterList;
pub(crate) use self::list::KeptDeadLetter;
pub(crate) use self::operate::DueDeadLetter;
pub use self::settings::{DeadLetterDestination, DeadLettering};
