//! Bodies: an array of objects, or one object. The messages are the service's, as its users report
//! them; what it says to JSON that is broken is not known.

use serde_json::value::RawValue;

use super::error::BasicError;
use crate::event::check_value;
use crate::limits::Limits;
use crate::service::members::Members;

/// How many events a request may have ("quotas-limits" of docs.azure.cn).
const MAX_EVENTS: usize = 5000;

/// The largest event: "1 MB" in the service's documentation of its schema.
const MAX_EVENT: usize = 1024 * 1024;

/// The schema that a resource is configured for, as the service names it in its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SchemaName {
    EventGrid,
    CloudEvents,
    Custom,
}

impl SchemaName {
    /// That of custom events is not known.
    fn as_str(self) -> &'static str {
        match self {
            Self::EventGrid => "EventGridEvent",
            Self::CloudEvents => "CloudEventV10",
            Self::Custom => "CustomInputEvent",
        }
    }

    /// A member that has to be there is not, or is empty.
    pub(super) fn requires(self, property: &str) -> BasicError {
        let schema = self.as_str();
        BasicError::input(format!(
            "This resource is configured for '{schema}' schema and requires '{property}' property to be set."
        ))
    }

    /// A member that the schema does not have.
    pub(super) fn unexpected(self, property: &str) -> BasicError {
        let schema = self.as_str();
        BasicError::input(format!(
            "This resource is configured for '{schema}' schema. Received unexpected property '{property}' in JSON \
             which does not conform to the expected schema."
        ))
    }

    /// A JSON value of another kind, or no JSON.
    fn not_conforming(self, why: &str) -> BasicError {
        let schema = self.as_str();
        BasicError::input(format!(
            "This resource is configured to receive event in '{schema}' schema. The JSON received does not conform to \
             the expected schema.{why}"
        ))
    }

    /// The elements of an array, at least one.
    pub(super) fn array(self, body: &[u8], limits: Limits) -> Result<Vec<&RawValue>, BasicError> {
        self.expect(b'[', body)?;
        let elements: Vec<&RawValue> =
            serde_json::from_slice(body).map_err(|error| self.not_conforming(&format!(" {error}.")))?;
        if elements.is_empty() {
            return Err(self.not_conforming(""));
        }
        let (count, max) = (elements.len(), limits.of(MAX_EVENTS));
        if count > max {
            let message = format!("The request has {count} events, but at most {max} are allowed.");
            return Err(BasicError::input(message));
        }
        elements.iter().try_for_each(|element| check_size(element, limits))?;
        Ok(elements)
    }

    /// One object.
    pub(super) fn object(self, body: &[u8], limits: Limits) -> Result<&RawValue, BasicError> {
        self.expect(b'{', body)?;
        let object =
            serde_json::from_slice(body).map_err(|error| self.not_conforming(&format!(" {error}.")))?;
        check_size(object, limits)?;
        Ok(object)
    }

    /// The members of an object. All that is in it can be read: it has no halves of surrogate
    /// pairs, no numbers out of range, and is not nested too deep.
    pub(super) fn members(self, object: &RawValue) -> Result<Members<'_>, BasicError> {
        self.expect(b'{', object.get().as_bytes())?;
        let members =
            serde_json::from_str(object.get()).map_err(|error| self.not_conforming(&format!(" {error}.")))?;
        check_value(object.get()).map_err(|invalid| self.not_conforming(&format!(" {invalid}.")))?;
        Ok(members)
    }

    fn expect(self, first: u8, body: &[u8]) -> Result<(), BasicError> {
        match body.trim_ascii_start().first() {
            None => Err(BasicError::input("Unexpected end when reading JSON.")),
            Some(byte) if *byte == first => Ok(()),
            Some(byte) => {
                let (expected, actual) = (token(first), token(*byte));
                let why = format!(" Token Expected: {expected}, Actual Token Received: {actual}.");
                Err(self.not_conforming(&why))
            }
        }
    }
}

fn check_size(event: &RawValue, limits: Limits) -> Result<(), BasicError> {
    let max = limits.of(MAX_EVENT);
    if event.get().len() > max { Err(BasicError::too_large(max)) } else { Ok(()) }
}

/// What begins with a byte, as .NET's JSON reader calls it.
fn token(first: u8) -> &'static str {
    match first {
        b'{' => "StartObject",
        b'[' => "StartArray",
        b'"' => "String",
        b't' | b'f' => "Boolean",
        b'n' => "Null",
        b'-' | b'0'..=b'9' => "Integer",
        _ => "Undefined",
    }
}
