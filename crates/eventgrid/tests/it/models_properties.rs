//! An event that is encoded and parsed again is the same.

#![cfg(all(feature = "std", feature = "base64", feature = "serde"))]

use std::collections::BTreeMap;

use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish};
use eventgrid::event::{BinaryMode, CloudEventView, EventGridEvent, Extension, ExtensionValue, InvalidEvent};
use eventgrid::json::{JsonText, JsonWriter, RawJson};
use eventgrid::{Buf, CloudEvent, Data, NamespaceTopic, Request, RequestError};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// Any text: other scripts, control characters, what JSON escapes.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{1,20}",
        vec(any::<char>(), 1..12).prop_map(|chars| chars.into_iter().collect()),
        r#"[\\"/\u{0}-\u{1f}\u{7f}-\u{a0}\u{2028}😀]{1,8}"#,
    ]
}

fn time() -> impl Strategy<Value = String> {
    "2[0-9]{3}-0[1-9]-([01][1-9]|2[0-8])[Tt]1[0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?([Zz]|[+-]0[0-9]:[0-5][0-9])"
}

fn extensions() -> impl Strategy<Value = BTreeMap<String, ExtensionValue<'static>>> {
    let value = prop_oneof![
        text().prop_map(ExtensionValue::from),
        any::<i32>().prop_map(ExtensionValue::from),
        any::<bool>().prop_map(ExtensionValue::from),
        (2_147_483_648..i64::MAX).prop_map(|number| beyond(number.to_string())),
        json().prop_map(|json| beyond(format!("[{json}]"))),
    ];
    // No name of an attribute begins like this.
    btree_map("x[a-z0-9]{0,19}", value, 0..4)
}

/// A value that CloudEvents has no type for.
fn beyond(json: String) -> ExtensionValue<'static> {
    ExtensionValue::Json(JsonText::parse(json).unwrap())
}

/// JSON as `serde_json` writes it.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        text().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Into::into),
            btree_map(text(), inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
    .prop_map(|value| value.to_string())
}

fn data() -> impl Strategy<Value = Data<'static>> {
    prop_oneof![
        Just(Data::None),
        json().prop_map(|json| Data::raw_json(json).unwrap()),
        text().prop_map(Data::text),
        vec(any::<u8>(), 0..40).prop_map(Data::bytes),
    ]
}

fn cloud_event() -> impl Strategy<Value = CloudEvent<'static>> {
    let optional = (option::of(text()), option::of(time()), option::of(text()), option::of(text()));
    ((text(), text(), text()), optional, extensions(), data()).prop_map(
        |((id, source, event_type), (subject, time, content_type, schema), extensions, data)| {
            let mut event = CloudEvent::new(id, source, event_type).with_data(data);
            event.subject = subject.map(Into::into);
            event.time = time.map(Into::into);
            event.data_content_type = content_type.map(Into::into);
            event.data_schema = schema.map(Into::into);
            event.extensions =
                extensions.into_iter().map(|(name, value)| Extension::new(name, value)).collect();
            event
        },
    )
}

fn event_grid_event() -> impl Strategy<Value = EventGridEvent<'static>> {
    let data = prop_oneof![
        Just(Data::None),
        json()
            .prop_filter("null counts as none", |json| json != "null")
            .prop_map(|json| Data::raw_json(json).unwrap()),
        text().prop_map(Data::text),
    ];
    (text(), text(), text(), time(), text(), option::of(text()), data).prop_map(
        |(id, subject, event_type, time, version, topic, data)| {
            let mut event = EventGridEvent::new(id, subject, event_type, time, version).with_data(data);
            event.topic = topic.map(Into::into);
            event
        },
    )
}

fn encode(event: &CloudEvent<'_>) -> String {
    let mut bytes = Vec::new();
    let mut buf = Buf::growable(&mut bytes, usize::MAX);
    event.write_json(&mut JsonWriter::new(&mut buf)).unwrap();
    String::from_utf8(buf.filled().to_vec()).unwrap()
}

fn received(json: &str) -> CloudEvent<'static> {
    let view = CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap();
    view.to_event().unwrap().into_owned().unwrap()
}

