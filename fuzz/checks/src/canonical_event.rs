//! The canonical form of `data`: it has the value that was published, its members are sorted, and
//! whatever can be read is accepted. Input: `data` as JSON, in any bytes.

use std::fmt;

use bytes::Bytes;
use eventgrid_emulator::{AttributeOrder, Emulator, Outcome, UnixTime};
use http::Request;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    if input.is_empty() {
        return; // No data at all.
    }
    let expected = read::<Value>(input).filter(|value| depth(value) <= 128);
    let published = publish("application/json", input.to_vec());
    assert_eq!(published.is_some(), expected.is_some(), "{published:?}");
    let (Some(published), Some(expected)) = (published, expected) else { return };

    let data = data(&published);
    assert_eq!(read(data.as_bytes()), Some(expected));
    assert!(read::<Sorted>(data.as_bytes()).is_some(), "it is not sorted, or has a name twice: {data}");
    assert!(without_white_space(data), "{data}");

    // Within an event it is the same, and a canonical value is its own canonical form.
    let input = std::str::from_utf8(input).expect("JSON is UTF-8");
    for text in [input, data] {
        let event = format!(r#"{{"data":{text},"specversion":"1.0","id":"1","source":"/s","type":"t"}}"#);
        let event = publish("application/cloudevents+json", event.into_bytes()).expect("it was taken before");
        assert_eq!(self::data(&event), data);
    }
}

/// Publishes one event, and gives the event that a consumer receives.
fn publish(content_type: &str, body: Vec<u8>) -> Option<String> {
    let builder = Emulator::builder().key("c2VjcmV0").seed(1).subscription("orders", "billing");
    let mut emulator =
        builder.attribute_order(AttributeOrder::Shuffled).build().expect("a valid configuration");
    let mut send = |path: &str, body: Vec<u8>| {
        let mut request = Request::post(format!("/topics/orders{path}?api-version=2024-06-01"))
            .header("aeg-sas-key", "c2VjcmV0")
            .header("content-type", content_type);
        for (name, value) in
            [("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"), ("ce-specversion", "1.0")]
        {
            request = request.header(name, value);
        }
        let request = request.body(Bytes::from(body)).expect("a valid request");
        match emulator.begin(UnixTime::from_secs(1_699_012_800), &request) {
            Outcome::Done(response) => response,
            other => panic!("{path} is not done at once: {other:?}"),
        }
    };
    let response = send(":publish", body);
    if !response.status().is_success() {
        assert_eq!(response.status(), 400);
        return None;
    }
    let response = send("/eventsubscriptions/billing:receive", Vec::new());
    let text = std::str::from_utf8(response.body()).expect("UTF-8");
    let (_, event) = text.split_once(r#""event":"#).expect("an event");
    Some(event.strip_suffix("}]}").expect("one event").to_owned())
}

/// The data of an event, which is its last member.
fn data(event: &str) -> &str {
    #[derive(Deserialize)]
    struct Event<'e> {
        #[serde(borrow)]
        data: &'e RawValue,
    }

    let data = serde_json::from_str::<Event<'_>>(event).expect("an event with data").data.get();
    assert!(event.ends_with(&format!(r#","data":{data}}}"#)), "{event}");
    data
}

/// As `serde_json` reads it, however deep it is.
fn read<'j, T: Deserialize<'j>>(json: &'j [u8]) -> Option<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    deserializer.disable_recursion_limit();
    let value = T::deserialize(&mut deserializer).ok()?;
    deserializer.end().ok().map(|()| value)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

fn without_white_space(json: &str) -> bool {
    let mut in_string = false;
    let mut escaped = false;
    json.chars().all(|c| {
        in_string ^= c == '"' && !escaped;
        escaped = in_string && c == '\\' && !escaped;
        in_string || !c.is_ascii_whitespace()
    })
}

/// A value whose objects have their members in the order of their names, each once.
struct Sorted;

impl<'de> Deserialize<'de> for Sorted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Sorted;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("sorted members")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sorted, A::Error> {
                let mut before: Option<String> = None;
                while let Some((name, _)) = map.next_entry::<String, Sorted>()? {
                    if before.is_some_and(|before| before >= name) {
                        return Err(serde::de::Error::custom(format_args!("{name:?} is not in its place")));
                    }
                    before = Some(name);
                }
                Ok(Sorted)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Sorted, A::Error> {
                while seq.next_element::<Sorted>()?.is_some() {}
                Ok(Sorted)
            }

            fn visit_str<E>(self, _: &str) -> Result<Sorted, E> {
                Ok(Sorted)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Sorted, E> {
                Ok(Sorted)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Sorted, E> {
                Ok(Sorted)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Sorted, E> {
                Ok(Sorted)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Sorted, E> {
                Ok(Sorted)
            }

            fn visit_unit<E>(self) -> Result<Sorted, E> {
                Ok(Sorted)
            }
        }

        deserializer.deserialize_any(InOrder)
    }
}
