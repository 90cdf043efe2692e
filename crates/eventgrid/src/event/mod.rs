//! CloudEvents: what is published ([`CloudEvent`]) and what is received ([`CloudEventView`]).

mod attribute;
mod cloud_event;
mod data;
mod extension;
mod view;
mod write;

pub use attribute::InvalidEvent;
pub use cloud_event::CloudEvent;
pub use data::Data;
pub use extension::{Extension, ExtensionValue, Extensions};
pub use view::{CloudEventView, DataView, ExtensionView, ExtensionViews, MalformedEvent};
