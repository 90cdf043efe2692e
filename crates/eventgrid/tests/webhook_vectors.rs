//! Documented deliveries, read from the folder that `EVENTGRID_VECTORS` names; without it there is nothing to read.

#![cfg(feature = "webhook")]

use std::path::PathBuf;

use eventgrid::system_events::SystemEvent;
use eventgrid::webhook::{DeliveredEvent, Delivery, IncomingRequest, Webhook};
use serde_json::Value;

const HEADERS: &[(&str, &[u8])] = &[("content-type", b"application/json; charset=utf-8")];

fn document(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("EVENTGRID_VECTORS").map(PathBuf::from)?;
    Some(std::fs::read(folder.join("events").join(name)).unwrap())
}

fn post(body: &[u8]) -> IncomingRequest<'_> {
    IncomingRequest { method: "POST", query: "", headers: HEADERS, body }
}

#[test]
fn the_documented_validation_is_answered_as_documented() {
    let Some(request) = document("docs.eventgrid.SubscriptionValidationEvent.json") else { return };
    let webhook = Webhook::without_secret();
    let delivery = webhook.receive(&post(&request)).unwrap();
    assert!(matches!(delivery, Delivery::Validation(validation) if validation.url().is_some()));
    let answer: Value = serde_json::from_str(&delivery.answer().body().to_string()).unwrap();
    let expected: Value =
        serde_json::from_slice(&document("docs.SubscriptionValidationResponse.json").unwrap()).unwrap();
    assert_eq!(answer, expected);
}

#[test]
fn the_documented_events_are_read_in_either_schema() {
    for (name, system_event, cloud_event) in [
        ("docs.eventgrid.BlobCreated.json", SystemEvent::StorageBlobCreated, false),
        ("docs.cloudevent.BlobCreated.json", SystemEvent::StorageBlobCreated, true),
        (
            "eventgrid.MQTTClientSessionDisconnected.json",
            SystemEvent::EventGridMqttClientSessionDisconnected,
            false,
        ),
        (
            "cloudevent.MQTTClientSessionConnected.json",
            SystemEvent::EventGridMqttClientSessionConnected,
            true,
        ),
        (
            "cloudevent.ServiceBusActiveMessagesAvailablePeriodicNotifications.json",
            SystemEvent::ServiceBusActiveMessagesAvailablePeriodicNotifications,
            true,
        ),
    ] {
        let Some(body) = document(name) else { return };
        let webhook = Webhook::without_secret();
        let delivery = webhook.receive(&post(&body)).unwrap();
        let Delivery::Events(events) = delivery else { panic!("{name}: {delivery:?}") };
        assert_eq!(events.len(), 1, "{name}");
        let event = events.iter().next().unwrap().unwrap();
        assert_eq!(event.system_event(), Some(system_event), "{name}");
        assert_eq!(matches!(event, DeliveredEvent::CloudEvent(_)), cloud_event, "{name}");
        assert!(event.data().as_json().is_ok(), "{name}");
    }
}
