//! Pushes: events that an event subscription sends to an endpoint by itself.
//!
//! This module covers the endpoint that an event subscription may have, which of its events are
//! due, and what becomes of them when the result of a push is known. When an attempt is due, and
//! what a result means, is said by `eventgrid-push`. What a request looks like, and who sends it,
//! does not belong here.

mod endpoint;
mod operate;
mod outcome;

pub use self::endpoint::{InvalidPushUrl, PushEndpoint};
pub(crate) use self::endpoint::{PushDestination, shown_url};
pub(crate) use self::operate::{PushStep, TakenEvent, TakenPush};
pub(in crate::broker) use self::outcome::outcome_of_word;
#[cfg(feature = "data")]
pub(crate) use self::outcome::{outcome_number, outcome_of_number};
