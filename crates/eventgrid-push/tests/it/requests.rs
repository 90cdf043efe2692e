//! The exact bytes of what is sent.

use eventgrid_push::{
    Batching, DeliverySchema, InvalidPushedEvent, PushError, PushRequest, PushSettings, PushedEvent,
};

const EVENT_GRID: &str = r#"{"id":"831e1650","topic":"/subscriptions/s","subject":"orders/17","eventType":"Ordered","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1.0","metadataVersion":"1","data":{"total":9}}"#;
const CLOUD: &str =
    r#"{"specversion":"1.0","id":"A-1","source":"urn:shop","type":"Ordered","data":{"total":9}}"#;

fn settings(schema: DeliverySchema) -> PushSettings {
    PushSettings::new(schema, "Billing-7").unwrap()
}

fn event(schema: DeliverySchema, json: &str) -> PushedEvent<'_> {
    PushedEvent::parse(schema, json).unwrap()
}

/// A request as HTTP writes it, with the headers in the order of their names.
pub(crate) fn written(request: &PushRequest) -> String {
    let mut lines: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    lines.sort();
    let body = std::str::from_utf8(request.body()).unwrap();
    format!("{}\n{}\n{body}", request.method(), lines.concat())
}

#[test]
fn the_event_grid_schema_is_an_array_of_one() {
    let schema = DeliverySchema::EventGrid;
    let request = settings(schema).request(&[event(schema, EVENT_GRID)], 0).unwrap();
    let expected = format!(
        "POST\n\
         aeg-data-version: 1.0\n\
         aeg-delivery-count: 0\n\
         aeg-event-type: Notification\n\
         aeg-metadata-version: 1\n\
         aeg-output-event-id: 831e1650\n\
         aeg-subscription-name: BILLING-7\n\
         content-type: application/json; charset=utf-8\n\
         \n\
         [{EVENT_GRID}]"
    );
    assert_eq!(written(&request), expected);
}

#[test]
fn a_cloud_event_is_one_object() {
    let schema = DeliverySchema::CloudEvents;
    let request = settings(schema).request(&[event(schema, CLOUD)], 3).unwrap();
    let expected = format!(
        "POST\n\
         aeg-delivery-count: 3\n\
         aeg-event-type: Notification\n\
         aeg-metadata-version: 1.0\n\
         aeg-output-event-id: A-1\n\
         aeg-subscription-name: BILLING-7\n\
         content-type: application/cloudevents+json; charset=utf-8\n\
         webhook-request-origin: eventgrid.azure.net\n\
         \n\
         {CLOUD}"
    );
    assert_eq!(written(&request), expected);
}

#[test]
fn a_batch_of_cloud_events_is_an_array_without_an_id() {
    let schema = DeliverySchema::CloudEvents;
    let other = CLOUD.replace("A-1", "A-2");
    let settings = settings(schema).with_batching(Batching::new());
    let request = settings.request(&[event(schema, CLOUD), event(schema, &other)], 0).unwrap();
    let expected = format!(
        "POST\n\
         aeg-delivery-count: 0\n\
         aeg-event-type: Notification\n\
         aeg-metadata-version: 1.0\n\
         aeg-subscription-name: BILLING-7\n\
         content-type: application/cloudevents-batch+json; charset=utf-8\n\
         webhook-request-origin: eventgrid.azure.net\n\
         \n\
         [{CLOUD},{other}]"
    );
    assert_eq!(written(&request), expected);
    let one = settings.request(&[event(schema, CLOUD)], 0).unwrap();
    assert_eq!(one.body(), format!("[{CLOUD}]").as_bytes());
}

#[test]
fn an_event_of_a_custom_schema_has_no_versions() {
    let schema = DeliverySchema::Custom;
    let json = r#"{"kind":"Sold","price":3,"id":"7","dataVersion":"1","specversion":"1.0"}"#;
    let request = settings(schema).request(&[event(schema, json)], 0).unwrap();
    let expected = format!(
        "POST\n\
         aeg-delivery-count: 0\n\
         aeg-event-type: Notification\n\
         aeg-subscription-name: BILLING-7\n\
         content-type: application/json; charset=utf-8\n\
         \n\
         [{json}]"
    );
    assert_eq!(written(&request), expected);
}

#[test]
fn headers_have_what_all_events_of_a_batch_have() {
    let schema = DeliverySchema::EventGrid;
    let settings = settings(schema).with_batching(Batching::new());
    let same = EVENT_GRID.replace("831e1650", "2");
    let request = settings.request(&[event(schema, EVENT_GRID), event(schema, &same)], 0).unwrap();
    assert_eq!(request.headers()["aeg-data-version"], "1.0");
    let other = EVENT_GRID.replace("\"dataVersion\":\"1.0\"", "\"dataVersion\":\"2.0\"");
    let request = settings.request(&[event(schema, EVENT_GRID), event(schema, &other)], 0).unwrap();
    assert!(request.headers().get("aeg-data-version").is_none());
    assert_eq!(request.headers()["aeg-metadata-version"], "1");
}

#[test]
fn what_cannot_be_in_a_header_is_left_out() {
    let schema = DeliverySchema::CloudEvents;
    for id in ["a\\r\\nevil: 1", "caf\u{e9}", "\\u0000", " a", "a "] {
        let json = CLOUD.replace("A-1", id);
        let request = settings(schema).request(&[event(schema, &json)], 0).unwrap();
        assert!(request.headers().get("aeg-output-event-id").is_none(), "{id:?}");
    }
    let schema = DeliverySchema::EventGrid;
    let json = EVENT_GRID.replace("\"dataVersion\":\"1.0\"", "\"dataVersion\":\"\"");
    let request = settings(schema).request(&[event(schema, &json)], 0).unwrap();
    assert!(request.headers().get("aeg-data-version").is_none());
}

