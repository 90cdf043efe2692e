//! Event subscriptions of basic topics that feed a topic of the namespace, on a clock that the test
//! moves.

use std::time::Duration;

use bytes::Bytes;
use eventgrid::ReceiveOptions;
use eventgrid::blocking::Consumer;
use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering, PushEndpoint, SubscriptionSettings};
use eventgrid_emulator::eventgrid_filters::Filter;
use eventgrid_emulator::eventgrid_push::{Batching, DeliverySchema, RetryPolicy};
use eventgrid_emulator::{
    ConfigurationError, DeliveryCriteria, Emulator, EventSubscriptionOptions, InProcess, InputSchema,
    LoggedDelivery, NextDelivery, Outcome, PushEndpointError, Target, UnixTime,
};
use http::Request;
use serde_json::{Value, json};

use crate::{seen, subscription};

const INVOICES: Target<'static> = Target::BasicTopic("invoices");
const ORDERS: Target<'static> = Target::NamespaceTopic("orders");
const MINUTE: Duration = Duration::from_secs(60);

fn feed() -> EventSubscriptionOptions {
    EventSubscriptionOptions::new().push_endpoint(PushEndpoint::namespace_topic("Orders"))
}

/// A basic topic that feeds a topic of the namespace.
fn fed(options: EventSubscriptionOptions) -> InProcess {
    let builder = Emulator::builder().seed(1).subscription("orders", "billing");
    let builder = builder.basic_topic("invoices", InputSchema::EventGrid);
    builder.subscription_of(INVOICES, "feed", options).in_process().unwrap()
}

fn event_grid(id: &str) -> Value {
    json!({
        "id": id, "subject": "/invoices/17", "eventType": "Paid", "eventTime": "2024-06-01T12:00:00Z",
        "dataVersion": "1", "data": { "total": 5 }
    })
}

fn publish(emulator: &InProcess, target: Target<'static>, events: &[Value]) {
    let events = Value::from(events).to_string();
    emulator.with(move |emulator| emulator.publish(target, &events)).unwrap();
}

/// The events that are in the queue of a topic of the namespace.
fn queued(emulator: &InProcess) -> Vec<Value> {
    let queued = emulator.with(|it| it.peek(ORDERS, "billing", 0, 100, None)).unwrap();
    queued.events.iter().map(|queued| serde_json::from_str(queued.event.json()).unwrap()).collect()
}

fn log(emulator: &InProcess) -> Vec<LoggedDelivery> {
    emulator.with(|emulator| emulator.deliveries(&DeliveryCriteria::new()))
}

#[test]
fn events_of_a_basic_topic_are_received_from_the_topic_that_they_feed() {
    let emulator = fed(feed().filter(Filter::new().include_event_type("Paid")));
    let mut other = event_grid("2");
    other["eventType"] = json!("Sent");
    publish(&emulator, INVOICES, &[event_grid("1"), other, event_grid("3")]);

    let consumer = Consumer::new(emulator.client(), subscription());
    let batch = consumer.receive(ReceiveOptions::new().max_events(10)).unwrap();
    assert_eq!(seen(&batch), [("1".to_owned(), 1), ("3".to_owned(), 1)], "in order, and as the filter says");
    let event = queued(&emulator).remove(0);
    assert_eq!((&event["specversion"], &event["type"]), (&json!("1.0"), &json!("Paid")));
    assert_eq!((&event["subject"], &event["data"]), (&json!("/invoices/17"), &json!({ "total": 5 })));
    assert!(event["source"].as_str().unwrap().ends_with("/topics/invoices"), "{event}");

    let stats = emulator.with(|it| it.stats_of(INVOICES, "feed")).unwrap();
    assert_eq!((stats.published, stats.acknowledged, stats.queued), (2, 2, 0));
    let delivery = log(&emulator).remove(0);
    assert_eq!((&*delivery.topic, &*delivery.subscription), ("basicTopic:invoices", "feed"));
    assert_eq!((&*delivery.endpoint, delivery.status), ("namespaceTopic:Orders", Some(200)));
    let ids: Vec<_> = delivery.events.iter().map(|event| event.id.as_deref().unwrap()).collect();
    assert_eq!((ids, delivery.events[0].next.clone()), (vec!["1", "3"], NextDelivery::Done));
    assert_eq!(emulator.respond_to_pushes(|push| panic!("{push:?}")), 0, "no request is due");
}

