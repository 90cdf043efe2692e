//! Events: what is published ([`CloudEvent`], [`EventGridEvent`], [`CustomEvent`]) and what is
//! received ([`CloudEventView`], [`EventGridEventView`]).

mod attribute;
mod attribute_name;
mod binary_mode;
mod cloud_event;
#[cfg(feature = "heapless")]
mod cloud_event_buf;
#[cfg(feature = "cloudevents-sdk")]
mod cloudevents_sdk;
#[cfg(feature = "alloc")]
mod conversion;
mod custom_event;
mod data;
mod data_view;
#[cfg(all(feature = "serde", feature = "alloc"))]
mod deserialize;
mod event_grid_event;
mod event_grid_view;
mod extension;
pub(crate) mod media_type;
mod members;
#[cfg(feature = "generate")]
mod now;
#[cfg(feature = "alloc")]
mod sendable;
#[cfg(feature = "serde")]
mod serialize;
#[cfg(feature = "jiff")]
mod timestamp;
mod view;
mod write;

pub use attribute::InvalidEvent;
pub(crate) use attribute::is_plain_name;
pub use attribute_name::AttributeName;
pub use binary_mode::BinaryMode;
pub use cloud_event::CloudEvent;
#[cfg(feature = "heapless")]
pub use cloud_event_buf::CloudEventBuf;
#[cfg(feature = "alloc")]
pub use conversion::ConversionError;
pub use custom_event::CustomEvent;
pub use data::Data;
pub use data_view::{DataError, DataView};
pub use event_grid_event::EventGridEvent;
pub use event_grid_view::EventGridEventView;
pub use extension::{Extension, ExtensionValue, Extensions};
pub use media_type::DataKind;
#[cfg(feature = "alloc")]
pub(crate) use sendable::is_sendable;
#[cfg(feature = "jiff")]
pub use timestamp::InvalidTime;
pub(crate) use view::EventRanges;
pub use view::{CloudEventView, ExtensionView, ExtensionViews, MalformedEvent};