#[test]
fn what_cannot_be_sent_is_an_error() {
    let schema = DeliverySchema::CloudEvents;
    let one = event(schema, CLOUD);
    assert_eq!(settings(schema).request(&[], 0).unwrap_err(), PushError::NoEvent);
    let error = settings(schema).request(&[one, one], 0).unwrap_err();
    assert_eq!(error, PushError::TooManyEvents { count: 2, most: 1 });
    let batching = Batching::new().with_max_events(2).unwrap();
    let error = settings(schema).with_batching(batching).request(&[one, one, one], 0).unwrap_err();
    assert_eq!(error, PushError::TooManyEvents { count: 3, most: 2 });
    let error = settings(DeliverySchema::EventGrid).request(&[one], 0).unwrap_err();
    assert_eq!(error, PushError::OtherSchema { schema: DeliverySchema::EventGrid });
    for name in ["", "a b", "caf\u{e9}", "a\n"] {
        assert_eq!(PushSettings::new(schema, name).unwrap_err(), PushError::SubscriptionName);
    }
}

#[test]
fn an_event_must_be_one_of_its_schema() {
    for (schema, json) in [
        (DeliverySchema::EventGrid, CLOUD),
        (DeliverySchema::CloudEvents, EVENT_GRID),
        (DeliverySchema::Custom, "[]"),
    ] {
        let error = PushedEvent::parse(schema, json).unwrap_err();
        assert!(matches!(error, InvalidPushedEvent::Event(_)), "{schema} {error:?}");
    }
    assert!(matches!(PushedEvent::parse(DeliverySchema::Custom, "{"), Err(InvalidPushedEvent::Json(_))));
}

#[test]
fn batches_are_as_large_as_both_limits_allow() {
    let batching = Batching::new().with_max_events(4).unwrap().with_preferred_kilobytes(1).unwrap();
    // With brackets and commas, 1,024 bytes are full with 2 of 510 and a half, or of 510 and 511.
    for (sizes, count) in [
        (&[][..], 0),
        (&[1], 1),
        (&[1; 9], 4),
        (&[510, 511, 1], 2),
        (&[511, 511, 1], 1),
        (&[1022, 1], 1),
        (&[1023, 1], 1),
        (&[9000, 1], 1),
        (&[1, 9000], 1),
        (&[usize::MAX, usize::MAX], 1),
    ] {
        assert_eq!(batching.next_batch(sizes.iter().copied()), count, "{sizes:?}");
    }
    assert_eq!(settings(DeliverySchema::Custom).next_batch([1, 1]), 1);
    assert_eq!(settings(DeliverySchema::Custom).next_batch([]), 0);
    assert_eq!(settings(DeliverySchema::Custom).with_batching(batching).next_batch([1, 1]), 2);
}

#[test]
fn a_body_of_several_events_is_never_larger_than_preferred() {
    let schema = DeliverySchema::Custom;
    let batching = Batching::new().with_preferred_kilobytes(1).unwrap();
    let settings = settings(schema).with_batching(batching);
    for len in 10..600 {
        let json = format!("{{\"a\":\"{}\"}}", "x".repeat(len - 8));
        let events = vec![event(schema, &json); 200];
        let count = settings.next_batch(events.iter().map(PushedEvent::len));
        let body = settings.request(&events[..count], 0).unwrap().body().len();
        assert!(body <= 1024 || count == 1, "{count} of {len}: {body}");
        assert!(body + len + 1 > 1024, "one more of {len} would fit");
    }
}

#[test]
fn limits_of_batches_are_checked() {
    assert!(Batching::new().with_max_events(5000).is_ok() && Batching::new().with_max_events(1).is_ok());
    assert!(Batching::new().with_max_events(0).is_err() && Batching::new().with_max_events(5001).is_err());
    assert!(Batching::new().with_preferred_kilobytes(1024).is_ok());
    assert!(Batching::new().with_preferred_kilobytes(0).is_err());
    let error = Batching::new().with_preferred_kilobytes(1025).unwrap_err();
    assert_eq!(error.to_string(), "a batch cannot have up to 1025 KiB: write a number from 1 to 1024");
}

#[test]
fn a_subscription_that_sets_neither_size_has_no_batches() {
    let new = Batching::new();
    assert_eq!(Batching::from_options(None, None), Ok(None));
    assert_eq!(Batching::from_options(Some(3), None), new.with_max_events(3).map(Some));
    assert_eq!(Batching::from_options(None, Some(9)), new.with_preferred_kilobytes(9).map(Some));
    assert!(Batching::from_options(Some(0), Some(9)).is_err());
    assert!(Batching::from_options(Some(3), Some(1025)).is_err());
}

#[test]
fn debug_shows_neither_values_nor_the_body() {
    let schema = DeliverySchema::CloudEvents;
    let request = settings(schema).request(&[event(schema, CLOUD)], 0).unwrap();
    let shown = format!("{request:?}");
    assert!(shown.contains("aeg-subscription-name") && shown.contains("body_len"), "{shown}");
    assert!(!shown.contains("BILLING") && !shown.contains("urn:shop"), "{shown}");
}
