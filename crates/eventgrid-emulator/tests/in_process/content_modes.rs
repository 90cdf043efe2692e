//! Data of every kind with every kind of media type, structured and in binary content mode: the
//! same data arrives, or binary mode refuses it.

use eventgrid::blocking::Publisher;
use eventgrid::event::{BinaryMode, DataKind, InvalidEvent};
use eventgrid::{CloudEvent, Data, Error, RequestError};
use serde_json::{Value, json};

use crate::{InProcessClient, relaxed_namespace, topic};

/// What binary content mode does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binary {
    /// The same arrives.
    Same,
    /// It would arrive as that, so it is refused.
    Becomes(DataKind),
    /// It would arrive as no data, so it is refused.
    Nothing,
}

use Binary::{Becomes, Nothing, Same};
use DataKind::{Bytes, Json, Text};

const MEDIA_TYPES: [(&[&str], DataKind); 3] = [
    (&["application/json", "text/json; charset=utf-8", "application/vnd.shop+json", "Image/JSON"], Json),
    (&["text/plain", "Text/XML; charset=\"UTF-8\"", "application/xml", "application/atom+XML ; a=b"], Text),
    (&["application/octet-stream", "image/png; x=json", "application/json-seq", "application/x+cbor"], Bytes),
];

/// Data, its JSON in a structured event, and what binary mode does under JSON, text and anything
/// else.
fn table() -> Vec<(Data<'static>, Value, [Binary; 3])> {
    let json = |text: &'static str| Data::raw_json(text).unwrap();
    let text_member = |text: &str| json!({"data": text});
    let same_if_json = [Same, Becomes(Text), Becomes(Bytes)];
    let same_unless_bytes = [Same, Same, Becomes(Bytes)];
    let mut table = vec![(Data::None, json!({}), [Same; 3])];
    for text in ["5", "true", "null", r#"{"a":1}"#, r#""x""#, "x", "\u{fc}\u{1f600}\n\u{1}", "\\u0041", " "] {
        table.push((Data::text(text), text_member(text), same_unless_bytes));
    }
    table.push((Data::text(""), text_member(""), [Same, Nothing, Becomes(Bytes)]));
    for number in ["5", "-0.50e+2", "true", "null", "[]", r#"{"a": [1, "x"]}"#, r#"["x"]"#] {
        let value: Value = serde_json::from_str(number).unwrap();
        table.push((json(number), json!({"data": value}), same_if_json));
    }
    for (string, decoded) in [
        (r#""x""#, "x"),
        (r#" "5" "#, "5"),
        (r#""\"\u0041\ud83d\ude00\\u\n""#, "\"A\u{1f600}\\u\n"),
        ("\"\u{fc}\"", "\u{fc}"),
    ] {
        table.push((json(string), text_member(decoded), same_unless_bytes));
    }
    table.push((json(r#""""#), text_member(""), [Same, Nothing, Becomes(Bytes)]));
    table.push((Data::json(&"a \"b\""), text_member("a \"b\""), same_unless_bytes));
    table.push((Data::json(&17_u32), json!({"data": 17}), same_if_json));
    let bytes = [Becomes(Json), Becomes(Text), Same];
    table.push((Data::bytes(&b"{}"[..]), json!({"data_base64": "e30="}), bytes));
    table.push((Data::bytes(&[1, 255][..]), json!({"data_base64": "Af8="}), bytes));
    table.push((Data::bytes(&[][..]), json!({"data_base64": ""}), [Becomes(Json), Becomes(Text), Nothing]));
    table
}

struct Service {
    emulator: eventgrid_emulator::InProcess,
    publisher: Publisher<eventgrid_emulator::InProcess, eventgrid_emulator::InProcess, Key>,
}

type Key = eventgrid::AccessKey<'static>;

impl Service {
    fn new() -> Self {
        let emulator = relaxed_namespace();
        let client: InProcessClient = emulator.client();
        Self { publisher: Publisher::new(client, topic()), emulator }
    }

    /// The members of the data of the one event that was accepted.
    fn arrived(&self) -> Value {
        let accepted = self.emulator.accepted();
        self.emulator.clear_accepted();
        let [publish] = &accepted[..] else { panic!("{accepted:?}") };
        let event: Value = publish.events[0].deserialize().unwrap();
        let members = event.as_object().unwrap().iter().filter(|(name, _)| name.starts_with("data"));
        members.map(|(name, value)| (name.clone(), value.clone())).collect::<serde_json::Map<_, _>>().into()
    }

    fn structured(&self, event: &CloudEvent<'_>) -> Value {
        self.publisher.send(event).unwrap();
        self.arrived()
    }

    fn binary(&self, event: &CloudEvent<'_>) -> Result<Value, InvalidEvent> {
        match self.publisher.send(&BinaryMode(event)) {
            Ok(()) => Ok(self.arrived()),
            Err(Error::Request(RequestError::Event { index: 0, reason })) => {
                assert!(self.emulator.accepted().is_empty(), "nothing is sent");
                Err(reason)
            }
            Err(other) => panic!("{other:?}: {event:?}"),
        }
    }
}

#[test]
fn both_modes_bring_the_same_data_or_binary_mode_refuses_it() {
    let service = Service::new();
    for (data, mut expected, binary) in table() {
        for ((media_types, _), binary) in MEDIA_TYPES.iter().zip(binary) {
            for media_type in *media_types {
                let event = CloudEvent::new("1", "/shop", "Ordered")
                    .with_data_content_type(*media_type)
                    .with_data(data.clone());
                expected["datacontenttype"] = (*media_type).into();
                assert_eq!(service.structured(&event), expected);
                match (service.binary(&event), binary) {
                    (Ok(arrived), Same) => assert_eq!(arrived, expected),
                    (Err(InvalidEvent::EmptyBody), Nothing) => {}
                    (Err(InvalidEvent::BinaryModeData { arrives_as, .. }), Becomes(kind)) => {
                        assert_eq!(arrives_as, kind, "{event:?}");
                    }
                    other => panic!("{other:?}: {event:?}"),
                }
            }
        }
    }
}

#[test]
fn what_was_received_can_be_sent_on_in_either_mode() {
    let service = Service::new();
    for (data, _, binary) in table() {
        for ((media_types, _), binary) in MEDIA_TYPES.iter().zip(binary) {
            let event = CloudEvent::new("1", "/shop", "Ordered")
                .with_data_content_type(media_types[0])
                .with_data(data.clone());
            service.publisher.send(&event).unwrap();
            let accepted = service.emulator.accepted();
            let json = eventgrid::json::RawJson::parse(accepted[0].events[0].json()).unwrap();
            let received = eventgrid::event::CloudEventView::parse(json).unwrap().to_event().unwrap();
            let arrived = service.arrived();
            assert_eq!(service.structured(&received), arrived);
            assert_eq!(service.binary(&received).ok(), (binary == Same).then_some(arrived));
        }
    }
}

#[test]
fn text_is_refused_under_another_charset_than_utf_8_and_half_of_a_surrogate_pair_as_text() {
    let service = Service::new();
    let event = CloudEvent::new("1", "/shop", "Ordered");
    let latin1 = event.clone().with_data_content_type("text/plain; charset=ISO-8859-1");
    for data in [Data::text("\u{fc}"), Data::raw_json("\"\u{fc}\"").unwrap()] {
        assert_eq!(service.binary(&latin1.clone().with_data(data)), Err(InvalidEvent::Charset));
    }
    let half = event.with_data_content_type("text/plain").with_data(Data::raw_json(r#""\ud800""#).unwrap());
    let refused = service.binary(&half).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "its data is JSON and would arrive as text by its `datacontenttype`: use a content type of JSON, or do without \
         binary mode"
    );
}
