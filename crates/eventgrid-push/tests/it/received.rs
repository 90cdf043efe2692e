//! What is pushed, read by the receiver of the crate `eventgrid`.

use eventgrid::webhook::{DeliveredEvent, Delivery, IncomingRequest, Secret, Webhook};
use eventgrid_push::{
    Batching, DeliveryProperties, DeliveryProperty, DeliverySchema, PushRequest, PushSettings, PushedEvent,
};

const CLOUD: &str = r#"{"specversion":"1.0","id":"A-1","source":"urn:shop","type":"Ordered","subject":"17","region":"north","data":{"total":9}}"#;

/// Hands a request to a webhook, as a server does.
pub(crate) fn receive<T>(
    webhook: &Webhook<'_>,
    query: &str,
    request: &PushRequest,
    read: impl FnOnce(Delivery<'_>) -> T,
) -> T {
    let headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let incoming =
        IncomingRequest { method: request.method().as_str(), query, headers: &headers, body: request.body() };
    read(webhook.receive(&incoming).unwrap())
}

#[test]
fn cloud_events_arrive_in_full_alone_and_in_batches() {
    let schema = DeliverySchema::CloudEvents;
    let other = CLOUD.replace("A-1", "A-2");
    let events = [CLOUD, &other].map(|json| PushedEvent::parse(schema, json).unwrap());
    let settings = PushSettings::new(schema, "billing").unwrap();
    let batches = settings.clone().with_batching(Batching::new());
    let webhook = Webhook::without_secret();
    for (request, sent) in [
        (settings.request(&events[..1], 2).unwrap(), &events[..1]),
        (batches.request(&events[..1], 2).unwrap(), &events[..1]),
        (batches.request(&events, 2).unwrap(), &events[..]),
    ] {
        receive(&webhook, "", &request, |delivery| {
            assert_eq!(delivery.response().status(), 200);
            let Delivery::Events(received) = delivery else { panic!("{delivery:?}") };
            assert_eq!(received.headers().subscription_name(), Some("BILLING"));
            assert_eq!(received.headers().delivery_count(), Some(2));
            assert_eq!(received.headers().metadata_version(), Some("1.0"));
            let id = (sent.len() == 1).then_some("A-1");
            assert_eq!(received.headers().output_event_id(), id);
            assert_eq!(received.len(), sent.len());
            for (received, sent) in received.iter().zip(sent) {
                let Ok(DeliveredEvent::CloudEvent(event)) = received else { panic!("{received:?}") };
                assert_eq!(event.as_json().as_str(), sent.as_str());
            }
        });
    }
}

#[test]
fn events_of_the_event_grid_schema_arrive_in_full() {
    let schema = DeliverySchema::EventGrid;
    let json = r#"{"id":"1","topic":"/t","subject":"","eventType":"Ordered","eventTime":"2024-06-01T12:00:00Z","dataVersion":"2","metadataVersion":"1","data":[1]}"#;
    let settings = PushSettings::new(schema, "billing").unwrap();
    let request = settings.request(&[PushedEvent::parse(schema, json).unwrap()], 0).unwrap();
    receive(&Webhook::without_secret(), "", &request, |delivery| {
        let Delivery::Events(received) = delivery else { panic!("{delivery:?}") };
        assert_eq!(received.headers().data_version(), Some("2"));
        assert_eq!(received.headers().event_type(), Some("Notification"));
        let Some(Ok(DeliveredEvent::EventGridEvent(event))) = received.iter().next() else { panic!() };
        assert_eq!(event.as_json().as_str(), json);
    });
}

#[test]
fn a_secret_property_opens_a_webhook() {
    let schema = DeliverySchema::CloudEvents;
    let secret = DeliveryProperty::secret("x-webhook-secret", "c2VjcmV0").unwrap();
    let settings = PushSettings::new(schema, "billing").unwrap();
    let settings = settings.with_properties(DeliveryProperties::new(vec![secret]).unwrap());
    let request = settings.request(&[PushedEvent::parse(schema, CLOUD).unwrap()], 0).unwrap();
    let webhook = Webhook::new(Secret::in_header("X-Webhook-Secret", "c2VjcmV0"));
    receive(&webhook, "", &request, |delivery| assert!(matches!(delivery, Delivery::Events(_))));
}