#[test]
fn a_receive_that_waits_gets_what_feeds_its_topic() {
    let mut emulator = Emulator::builder()
        .key("c2VjcmV0")
        .subscription("orders", "billing")
        .basic_topic("invoices", InputSchema::EventGrid)
        .subscription_of(INVOICES, "feed", feed())
        .build()
        .unwrap();
    let receive = Request::post("/topics/orders/eventsubscriptions/billing:receive?api-version=2024-06-01")
        .header("authorization", "SharedAccessKey c2VjcmV0")
        .body(Bytes::new())
        .unwrap();
    let Outcome::Waiting(waiter) = emulator.begin(UnixTime::from_secs(1), &receive) else { panic!() };
    emulator.publish(INVOICES, &json!([event_grid("1")]).to_string()).unwrap();
    let (finished, response) = emulator.take_finished().remove(0);
    assert_eq!(finished, waiter);
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["value"][0]["event"]["id"], "1");
}

#[test]
fn every_kind_of_basic_topic_can_feed_one() {
    let shops = Target::Domain("shops");
    let news = Target::PartnerChannel { namespace: "contoso", channel: "news" };
    let (root, sales) = (Target::BasicTopic(""), Target::BasicTopic("sales"));
    let mut builder = Emulator::builder()
        .subscription("orders", "billing")
        .basic_topic("sales", InputSchema::Custom)
        .domain("shops", InputSchema::EventGrid)
        .partner_channel("contoso", "news", InputSchema::CloudEvents)
        .basic_topic_at_root();
    for target in [shops, news, sales, root] {
        builder = builder.subscription_of(target, "feed", feed());
    }
    let emulator = builder.in_process().unwrap();
    let cloud = |id| json!({ "specversion": "1.0", "id": id, "source": "/a", "type": "A", "own": "x" });
    let mut of_domain = event_grid("1");
    of_domain["topic"] = json!("berlin");
    publish(&emulator, shops, &[of_domain]);
    publish(&emulator, news, &[cloud("2")]);
    publish(&emulator, sales, &[json!({ "any": [1] })]);
    publish(&emulator, root, &[event_grid("4")]);
    publish(&emulator, root, &[cloud("5")]);
    let events = queued(&emulator);
    assert_eq!(events.len(), 5, "{events:?}");
    assert!(events.iter().all(|event| event["specversion"] == "1.0"), "{events:?}");
    assert!(events[0]["source"].as_str().unwrap().ends_with("/domains/shops/topics/berlin"), "{events:?}");
    assert_eq!((&events[1]["source"], &events[1]["own"]), (&json!("/a"), &json!("x")));
    assert_eq!(events[2]["data"], json!({ "any": [1] }));
    assert_eq!((&events[3]["id"], &events[3]["type"]), (&json!("4"), &json!("Paid")));
    assert_eq!((&events[4]["id"], &events[4]["own"]), (&json!("5"), &json!("x")));
}

#[test]
fn events_for_a_topic_that_is_not_there_are_published_again_each_at_its_own_moment() {
    let emulator = fed(feed());
    emulator.with(|it| it.remove_topic("orders"));
    publish(&emulator, INVOICES, &[event_grid("1")]);
    let start = emulator.now();
    let refused = log(&emulator).remove(0);
    assert_eq!((refused.status, refused.attempt), (Some(404), 1));
    let why = refused.failure.as_deref().unwrap();
    assert!(why.contains("\"Orders\" of the namespace does not exist: create it"), "{why}");
    let NextDelivery::Retry(at) = refused.events[0].next else { panic!("{refused:?}") };
    assert!(at >= start + 5 * MINUTE, "the least wait of a target that is not found: {at}");

    // The next attempts fail, too: each is made at the moment that the log has told.
    emulator.advance(60 * MINUTE);
    let attempts = log(&emulator);
    assert!(attempts.len() > 2, "{attempts:?}");
    for (before, after) in attempts.iter().zip(&attempts[1..]) {
        assert_eq!(before.events[0].next, NextDelivery::Retry(after.time));
        assert_eq!(after.attempt, before.attempt + 1);
    }
    emulator.with(|it| {
        it.create_topic("orders");
        it.create_subscription(ORDERS, "billing", SubscriptionSettings::default())
    });
    emulator.advance(24 * 60 * MINUTE);
    assert_eq!(queued(&emulator).len(), 1);
    let stats = emulator.with(|it| it.stats_of(INVOICES, "feed")).unwrap();
    assert_eq!((stats.acknowledged, stats.queued), (1, 0));
}

