//! Deliveries in the forms that the documentation of Event Grid shows, with values of our own.

#![cfg(feature = "webhook")]

use eventgrid::system_events::SystemEvent;
use eventgrid::webhook::{DeliveredEvent, Delivery, IncomingRequest, Webhook};
use serde_json::{Value, json};

const HEADERS: &[(&str, &[u8])] = &[("content-type", b"application/json; charset=utf-8")];

fn post(body: &[u8]) -> IncomingRequest<'_> {
    IncomingRequest { method: "POST", query: "", headers: HEADERS, body }
}

#[test]
fn the_validation_gets_the_documented_response() {
    let code = "0a1b2c3d-0000-4000-8000-00000000000e";
    let request = json!([{
        "id": "7f0e1c0a-0000-4000-8000-000000000001",
        "topic": "/subscriptions/00000000-0000-0000-0000-000000000000",
        "subject": "",
        "data": {
            "validationCode": code,
            "validationUrl": format!("https://rp.example:553/eventsubscriptions/e/validate?id={code}&t=2024-03-09T08:15:00.1234567Z&token=1A")
        },
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": "2024-03-09T08:15:00.7654321Z",
        "metadataVersion": "1",
        "dataVersion": "1"
    }])
    .to_string();
    let webhook = Webhook::without_secret();
    let delivery = webhook.receive(&post(request.as_bytes())).unwrap();
    assert!(matches!(delivery, Delivery::Validation(validation) if validation.url().is_some()));
    let response: Value = serde_json::from_str(&delivery.response().body().to_string()).unwrap();
    assert_eq!(response, json!({ "validationResponse": code }));
}

/// An event of Azure Storage, of the MQTT broker, and one with members that no schema has.
#[test]
fn events_of_azure_are_read_in_either_schema() {
    let account = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";
    let namespace = "/subscriptions/0/resourceGroups/g/providers/Microsoft.EventGrid/namespaces/n";
    let blob = json!({
        "api": "PutBlockList", "clientRequestId": "c", "requestId": "r", "eTag": "0x8D", "contentType": "text/plain",
        "contentLength": 524_288, "blobType": "BlockBlob", "url": "https://a.example/c/f.txt",
        "sequencer": "0000000000000442", "storageDiagnostics": { "batchId": "b" }
    });
    let session = json!({
        "namespaceName": "n", "clientAuthenticationName": "boiler", "clientSessionName": "s", "sequenceNumber": 1
    });
    for (system_event, is_cloud_event, body) in [
        (
            SystemEvent::StorageBlobCreated,
            false,
            json!([{
                "topic": account, "subject": "/blobServices/default/containers/c/blobs/f.txt",
                "eventType": "Microsoft.Storage.BlobCreated", "eventTime": "2024-03-09T08:15:00.1234567Z",
                "id": "1", "data": blob, "dataVersion": "", "metadataVersion": "1"
            }]),
        ),
        (
            SystemEvent::StorageBlobCreated,
            true,
            json!({
                "specversion": "1.0", "type": "Microsoft.Storage.BlobCreated", "source": account, "id": "2",
                "time": "2024-03-09T08:15:00.1234567Z", "subject": "blobServices/default/containers/c/blobs/f.txt",
                "dataschema": "#", "data": blob
            }),
        ),
        (
            SystemEvent::EventGridMqttClientSessionDisconnected,
            false,
            json!({
                "id": "3", "eventTime": "2024-03-09T08:15:00.1234567Z",
                "eventType": "Microsoft.EventGrid.MQTTClientSessionDisconnected", "topic": namespace,
                "subject": "clients/boiler/sessions/s", "dataVersion": "1", "metadataVersion": "1", "data": session
            }),
        ),
        (
            SystemEvent::EventGridMqttClientSessionConnected,
            true,
            json!({
                "specversion": "1.0", "id": "4", "time": "2024-03-09T08:15:00.1234567Z",
                "type": "Microsoft.EventGrid.MQTTClientSessionConnected", "source": namespace,
                "subject": "clients/boiler/sessions/s", "data": session
            }),
        ),
        (
            SystemEvent::ServiceBusActiveMessagesAvailablePeriodicNotifications,
            true,
            json!([{
                "source": "/subscriptions/0/resourcegroups/g/providers/Microsoft.ServiceBus/namespaces/n",
                "subject": "topics/t/subscriptions/s",
                "type": "Microsoft.ServiceBus.ActiveMessagesAvailablePeriodicNotifications",
                "time": "2024-03-09T08:15:00.1234567Z", "id": "5", "data": { "queueName": null, "topicName": "t" },
                "specversion": "1.0", "operationId": "o", "title": "t"
            }]),
        ),
    ] {
        let body = body.to_string();
        let webhook = Webhook::without_secret();
        let delivery = webhook.receive(&post(body.as_bytes())).unwrap();
        let Delivery::Events(events) = delivery else { panic!("{body}: {delivery:?}") };
        assert_eq!(events.len(), 1, "{body}");
        let event = events.iter().next().unwrap().unwrap();
        assert_eq!(event.system_event(), Some(system_event), "{body}");
        assert_eq!(matches!(event, DeliveredEvent::CloudEvent(_)), is_cloud_event, "{body}");
        assert!(event.data().as_json().is_ok(), "{body}");
    }
}
