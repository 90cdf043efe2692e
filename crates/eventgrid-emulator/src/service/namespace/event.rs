//! The event that consumers receive, of the attributes it was published with.
//!
//! Values come in their canonical form (module `event`); `time` is turned to UTC without trailing
//! zeros, as the service does, and keeps nine digits of the second (the service was seen to keep
//! seven of seven). `data` that is `null` beside `data_base64` is left out, as every reader takes
//! it (unconfirmed). Recorded from the service: "`source` attribute is required" and "`id` must be
//! non-empty string". The other messages, and that a number or boolean extension keeps its type,
//! are unconfirmed.

use super::error::ServiceError;
use crate::broker::Event;
use crate::event::{EventBuilder, InvalidValue};
use crate::limits::Limits;
use crate::service::cloud_event::{Fault, MAX_EXTENSION_NAME, check, time};
use crate::service::members::Members;

/// Checks the attributes and puts them together.
pub(super) fn event(attributes: &Members<'_>, limits: Limits) -> Result<Event, ServiceError> {
    check(attributes, limits).map_err(|fault| ServiceError::bad_request(words(&fault)))?;
    let size = attributes.iter().map(|(name, value)| name.len() + value.get().len() + 4).sum();
    let mut event = EventBuilder::with_capacity(size);
    for (name, value) in attributes.iter().filter(|(name, _)| !matches!(*name, "data" | "data_base64")) {
        match time(value).filter(|_| name == "time") {
            Some(time) => event.string(name, &time.to_string()),
            None => event.json(name, value.get()).map_err(|invalid| unreadable(name, invalid))?,
        }
    }
    // Data beside bytes was checked to be `null`.
    let data = ["data_base64", "data"].into_iter().find_map(|name| Some((name, attributes.get(name)?)));
    if let Some((name, value)) = data {
        event.json(name, value.get()).map_err(|invalid| unreadable(name, invalid))?;
    }
    Ok(event.build())
}

fn unreadable(name: &str, invalid: InvalidValue) -> ServiceError {
    ServiceError::bad_request(format!("Error parsing request body: {invalid} of `{name}`"))
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::Missing(name) => format!("`{name}` attribute is required"),
        Fault::NotText(name) => format!("`{name}` must be non-empty string"),
        Fault::SpecVersion => "`specversion` must be '1.0'".to_owned(),
        Fault::DataTwice => "`data` and `data_base64` must not both be present".to_owned(),
        Fault::DataBase64 => "`data_base64` must be base64 string".to_owned(),
        Fault::Time => "`time` must be RFC 3339 timestamp".to_owned(),
        Fault::RareTime => {
            "`time` must be in the years 0001 to 9999 of UTC, and in no leap second".to_owned()
        }
        Fault::OptionalNotText(name) => format!("`{name}` must be string"),
        Fault::Source => "`source` must be URI reference".to_owned(),
        Fault::DataNotText(media_type) => {
            format!("`data` must be string for `datacontenttype` '{media_type}'")
        }
        Fault::Name(name) => format!("`{name}` is not a valid attribute name"),
        Fault::LongName(name) => {
            format!(
                "`{name}` is not a valid attribute name: it has more than {MAX_EXTENSION_NAME} characters"
            )
        }
        Fault::Extension(name) => format!("`{name}` must be string, boolean or integer of 32 bits"),
    }
}