/// The body that brings the data of an event in binary content mode, if there is one.
fn body(event: &CloudEvent<'_>) -> Option<Vec<u8>> {
    let content_type = event.data_content_type.as_deref().unwrap();
    let (is_json, is_text) = (content_type.contains("json"), content_type.contains("text"));
    let not_empty = |body: &[u8]| (!body.is_empty()).then(|| body.to_vec());
    match &event.data {
        Data::None => Some(Vec::new()),
        Data::Text(text) if is_json => Some(serde_json::to_vec(text.as_str()).unwrap()),
        Data::Text(text) if is_text => not_empty(text.as_bytes()),
        Data::Json(json) if is_json => Some(json.as_str().into()),
        Data::Json(json) if is_text => {
            not_empty(serde_json::from_str::<String>(json.as_str()).ok()?.as_bytes())
        }
        Data::Bytes(bytes) if !is_json && !is_text => not_empty(bytes),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cloud_event_comes_back(event in cloud_event()) {
        prop_assert_eq!(event.check(), Ok(()));
        let json = encode(&event);
        let back = received(&json);
        prop_assert_eq!(&back, &event);
        // And it is written as before: what was text stays text.
        prop_assert_eq!(encode(&back), json);
    }

    #[test]
    fn what_is_written_is_what_serde_json_reads(event in cloud_event()) {
        let value: serde_json::Value = serde_json::from_str(&encode(&event)).unwrap();
        prop_assert_eq!(value["id"].as_str(), Some(event.id.as_str()));
        prop_assert_eq!(value["subject"].as_str(), event.subject.as_deref());
        prop_assert_eq!(value.get("data").is_some(), !matches!(event.data, Data::None | Data::Bytes(_)));
        prop_assert_eq!(value.get("data_base64").is_some(), matches!(event.data, Data::Bytes(_)));
    }

    #[test]
    fn a_cloud_event_comes_back_through_serde(event in cloud_event()) {
        let text = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(&serde_json::from_str::<CloudEvent<'_>>(&text).unwrap(), &event);
        let value: serde_json::Value = serde_json::from_str(&encode(&event)).unwrap();
        prop_assert_eq!(&serde_json::to_value(&event).unwrap(), &value);
        prop_assert_eq!(received(&text), event);
    }

    #[test]
    fn an_event_grid_event_comes_back_through_serde(event in event_grid_event()) {
        let text = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(&serde_json::from_str::<EventGridEvent<'_>>(&text).unwrap(), &event);
        let mut bytes = Vec::new();
        let mut buf = Buf::growable(&mut bytes, usize::MAX);
        event.write_json(&mut JsonWriter::new(&mut buf)).unwrap();
        prop_assert_eq!(serde_json::from_slice::<EventGridEvent<'_>>(buf.filled()).unwrap(), event);
    }

    #[test]
    fn an_event_comes_back_from_binary_mode(event in cloud_event(), content_type in "(text/plain|application/json|image/png)(; ?[a-z]=[0-9])?") {
        let event = event.with_data_content_type(content_type);
        let target = NamespaceTopic::new("https://h", "t").unwrap();
        let mut bytes = Vec::new();
        let mut tx = Buf::growable(&mut bytes, usize::MAX);
        let binary = BinaryMode(&event);
        let encoded =
            Publish::new(&target, &binary).encode(&RequestContext::default(), &mut tx);
        let Some(body) = body(&event) else {
            prop_assert!(matches!(encoded, Err(RequestError::Event { index: 0, .. })), "{:?}", encoded);
            return Ok(());
        };
        let encoded = encoded.unwrap();
        let request = encoded.request(&tx);
        prop_assert_eq!(request.body(), body);
        let sent = from_headers(&request);
        // Headers have no types: extension attributes arrive as text.
        let mut expected = event.clone();
        expected.data = Data::None;
        expected.extensions = event.extensions.iter().map(|extension| {
            let value = match &extension.value {
                ExtensionValue::Integer(integer) => integer.to_string(),
                ExtensionValue::Boolean(boolean) => boolean.to_string(),
                ExtensionValue::String(text) => text.to_string(),
                ExtensionValue::Json(json) => json.to_string(),
                other => unreachable!("{other:?}"),
            };
            Extension::new(extension.name.clone(), value)
        }).collect();
        prop_assert_eq!(sent, expected);
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn a_timestamp_comes_back(nanoseconds in -60_000_000_000_000_000_000_i128..250_000_000_000_000_000_000) {
        let timestamp = jiff::Timestamp::from_nanosecond(nanoseconds).unwrap();
        let event = CloudEvent::new("1", "s", "t").with_timestamp(timestamp);
        prop_assert_eq!(event.check(), Ok(()));
        prop_assert_eq!(event.timestamp(), Ok(Some(timestamp)));
    }

    #[test]
    fn whatever_the_time_is_nothing_panics(time in "\\PC{0,40}|[0-9:.TtZz+ -]{0,40}") {
        let event = CloudEvent::new("1", "s", "t").with_time(time);
        let refused = event.check();
        prop_assert!(matches!(refused, Ok(()) | Err(InvalidEvent::Time("time"))));
        #[cfg(feature = "jiff")]
        if event.timestamp().is_ok() {
            // What is read but not sent lacks a zone or has a space.
            let text = event.time.as_deref().unwrap_or_default();
            prop_assert!(refused.is_ok() || text.contains(' ') || text.get(19..).is_none_or(|rest| !rest.contains(['Z', 'z', '+', '-'])));
        }
    }
}

/// The event that the headers say.
fn from_headers(request: &Request<'_>) -> CloudEvent<'static> {
    let mut event = CloudEvent::new("", "", "");
    for header in request.headers() {
        let (name, value) = (header.name(), header.value());
        let value = percent_decoded(value);
        match name {
            "content-type" => event.data_content_type = Some(value.into()),
            "ce-id" => event.id = value.into(),
            "ce-source" => event.source = value.into(),
            "ce-type" => event.event_type = value.into(),
            "ce-subject" => event.subject = Some(value.into()),
            "ce-time" => event.time = Some(value.into()),
            "ce-dataschema" => event.data_schema = Some(value.into()),
            "ce-specversion" => assert_eq!(value, "1.0"),
            _ => {
                if let Some(name) = name.strip_prefix("ce-") {
                    event.extensions.push(Extension::new(name.to_owned(), value));
                }
            }
        }
    }
    event
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
