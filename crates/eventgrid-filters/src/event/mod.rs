//! The values that an event has at the keys of filters.
//!
//! This module covers the keys, and the one pass over the text of an event that finds their values.
//! How the values are tested does not belong here.

mod error;
mod keys;
mod read;
mod value;

pub use self::error::EventError;
pub(crate) use self::keys::{Keys, Slot};
pub(crate) use self::read::{Values, read};
pub(crate) use self::value::{Content, Found, Scalar};