#[test]
fn events_die_when_all_attempts_have_failed() {
    let policy = RetryPolicy::basic().with_max_attempts(2).unwrap();
    let endpoint = PushEndpoint::namespace_topic("orders").with_retry_policy(policy);
    let list = DeadLettering::new(DeadLetterDestination::List);
    let emulator = fed(EventSubscriptionOptions::new().push_endpoint(endpoint).dead_lettering(list));
    emulator.with(|it| it.remove_topic("orders"));
    publish(&emulator, INVOICES, &[event_grid("1")]);
    emulator.advance(60 * MINUTE);
    let letters = emulator.with(|it| it.dead_letters(INVOICES, "feed", 0, 10)).unwrap().letters;
    assert_eq!(letters.iter().map(|letter| letter.delivery_count).collect::<Vec<_>>(), [2]);
    assert_eq!(log(&emulator)[1].events[0].next, NextDelivery::Dead("MaxDeliveryAttemptsExceeded"));

    // Sent again, it goes where the topic is there by now.
    emulator.with(|it| {
        it.create_topic("orders");
        it.create_subscription(ORDERS, "billing", SubscriptionSettings::default());
        it.resend_dead_letters(INVOICES, "feed")
    });
    assert_eq!(queued(&emulator).len(), 1);
}

#[test]
fn what_the_topic_refuses_dies_at_once_and_the_others_are_published() {
    let list = DeadLettering::new(DeadLetterDestination::List);
    let emulator = fed(feed().dead_lettering(list));
    let mut large = event_grid("2");
    large["data"] = json!("");
    // No more than its own topic takes, which as a CloudEvent is more than the namespace takes.
    large["data"] = json!("x".repeat(1_048_576 - large.to_string().len()));
    publish(&emulator, INVOICES, &[event_grid("1"), large, event_grid("3")]);
    let ids: Vec<_> = queued(&emulator).iter().map(|event| event["id"].clone()).collect();
    assert_eq!(ids, ["1", "3"]);
    let letters = emulator.with(|it| it.dead_letters(INVOICES, "feed", 0, 10)).unwrap().letters;
    assert_eq!(letters.len(), 1);
    let refused = log(&emulator).into_iter().find(|delivery| delivery.status == Some(413)).unwrap();
    assert!(matches!(refused.events[0].next, NextDelivery::Dead(_)), "{refused:?}");
    assert!(refused.failure.unwrap().contains(" bytes as a CloudEvent, and the namespace takes "));
}

#[test]
fn events_that_wait_are_published_when_their_subscription_feeds_a_topic() {
    let emulator = fed(EventSubscriptionOptions::new());
    publish(&emulator, INVOICES, &[event_grid("1"), event_grid("2")]);
    assert_eq!(queued(&emulator).len(), 0);
    let endpoint = Some(PushEndpoint::namespace_topic("orders"));
    assert_eq!(emulator.with(|it| it.set_push_endpoint(INVOICES, "feed", endpoint)), Ok(true));
    emulator.advance(Duration::ZERO);
    assert_eq!(queued(&emulator).len(), 2);
}

#[test]
fn a_snapshot_has_the_events_and_the_emulator_keeps_what_they_feed() {
    let emulator = fed(feed());
    emulator.with(|it| it.remove_topic("orders"));
    publish(&emulator, INVOICES, &[event_grid("1")]);
    let snapshot = emulator.snapshot();
    let again = fed(feed());
    again.restore(&snapshot).unwrap();
    again.with(|it| {
        it.create_topic("orders");
        it.create_subscription(ORDERS, "billing", SubscriptionSettings::default())
    });
    again.advance(60 * MINUTE);
    assert_eq!(queued(&again).len(), 1);
}

#[test]
fn a_feed_that_cannot_be_is_refused() {
    let emulator = fed(EventSubscriptionOptions::new());
    let orders = || PushEndpoint::namespace_topic("orders");
    let batching = orders().with_batching(Batching::new());
    for (target, name, endpoint, expected) in [
        (ORDERS, "billing", PushEndpoint::namespace_topic("other"), PushEndpointError::FeedOfNamespace),
        (INVOICES, "feed", orders().with_schema(DeliverySchema::EventGrid), PushEndpointError::FeedSchema),
        (INVOICES, "feed", batching, PushEndpointError::FeedSettings),
        (
            INVOICES,
            "feed",
            PushEndpoint::namespace_topic("none"),
            PushEndpointError::UnknownTopic { topic: "none".to_owned() },
        ),
        (
            INVOICES,
            "feed",
            PushEndpoint::namespace_topic("/invoices/api/events"),
            PushEndpointError::UnknownTopic { topic: "/invoices/api/events".to_owned() },
        ),
    ] {
        let result = emulator.with(move |it| it.set_push_endpoint(target, name, Some(endpoint)));
        assert_eq!(result, Err(expected));
    }
    let builder = Emulator::builder().basic_topic("invoices", InputSchema::EventGrid);
    let error = builder.subscription_of(INVOICES, "feed", feed()).build().err();
    assert!(matches!(error, Some(ConfigurationError::PushEndpoint { .. })), "{error:?}");
}
