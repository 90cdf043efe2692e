//! Delivery properties: headers that a subscription adds to its deliveries.

use std::fmt;

use eventgrid::json::RawJson;
use http::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::header_text::header_text;
use super::wire::WireProperty;
use crate::json;

/// The most bytes in the value of a delivery property.
const MOST_BYTES: usize = 4096;

/// The most delivery properties of a subscription.
const MOST_PROPERTIES: usize = 10;

/// Headers that belong to the request itself, or to the connection.
const OWN_HEADERS: [&str; 15] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "webhook-request-callback",
    "webhook-request-origin",
    "webhook-request-rate",
];

/// A delivery property: a header that a subscription adds to its deliveries.
///
/// serde reads one as Azure Resource Manager has it, in `deliveryAttributeMappings`. `Debug` does
/// not show the value of a secret one.
///
/// ```
/// use eventgrid_push::DeliveryProperty;
///
/// let secret = DeliveryProperty::secret("Authorization", "Bearer c2VjcmV0")?;
/// assert_eq!(format!("{secret:?}"), r#"DeliveryProperty { name: "authorization", value: Sensitive }"#);
/// let read: DeliveryProperty = serde_json::from_str(
///     r#"{"name": "channel", "type": "Dynamic", "properties": {"sourceField": "data.system"}}"#,
/// )?;
/// assert_eq!(read, DeliveryProperty::dynamic("channel", "data.system")?);
/// assert_eq!(read.source_field(), Some("data.system"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WireProperty")]
pub struct DeliveryProperty {
    name: HeaderName,
    value: PropertyValue,
}

#[derive(Clone, PartialEq, Eq)]
enum PropertyValue {
    /// Marked as sensitive if it is secret.
    Static(HeaderValue),
    /// The path of a member of the event.
    Dynamic(String),
}

impl DeliveryProperty {
    /// A header with the same value in each request.
    ///
    /// # Errors
    /// [`DeliveryPropertyError`] if the name is not a valid name of a header or is a header of the
    /// request itself, or if the value is not a valid value of a header or has more than 4,096
    /// bytes.
    pub fn fixed(name: &str, value: &str) -> Result<Self, DeliveryPropertyError> {
        let name = header_name(name)?;
        let value = header_value(value)
            .ok_or_else(|| DeliveryPropertyError::Value { name: name.as_str().to_owned() })?;
        Ok(Self { name, value: PropertyValue::Static(value) })
    }

    /// A header with the same value in each request, which is a secret.
    ///
    /// # Errors
    /// As [`fixed`](Self::fixed). The error does not have the value.
    pub fn secret(name: &str, value: &str) -> Result<Self, DeliveryPropertyError> {
        let mut property = Self::fixed(name, value)?;
        if let PropertyValue::Static(value) = &mut property.value {
            value.set_sensitive(true);
        }
        Ok(property)
    }

    /// A header with the value that the event has at `source_field`, such as `subject` or
    /// `data.customer.city`. A leading `$.` is removed.
    ///
    /// The header is left out if the event has no string, number or boolean there, or if its value
    /// cannot be in a header or has more than 4,096 bytes.
    ///
    /// # Errors
    /// [`DeliveryPropertyError`] if the name is not a valid name of a header or is a header of the
    /// request itself, or if the field contains an empty name.
    pub fn dynamic(name: &str, source_field: impl Into<String>) -> Result<Self, DeliveryPropertyError> {
        let (name, path) = (header_name(name)?, source_field.into());
        if path.strip_prefix("$.").unwrap_or(&path).split('.').any(str::is_empty) {
            return Err(DeliveryPropertyError::SourceField { name: name.as_str().to_owned() });
        }
        Ok(Self { name, value: PropertyValue::Dynamic(path) })
    }

    /// The name of the header, in lower case.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Whether its value is a secret.
    pub fn is_secret(&self) -> bool {
        matches!(&self.value, PropertyValue::Static(value) if value.is_sensitive())
    }

    /// The value in each request, marked as sensitive if it is a secret; `None` for a dynamic
    /// property.
    pub fn value(&self) -> Option<&HeaderValue> {
        match &self.value {
            PropertyValue::Static(value) => Some(value),
            PropertyValue::Dynamic(_) => None,
        }
    }

    /// The path of the member of the event that the value is taken from; `None` for a static
    /// property.
    pub fn source_field(&self) -> Option<&str> {
        match &self.value {
            PropertyValue::Static(_) => None,
            PropertyValue::Dynamic(path) => Some(path),
        }
    }

