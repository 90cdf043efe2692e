//! Events out of any format of `serde`, owned.

use serde::de::{Deserialize, Deserializer, Error};

use crate::event::{CloudEvent, CloudEventView, EventGridEvent, EventGridEventView};
use crate::json::JsonText;

/// From its JSON format (CloudEvents 1.0), by the rules of [`CloudEventView::parse`] and
/// [`CloudEventView::to_event`]: members that CloudEvents does not define are extension attributes,
/// an attribute that is `null` is absent, `data` and `data_base64` exclude each other, and JSON
/// data keeps its text where [`JsonText`] can keep it.
impl<'de> Deserialize<'de> for CloudEvent<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = JsonText::deserialize(deserializer)?;
        let view = CloudEventView::parse(json.as_raw()).map_err(D::Error::custom)?;
        view.to_event().map_err(D::Error::custom)?.into_owned().map_err(D::Error::custom)
    }
}

/// From its JSON format (Event Grid schema), by the rules of [`EventGridEventView::parse`] and
/// [`EventGridEventView::to_event`]. `metadataVersion`, which the service adds, and members that
/// the schema does not have are left out.
impl<'de> Deserialize<'de> for EventGridEvent<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = JsonText::deserialize(deserializer)?;
        let view = EventGridEventView::parse(json.as_raw()).map_err(D::Error::custom)?;
        view.to_event().into_owned().map_err(D::Error::custom)
    }
}
