//! CloudEvents: what is published ([`CloudEvent`]) and what is received ([`CloudEventView`]).

mod attribute;
mod cloud_event;
mod data;
mod data_view;
mod extension;
mod view;
mod write;

pub use attribute::InvalidEvent;
pub use cloud_event::CloudEvent;
pub use data::Data;
pub use data_view::{DataError, DataView};
pub use extension::{Extension, ExtensionValue, Extensions};
pub use view::{CloudEventView, ExtensionView, ExtensionViews, MalformedEvent};
