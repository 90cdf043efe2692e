//! What makes a CloudEvent a good one, wherever it is published to (CloudEvents 1.0). The words for
//! what is wrong are each side's own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventgrid_transport::date::Rfc3339Time;
use fluent_uri::UriRef;
use serde_json::value::RawValue;

use super::members::{Members, text};
use crate::event::is_json;
use crate::limits::Limits;
use crate::time::{is_common, published};

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
    /// `time` is one that common readers cannot read.
    RareTime,
    OptionalNotText(String),
    /// `source` is not a URI reference.
    Source,
    /// `data` is not text although the media type, which is this one, is not that of JSON.
    DataNotText(String),
    Name(String),
    /// The name of an extension attribute has more than [`MAX_EXTENSION_NAME`] characters.
    LongName(String),
    /// CloudEvents has no type for the value of that extension attribute.
    Extension(String),
}

/// The longest name of an extension attribute ("concepts-event-grid-namespaces", 2023-11-02).
pub(super) const MAX_EXTENSION_NAME: usize = 20;

/// The first fault there is: of the required attributes, of the data, and of the others in their
/// order.
pub(super) fn check(attributes: &Members<'_>, limits: Limits) -> Result<(), Fault> {
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
    attributes.iter().try_for_each(|(name, value)| check_attribute(name, value, limits))?;
    if limits.are_strict() { check_data_is_of_its_type(attributes) } else { Ok(()) }
}

/// Whether `data` is what `datacontenttype` says: any JSON for a media type of JSON or none, else
/// text.
fn check_data_is_of_its_type(attributes: &Members<'_>) -> Result<(), Fault> {
    let content_type = attributes.get("datacontenttype").and_then(text).filter(|name| !is_json(name));
    match (content_type, attributes.get("data")) {
        (Some(name), Some(data)) if !data.get().starts_with('"') && data.get() != "null" => {
            Err(Fault::DataNotText(name))
        }
        _ => Ok(()),
    }
}

fn check_attribute(name: &str, value: &RawValue, limits: Limits) -> Result<(), Fault> {
    match name {
        "source" => {
            let is_valid = |text: String| UriRef::parse(text.as_str()).is_ok();
            if limits.are_strict() && !text(value).is_some_and(is_valid) {
                return Err(Fault::Source);
            }
        }
        "data" | "id" | "specversion" | "type" => {}
        "data_base64" => {
            if text(value).is_none_or(|text| STANDARD.decode(text).is_err()) {
                return Err(Fault::DataBase64);
            }
        }
        "time" => {
            let time = time(value).ok_or(Fault::Time)?;
            if limits.are_strict() && !is_common(time) {
                return Err(Fault::RareTime);
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
            if extension.len() > limits.of(MAX_EXTENSION_NAME) {
                return Err(Fault::LongName(extension.to_owned()));
            }
            if limits.are_strict() && !has_type(value) {
                return Err(Fault::Extension(extension.to_owned()));
            }
        }
    }
    Ok(())
}

/// Whether CloudEvents has a type for an extension attribute of that value: a string, a boolean, or
/// an integer of 32 bits without fraction and exponent (CloudEvents 1.0.2, type system, and JSON
/// format 2.2).
fn has_type(value: &RawValue) -> bool {
    match value.get() {
        "true" | "false" => true,
        string if string.starts_with('"') => text(value).is_some(),
        number => number.parse::<i32>().is_ok(),
    }
}

/// The moment of a JSON string, if it is one: RFC 3339, or with a space for the `T`, as the service
/// takes it.
pub(super) fn time(value: &RawValue) -> Option<Rfc3339Time> {
    published(&text(value)?)
}

/// Lower-case ASCII letters and digits (CloudEvents 1.0, naming of attributes).
fn is_attribute_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}
