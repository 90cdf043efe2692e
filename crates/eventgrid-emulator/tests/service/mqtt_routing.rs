//! The events that messages become.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventgrid_emulator::{Emulator, Target};
use serde_json::{Value, json};

use crate::mqtt::Broker;

const JSON_IN_UTF8: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const TEXT: (&str, &str) = ("mqtt-payload-format-indicator", "1");

fn routing() -> Broker {
    Broker::with(|builder| builder.subscription("orders", "billing").route_mqtt_to("orders"))
}

/// The event that is received next.
fn received(emulator: &mut Emulator) -> Option<Value> {
    let orders = Target::NamespaceTopic("orders");
    let delivery = emulator.receive(orders, "billing", 1).unwrap().pop()?;
    emulator.acknowledge(orders, "billing", &delivery.lock_token).unwrap();
    Some(serde_json::from_str(delivery.event.json()).unwrap())
}

#[test]
fn a_message_becomes_an_event_as_documented() {
    let mut broker = routing();
    for (headers, payload, data) in [
        (&[][..], &b"hello"[..], json!({ "data_base64": "aGVsbG8=" })),
        (&[TEXT], b"hello", json!({ "data": "hello" })),
        (&[TEXT], br#"{"Temp":70}"#, json!({ "data": { "Temp": 70 } })),
        (&[TEXT], b"", json!({ "data": "" })),
        (&[TEXT], b"\xff", json!({ "data_base64": "/w==" })),
        (&[], br#"{"Temp":70}"#, json!({ "data_base64": "eyJUZW1wIjo3MH0=" })),
        (&[], b"", json!({})),
        (
            &[JSON_IN_UTF8],
            br#"{"Temp":70}"#,
            json!({ "data": { "Temp": 70 }, "datacontenttype": "application/json; charset=utf-8" }),
        ),
        (
            &[("content-type", "application/json")],
            b"5",
            json!({ "data_base64": "NQ==", "datacontenttype": "application/json" }),
        ),
        // Data that is not a text does not suit that content type.
        (
            &[TEXT, ("content-type", "text/plain")],
            br#"{"a":1}"#,
            json!({ "data": "{\"a\":1}", "datacontenttype": "text/plain" }),
        ),
        // No reader of events could read it as JSON.
        (&[TEXT], br#""\ud800""#, json!({ "data": "\"\\ud800\"" })),
    ] {
        assert_eq!(broker.publish("topic=a%2F%C3%A4", headers, payload.to_vec()).status(), 204);
        let mut event = received(&mut broker.emulator).unwrap();
        let id = event.as_object_mut().unwrap().remove("id").unwrap();
        assert_eq!(id.as_str().unwrap().len(), 36);
        let mut expected = json!({
            "specversion": "1.0",
            "type": "MQTT.EventPublished",
            "source": "contoso",
            "subject": "a/ä",
            "time": "2023-11-03T12:00:00Z",
        });
        expected.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        assert_eq!(event, expected, "{headers:?}");
    }
}

#[test]
fn a_message_that_is_an_event_stays_that_event() {
    let mut broker = routing();
    let event = json!({ "specversion": "1.0", "id": "1", "source": "/device", "type": "Measured", "data": { "a": 1 } });
    for content_type in ["application/cloudevents+json", "application/cloudevents+json; charset=utf-8"] {
        broker.publish("topic=a", &[("content-type", content_type)], event.to_string());
        assert_eq!(received(&mut broker.emulator), Some(event.clone()));
    }
    let properties = |list: &Value| STANDARD.encode(list.to_string());
    let required = json!([{ "specversion": "1.0" }, { "id": "1" }, { "source": "/device" }, { "type": "100%\"x" }, { "region": "ä" }]);
    let binary = properties(&required);
    let headers = [("mqtt-user-properties", &*binary), ("content-type", "application/json")];
    broker.publish("topic=a", &headers, r#"{"a":1}"#);
    let expected = json!({
        "specversion": "1.0", "id": "1", "source": "/device", "type": "100%\"x", "region": "ä",
        "datacontenttype": "application/json", "data": { "a": 1 },
    });
    assert_eq!(received(&mut broker.emulator), Some(expected));
    broker.publish("topic=a", &[("mqtt-user-properties", &*binary)], &b"\xff"[..]);
    assert_eq!(received(&mut broker.emulator).unwrap()["data_base64"], "/w==");

    // What only looks like an event is a message as any other.
    let twice = properties(
        &json!([{ "specversion": "1.0" }, { "id": "1" }, { "id": "2" }, { "source": "/a" }, { "type": "t" }]),
    );
    let other =
        properties(&json!([{ "specversion": "0.3" }, { "id": "1" }, { "source": "/a" }, { "type": "t" }]));
    for headers in [
        [("content-type", "application/cloudevents+json"), ("x-other", "")],
        [("mqtt-user-properties", &twice), ("x-other", "")],
        [("mqtt-user-properties", &other), ("x-other", "")],
    ] {
        broker.publish("topic=a", &headers, "{}");
        let event = received(&mut broker.emulator).unwrap();
        assert_eq!(
            (&event["type"], &event["subject"]),
            (&json!("MQTT.EventPublished"), &json!("a")),
            "{headers:?}"
        );
    }
}

#[test]
fn the_source_is_the_namespace_of_the_host() {
    let mut broker = routing();
    for (host, source) in [
        ("contoso.westeurope-1.ts.eventgrid.azure.net", "contoso"),
        ("localhost:6500", "localhost"),
        ("127.0.0.1:6500", "eventgrid-emulator"),
        ("[::1]:6500", "eventgrid-emulator"),
    ] {
        let headers = [("authorization", "Bearer everything"), ("host", host)];
        let uri = format!("{}&topic=a", crate::mqtt::PUBLISH);
        assert_eq!(broker.request("POST", &uri, &headers, "x").status(), 204);
        assert_eq!(received(&mut broker.emulator).unwrap()["source"], source, "{host}");
    }
}

#[test]
fn a_message_becomes_no_event_without_a_route_or_its_topic() {
    let mut broker = Broker::with(|builder| builder.subscription("orders", "billing"));
    assert_eq!(broker.publish("topic=a", &[], "x").status(), 204);
    assert_eq!(received(&mut broker.emulator), None);
    let mut broker = routing();
    broker.emulator.remove_topic("orders");
    assert_eq!(broker.publish("topic=a", &[], "x").status(), 204);
    // A message that is refused becomes none, either.
    let mut broker = routing();
    assert_eq!(broker.publish("topic=a&retain=1", &[], vec![0; 70_000]).status(), 413);
    assert_eq!(received(&mut broker.emulator), None);
}
