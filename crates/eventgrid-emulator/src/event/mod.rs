//! An event after it was published: checked and normalised once, then shared by all who read it.
//!
//! This module covers the text of an event, the places of its attributes in that text, and how they
//! are read and written. Which attributes an event must have belongs to the service that takes it,
//! and which queue it goes to belongs to the broker.

mod attribute_order;
mod canonical;
mod cloud_event_marks;
mod event_builder;
mod media_type;
mod places;
mod published;

pub(crate) use self::attribute_order::EventWriter;
pub use self::attribute_order::{AttributeOrder, UnknownAttributeOrder};
pub(crate) use self::canonical::{InvalidValue, check_value};
pub(crate) use self::event_builder::EventBuilder;
pub(crate) use self::media_type::is_json;
pub use self::published::Event;
