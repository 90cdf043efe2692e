//! Responses in the forms that the contract of namespaces (api-version 2024-06-01) and the
//! documentation of Event Grid show, with values of our own.

#![cfg(feature = "std")]

use eventgrid::event::CloudEventView;
use eventgrid::{Batch, Settlement};
use serde_json::{Value, json};

/// A receive of one event whose data is text, and of two of which one has a number of its own.
fn receives() -> [Value; 2] {
    let first = "CgQKAkEBEgQKAmEx";
    let second = "CiYKJDAxMjM0NTY3LTg5QUItQ0RFRi0wMTIzLTQ1Njc4OUFCQ0RFRhISChAAAQIDBAUGBwgJCgsMDQ4P";
    [
        json!({ "value": [{
            "brokerProperties": { "lockToken": first, "deliveryCount": 1 },
            "event": {
                "specversion": "1.0", "type": "boiler-started", "source": "/plant", "subject": "boilers/7",
                "id": "0b6ff7c2-1c60-4e3f-9fd1-c2c9be3d0001", "time": "2024-03-09T08:15:00Z",
                "datacontenttype": "application/json", "data": "warm"
            }
        }] }),
        json!({ "value": [
            {
                "brokerProperties": { "lockToken": second, "deliveryCount": 2 },
                "event": {
                    "specversion": "1.0", "id": "R-17", "source": "/plant", "time": "2024-03-09T08:15:01.5Z",
                    "type": "plant.reading", "data": "some text"
                }
            },
            {
                "brokerProperties": { "lockToken": first, "deliveryCount": 1 },
                "event": {
                    "specversion": "1.0", "id": "R-18", "source": "/plant", "type": "plant.reading",
                    "time": "2024-03-09T08:15:02Z", "data": { "celsius": 71, "unit": "C" }, "line": "a"
                }
            }
        ] }),
    ]
}

#[test]
fn every_delivery_of_a_receive_is_read() {
    for expected in receives() {
        let body = expected.to_string();
        let batch = Batch::parse(body.as_bytes()).unwrap();
        let details = expected["value"].as_array().unwrap();
        assert_eq!(batch.len(), details.len());
        for (received, detail) in batch.iter().zip(details) {
            let broker = &detail["brokerProperties"];
            assert_eq!(received.lock_token().to_string(), broker["lockToken"].as_str().unwrap());
            assert_eq!(u64::from(received.delivery_count()), broker["deliveryCount"].as_u64().unwrap());
            same_event(received.event().unwrap(), &detail["event"]);
        }
    }
}

/// The four operations have one shape of response; an acknowledgement shows a token in both lists.
#[test]
fn every_settlement_is_read() {
    let bad = json!({ "lockToken": "dDE=", "error": { "code": "BadToken", "message": "" } });
    for (expected, succeeded, failed) in [
        (json!({ "failedLockTokens": [bad], "succeededLockTokens": ["dDE="] }), 1, 1),
        (json!({ "failedLockTokens": [], "succeededLockTokens": ["dDE="] }), 1, 0),
        (json!({ "succeededLockTokens": [], "failedLockTokens": [] }), 0, 0),
        (json!({ "succeededLockTokens": ["dDE=", "dDI="], "failedLockTokens": [bad, bad] }), 2, 2),
    ] {
        let body = expected.to_string();
        let settlement = Settlement::parse(body.as_bytes(), false).unwrap();
        assert_eq!(
            (settlement.succeeded().count(), settlement.failed().count()),
            (succeeded, failed),
            "{body}"
        );
        for failed in settlement.failed() {
            assert_eq!(failed.lock_token().to_string(), "dDE=");
        }
    }
}

/// What is in a dead-letter blob, beside the properties.
#[test]
fn the_event_of_a_dead_letter_is_read() {
    let event = json!({
        "line": "a", "id": "R-19", "pressure": "5", "datacontenttype": "text/xml", "specversion": "1.0",
        "time": "2024-03-09T08:15:03Z", "source": "/plant", "type": "plant.reading", "data": "<reading/>"
    });
    let text = event.to_string();
    same_event(CloudEventView::parse(eventgrid::json::RawJson::parse(&text).unwrap()).unwrap(), &event);
}

fn same_event(event: CloudEventView<'_>, expected: &Value) {
    let text = |name: &str| expected[name].as_str().map(str::to_owned);
    assert_eq!(Some(event.id().to_string()), text("id"));
    assert_eq!(Some(event.source().to_string()), text("source"));
    assert_eq!(Some(event.event_type().to_string()), text("type"));
    assert_eq!(event.subject().map(|subject| subject.to_string()), text("subject"));
    assert_eq!(event.time().map(|time| time.to_string()), text("time"));
    assert_eq!(event.data_content_type().map(|name| name.to_string()), text("datacontenttype"));
    let data: Value = serde_json::from_str(event.data().as_json().unwrap().as_str()).unwrap();
    assert_eq!(data, expected["data"]);
    for name in ["line", "pressure"] {
        assert_eq!(event.extension(name).is_some(), expected.get(name).is_some(), "{name}");
    }
}
