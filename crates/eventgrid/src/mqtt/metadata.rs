//! The metadata of a retained message.

use eventgrid_transport::date::Rfc3339Time;

use crate::json::{JsonError, Kind, Reader};
use crate::mqtt::Qos;

/// The metadata of a retained message, as far as it can be read.
///
/// The service's documentation says that the names of these headers may change, and its samples and
/// its tables differ in which values are text and which are numbers. So both forms are read, and a
/// value that is missing or cannot be read is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RetainedMetadata {
    qos: Option<Qos>,
    size: Option<u64>,
    expiry: Option<Rfc3339Time>,
    last_modified: Option<Rfc3339Time>,
}

impl RetainedMetadata {
    /// Takes one header of the response to [`GetRetained`](crate::mqtt::GetRetained), whatever it
    /// is. Only a program that makes the call without `MqttClient` needs this.
    ///
    /// ```
    /// use eventgrid::mqtt::{Qos, RetainedMetadata};
    ///
    /// let mut metadata = RetainedMetadata::default();
    /// metadata.header("x-ms-mqtt-qos", b"1");
    /// metadata.header("x-ms-mqtt-size", b"42");
    /// metadata.header("content-type", b"application/octet-stream");
    /// assert_eq!((metadata.qos(), metadata.size()), (Some(Qos::AtLeastOnce), Some(42)));
    /// ```
    pub fn header(&mut self, name: &str, value: &[u8]) {
        const FIELDS: [(&str, Field); 5] = [
            ("mqtt-qos", Field::Qos),
            ("mqtt-size", Field::Size),
            ("mqtt-expiry", Field::Expiry),
            ("mqtt-last-modified", Field::LastModified),
            ("mqtt-last-modified-time", Field::LastModified),
        ];
        let name = without_prefix(name);
        let field = FIELDS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        if let (Some((_, field)), Ok(value)) = (field, core::str::from_utf8(value)) {
            self.set(*field, value);
        }
    }

    /// The quality of service that it was published with.
    pub const fn qos(&self) -> Option<Qos> {
        self.qos
    }

    /// The size of the whole MQTT message in bytes: the payload and its properties.
    pub const fn size(&self) -> Option<u64> {
        self.size
    }

    /// When it expires; `None` also if it never does.
    pub const fn expiry(&self) -> Option<Rfc3339Time> {
        self.expiry
    }

    /// When it was published.
    pub const fn last_modified(&self) -> Option<Rfc3339Time> {
        self.last_modified
    }

    /// Reads a member of an entry in a list: a string, a number, or something else that says
    /// nothing.
    pub(super) fn read_member(&mut self, field: Field, reader: &mut Reader<'_>) -> Result<(), JsonError> {
        match reader.kind()? {
            Kind::String => {
                let text = reader.string()?;
                let mut scratch = [0; 64];
                match text.as_str() {
                    Some(text) => self.set(field, text),
                    // What is longer than any time is none.
                    None => self.set(field, text.decode_into(&mut scratch).unwrap_or_default()),
                }
            }
            Kind::Number => self.set(field, reader.number()?.as_str()),
            _ => drop(reader.value()?),
        }
        Ok(())
    }

    fn set(&mut self, field: Field, value: &str) {
        let value = value.trim_matches([' ', '\t']);
        match field {
            Field::Qos => {
                self.qos = match value {
                    "0" => Some(Qos::AtMostOnce),
                    "1" => Some(Qos::AtLeastOnce),
                    _ => None,
                }
            }
            Field::Size => self.size = number(value),
            Field::Expiry => self.expiry = Rfc3339Time::parse_lenient(value),
            Field::LastModified => self.last_modified = Rfc3339Time::parse_lenient(value),
        }
    }
}

/// What is known of a retained message.
#[derive(Clone, Copy)]
pub(super) enum Field {
    Qos,
    Size,
    Expiry,
    LastModified,
}

impl Field {
    /// The member of an entry in a list.
    pub(super) const MEMBERS: [(&str, Self); 4] = [
        ("qos", Self::Qos),
        ("size", Self::Size),
        ("expiry", Self::Expiry),
        ("lastModifiedTime", Self::LastModified),
    ];
}

/// The name without the `x-` or `x-ms-` before it.
fn without_prefix(name: &str) -> &str {
    let prefix = ["x-ms-", "x-"]
        .iter()
        .find(|prefix| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)));
    name.get(prefix.map_or(0, |prefix| prefix.len())..).unwrap_or(name)
}

/// A number in digits alone, which `parse` takes with a plus sign as well.
fn number(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