    pub(super) fn header_name(&self) -> &HeaderName {
        &self.name
    }

    /// Its value in a request with these events. A dynamic property has one only if it is the same
    /// for all of them.
    pub(super) fn value_for(&self, events: &[Option<RawJson<'_>>]) -> Option<HeaderValue> {
        match &self.value {
            PropertyValue::Static(value) => Some(value.clone()),
            PropertyValue::Dynamic(path) => {
                let path = path.strip_prefix("$.").unwrap_or(path);
                let mut values = events.iter().map(|event| json::scalar(json::at((*event)?, path)?));
                let first = values.next()??;
                values.all(|value| value.as_ref() == Some(&first)).then(|| header_value(&first))?
            }
        }
    }
}

impl fmt::Debug for DeliveryProperty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("DeliveryProperty");
        shown.field("name", &self.name);
        match &self.value {
            PropertyValue::Static(value) => shown.field("value", value),
            PropertyValue::Dynamic(path) => shown.field("source_field", path),
        };
        shown.finish()
    }
}

fn header_name(name: &str) -> Result<HeaderName, DeliveryPropertyError> {
    let named = || name.to_owned();
    let parsed =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| DeliveryPropertyError::Name { name: named() })?;
    if parsed.as_str().starts_with("aeg-") || OWN_HEADERS.contains(&parsed.as_str()) {
        return Err(DeliveryPropertyError::ReservedName { name: named() });
    }
    Ok(parsed)
}

fn header_value(value: &str) -> Option<HeaderValue> {
    if value.len() <= MOST_BYTES { header_text(value) } else { None }
}

/// The delivery properties of a subscription: at most ten, with different names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<DeliveryProperty>")]
pub struct DeliveryProperties(Vec<DeliveryProperty>);

impl DeliveryProperties {
    /// Delivery properties, after a check of their number and names.
    ///
    /// # Errors
    /// [`DeliveryPropertyError::TooMany`] or [`DeliveryPropertyError::NameTwice`].
    pub fn new(properties: Vec<DeliveryProperty>) -> Result<Self, DeliveryPropertyError> {
        if properties.len() > MOST_PROPERTIES {
            return Err(DeliveryPropertyError::TooMany { count: properties.len() });
        }
        for (index, property) in properties.iter().enumerate() {
            if properties.iter().take(index).any(|other| other.name == property.name) {
                return Err(DeliveryPropertyError::NameTwice { name: property.name().to_owned() });
            }
        }
        Ok(Self(properties))
    }

    /// The properties, in order.
    pub fn iter(&self) -> impl Iterator<Item = &DeliveryProperty> {
        self.0.iter()
    }
}

impl TryFrom<Vec<DeliveryProperty>> for DeliveryProperties {
    type Error = DeliveryPropertyError;

    fn try_from(properties: Vec<DeliveryProperty>) -> Result<Self, DeliveryPropertyError> {
        Self::new(properties)
    }
}

/// Why the service would not accept a delivery property. The error never contains the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryPropertyError {
    /// The name cannot be that of a header.
    #[error("the delivery property {name:?} cannot be a header: write letters, digits and hyphens")]
    Name {
        /// The name.
        name: String,
    },
    /// The name begins with `aeg-`, or is the name of a header of the request or the connection.
    #[error("the delivery property {name:?} has a name that a delivery uses itself: take another one")]
    ReservedName {
        /// The name.
        name: String,
    },
    /// Two properties have the same name.
    #[error("two delivery properties have the name {name:?}: give each one of its own")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// The value cannot be that of a header, or has more than 4,096 bytes.
    #[error(
        "the delivery property {name:?} has a value that cannot be sent: write at most 4096 bytes of printable ASCII, \
         without spaces at the ends"
    )]
    Value {
        /// The name.
        name: String,
    },
    /// The field of a dynamic property contains an empty name.
    #[error(
        "the delivery property {name:?} has a source field with an empty name: write a path such as data.key"
    )]
    SourceField {
        /// The name.
        name: String,
    },
    /// The text that was read is not in the form of Azure Resource Manager.
    #[error("the delivery property {name:?} cannot be read: {what}")]
    Form {
        /// The name.
        name: String,
        /// What is wrong, and what to do.
        what: &'static str,
    },
    /// There are more than ten.
    #[error("a subscription cannot have {count} delivery properties: ten is the most")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}
