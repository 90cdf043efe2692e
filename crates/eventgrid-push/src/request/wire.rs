//! Delivery properties in the form of Azure Resource Manager.

use serde::Deserialize;
use serde_json::Value;

use super::property::{DeliveryProperty, DeliveryPropertyError};

/// A member of `deliveryAttributeMappings`.
///
/// Values are read as any JSON first, so that no error of the reader can show one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireProperty {
    name: String,
    #[serde(rename = "type")]
    kind: Value,
    properties: WireValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WireValue {
    value: Option<Value>,
    is_secret: Option<Value>,
    source_field: Option<Value>,
}

impl TryFrom<WireProperty> for DeliveryProperty {
    type Error = DeliveryPropertyError;

    fn try_from(wire: WireProperty) -> Result<Self, DeliveryPropertyError> {
        let WireProperty { name, kind, properties: WireValue { value, is_secret, source_field } } = wire;
        let malformed = |what| DeliveryPropertyError::Form { name: name.clone(), what };
        let kind = kind.as_str().unwrap_or_default();
        if kind.eq_ignore_ascii_case("static") {
            let is_secret = match is_secret {
                None => false,
                Some(Value::Bool(is_secret)) => is_secret,
                Some(_) => return Err(malformed("isSecret is not a boolean: write true or false")),
            };
            match (value, source_field) {
                (Some(Value::String(value)), None) if is_secret => Self::secret(&name, &value),
                (Some(Value::String(value)), None) => Self::fixed(&name, &value),
                (_, Some(_)) => Err(malformed("a static property has no sourceField: write type Dynamic")),
                _ => Err(malformed("a static property has a value that is a string")),
            }
        } else if kind.eq_ignore_ascii_case("dynamic") {
            match (source_field, value, is_secret) {
                (Some(Value::String(path)), None, None) => Self::dynamic(&name, path),
                _ => {
                    Err(malformed("a dynamic property has a sourceField that is a string, and nothing else"))
                }
            }
        } else {
            Err(malformed("its type is neither Static nor Dynamic"))
        }
    }
}
