//! What makes a CloudEvent a good one, wherever it is published to (CloudEvents 1.0). The words for what is wrong are
//! each side's own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventgrid_transport::date::Rfc3339Time;
use serde_json::value::RawValue;

use super::members::{Members, text};
use crate::time::published;

/// The attributes every event has.
const REQUIRED: [&str; 4] = ["id", "source", "specversion", "type"];

/// What is wrong with an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Missing(&'static str),
    NotText(&'static str),
    SpecVersion,
    DataTwice,
    DataBase64,
    Time,
    OptionalNotText(String),
    Name(String),
    Extension(String),
}

/// The first fault there is: of the required attributes, of the data, and of the others in their order.
pub(super) fn check(attributes: &Members<'_>) -> Result<(), Fault> {
    for required in REQUIRED {
        let value = attributes.get(required).ok_or(Fault::Missing(required))?;
        if text(value).is_none_or(|text| text.is_empty()) {
            return Err(Fault::NotText(required));
        }
    }
    if attributes.get("specversion").and_then(text).is_none_or(|version| version != "1.0") {
        return Err(Fault::SpecVersion);
    }
    // `null` beside bytes says no more than that there is no JSON.
    let has_json = attributes.get("data").is_some_and(|data| data.get() != "null");
    if has_json && attributes.get("data_base64").is_some() {
        return Err(Fault::DataTwice);
    }
    attributes.iter().try_for_each(|(name, value)| check_attribute(name, value))
}

fn check_attribute(name: &str, value: &RawValue) -> Result<(), Fault> {
    match name {
        "data" | "id" | "source" | "specversion" | "type" => {}
        "data_base64" => {
            if text(value).is_none_or(|text| STANDARD.decode(text).is_err()) {
                return Err(Fault::DataBase64);
            }
        }
        "time" => {
            if time(value).is_none() {
                return Err(Fault::Time);
            }
        }
        "subject" | "dataschema" | "datacontenttype" => {
            if text(value).is_none() {
                return Err(Fault::OptionalNotText(name.to_owned()));
            }
        }
        extension => {
            if !is_attribute_name(extension) {
                return Err(Fault::Name(extension.to_owned()));
            }
            if value.get().starts_with(['{', '[']) || value.get().starts_with('"') && text(value).is_none() {
                return Err(Fault::Extension(extension.to_owned()));
            }
        }
    }
    Ok(())
}

/// The moment of a JSON string, if it is one: RFC 3339, or with a space for the `T`, as the service takes it.
pub(super) fn time(value: &RawValue) -> Option<Rfc3339Time> {
    published(&text(value)?)
}

/// Lower-case ASCII letters and digits (CloudEvents 1.0, naming of attributes).
fn is_attribute_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}
