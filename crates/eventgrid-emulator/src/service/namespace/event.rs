//! The event that consumers receive, of the attributes it was published with.
//!
//! Attributes keep the text they were published with, numbers digit by digit; `time` is turned to
//! UTC without trailing zeros, as the service does, and keeps nine digits of the second (the
//! service was seen to keep seven of seven). `data` that is `null` beside `data_base64` is left
//! out, as every reader takes it (unconfirmed). Recorded from the service: "`source` attribute is
//! required" and "`id` must be non-empty string". The other messages, and that a number or boolean
//! extension keeps its type, are unconfirmed.

use super::error::ServiceError;
use crate::broker::Event;
use crate::service::cloud_event::{Fault, check, time};
use crate::service::members::Members;

/// Checks the attributes and puts them together.
pub(super) fn event(attributes: &Members<'_>) -> Result<Event, ServiceError> {
    check(attributes).map_err(|fault| ServiceError::bad_request(words(&fault)))?;
    let mut json = String::with_capacity(attributes.iter().map(|(k, v)| k.len() + v.get().len() + 4).sum());
    let has_bytes = attributes.get("data_base64").is_some();
    // Data beside bytes was checked to be `null`.
    for (name, value) in attributes.iter().filter(|(name, _)| !(has_bytes && *name == "data")) {
        json.push(if json.is_empty() { '{' } else { ',' });
        json.extend(["\"", name, "\":"]);
        match time(value).filter(|_| name == "time") {
            Some(time) => json.extend(["\"", &time.to_string(), "\""]),
            None => json.push_str(value.get()),
        }
    }
    json.push('}');
    Event::from_json(json).map_err(|error| ServiceError::bad_request(error.to_string()))
}

fn words(fault: &Fault) -> String {
    match fault {
        Fault::Missing(name) => format!("`{name}` attribute is required"),
        Fault::NotText(name) => format!("`{name}` must be non-empty string"),
        Fault::SpecVersion => "`specversion` must be '1.0'".to_owned(),
        Fault::DataTwice => "`data` and `data_base64` must not both be present".to_owned(),
        Fault::DataBase64 => "`data_base64` must be base64 string".to_owned(),
        Fault::Time => "`time` must be RFC 3339 timestamp".to_owned(),
        Fault::OptionalNotText(name) => format!("`{name}` must be string"),
        Fault::Name(name) => format!("`{name}` is not a valid attribute name"),
        Fault::Extension(name) => format!("`{name}` must be string, number or boolean"),
    }
}
