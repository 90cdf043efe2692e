//! Records that have an event in them.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// A record of `egrid receive` or `egrid tail`, or a dead letter of a namespace.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'r> {
    #[serde(borrow)]
    event: &'r RawValue,
    delivery_count: Option<IgnoredAny>,
    dead_letter_properties: Option<IgnoredAny>,
}

/// The event of a record that `egrid receive` or `egrid tail` has printed, or of a dead letter that
/// a namespace has written. Any other text is returned unchanged.
pub(crate) fn event_in_record(text: &str) -> &str {
    match serde_json::from_str::<Record<'_>>(text) {
        Ok(Record { event, delivery_count, dead_letter_properties })
            if delivery_count.is_some() || dead_letter_properties.is_some() =>
        {
            event.get()
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_record_is_taken_apart() {
        for record in [
            r#"{"lockToken":"a","deliveryCount":1,"event":{"id":"1"}}"#,
            r#"{"deliveryCount":1,"event":{"id":"1"}}"#,
            r#"{"deadLetterProperties":{},"event":{"id":"1"}}"#,
        ] {
            assert_eq!(event_in_record(record), r#"{"id":"1"}"#);
        }
        for other in [r#"{"id":"1","event":{"id":"2"}}"#, r#"{"deliveryCount":1}"#, "[]", "{", ""] {
            assert_eq!(event_in_record(other), other);
        }
    }
}
