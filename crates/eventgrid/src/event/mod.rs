//! Events: what is published ([`CloudEvent`], [`EventGridEvent`], [`CustomEvent`]) and what is received ([`CloudEventView`]).

mod attribute;
mod binary_mode;
mod cloud_event;
mod custom_event;
mod data;
mod data_view;
mod event_grid_event;
mod extension;
mod view;
mod write;

pub use attribute::InvalidEvent;
pub use binary_mode::BinaryMode;
pub use cloud_event::CloudEvent;
pub use custom_event::CustomEvent;
pub use data::Data;
pub use data_view::{DataError, DataView};
pub use event_grid_event::EventGridEvent;
pub use extension::{Extension, ExtensionValue, Extensions};
pub use view::{CloudEventView, ExtensionView, ExtensionViews, MalformedEvent};
