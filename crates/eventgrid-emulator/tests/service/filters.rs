//! Event subscriptions that take some of the events of their topic.

use eventgrid_emulator::broker::{Broker, Event, SubscriptionSettings, UnknownEvent};
use eventgrid_emulator::eventgrid_filters::{Clause, Condition, Filter};
use eventgrid_emulator::{Limits, Target, UnixTime};

use crate::basic::{BATCH as CLOUD_BATCH, Basic, CLOUD, CUSTOM, EVENT_GRID, JSON};
use crate::namespace::{BATCH, Namespace, PUBLISH, billing};

const ORDERS: Target<'_> = Target::NamespaceTopic("orders");

fn larger_than(total: f64) -> Filter {
    Filter::new().clause(Clause::new("data.total", Condition::NumberGreaterThan(total)))
}

/// Publishes an event for each of these totals, with ids from 0.
fn publish(namespace: &mut Namespace, totals: &[u32]) {
    let event = |(id, total): (usize, &u32)| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"/s","type":"Ordered","data":{{"total":{total}}}}}"#
        )
    };
    let events: Vec<_> = totals.iter().enumerate().map(event).collect();
    assert_eq!(namespace.send(PUBLISH, BATCH, format!("[{}]", events.join(","))).status(), 200);
}

fn ids(namespace: &mut Namespace) -> Vec<String> {
    namespace.receive().into_iter().map(|received| received.id).collect()
}

#[test]
fn a_subscription_gets_the_events_that_match_its_filter_and_the_others_get_all() {
    let mut namespace = Namespace::new();
    assert_eq!(namespace.emulator.set_filter(ORDERS, "Billing", &larger_than(100.0)), Ok(true));
    publish(&mut namespace, &[250, 50, 101, 100]);
    assert_eq!(ids(&mut namespace), ["0", "2"]);
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().published, 2);
    assert_eq!(namespace.emulator.stats("orders", "shipping").unwrap().published, 4);
}

#[test]
fn another_filter_is_for_events_that_come_after_it() {
    let mut namespace = Namespace::new();
    publish(&mut namespace, &[1]);
    namespace.emulator.set_filter(ORDERS, "billing", &larger_than(100.0)).unwrap();
    publish(&mut namespace, &[1]);
    let overview = namespace.emulator.subscription_overview(ORDERS, "billing").unwrap();
    assert_eq!((overview.filter, overview.stats.queued), (larger_than(100.0), 1));

    namespace.emulator.set_filter(ORDERS, "billing", &Filter::new()).unwrap();
    publish(&mut namespace, &[1]);
    let overview = namespace.emulator.subscription_overview(ORDERS, "billing").unwrap();
    assert_eq!((overview.filter, overview.stats.queued), (Filter::new(), 2));
}

#[test]
fn who_waits_for_events_goes_on_to_wait_if_none_matches() {
    let mut namespace = Namespace::new();
    namespace.emulator.set_filter(ORDERS, "billing", &larger_than(100.0)).unwrap();
    let waiter = namespace.wait(&billing("receive"));
    publish(&mut namespace, &[1]);
    assert!(namespace.emulator.take_finished().is_empty());
    publish(&mut namespace, &[101]);
    assert_eq!(namespace.emulator.take_finished().remove(0).0, waiter);
}

#[test]
fn filters_of_basic_topics_read_each_schema() {
    let channel = Target::PartnerChannel { namespace: "partner", channel: "cloud" };
    let custom = Target::BasicTopic("custom");
    let filter = |key: &str, condition| Filter::new().clause(Clause::new(key, condition));
    let one = || Condition::NumberIn(vec![1.0, 1.5]);
    for (target, path, event, filter, other) in [
        (
            Target::BasicTopic("grid"),
            "/grid/api/events",
            EVENT_GRID,
            filter("data.a", one()).include_event_type("t"),
            Filter::new().include_event_type("x"),
        ),
        (
            channel,
            "",
            CLOUD,
            filter("type", Condition::IsNotNull),
            filter("data.a", Condition::BoolEquals(true)),
        ),
        (
            custom,
            "/custom/api/events",
            CUSTOM,
            filter("data.payload.a", one()).arrays(true),
            filter("payload.b", Condition::IsNotNull),
        ),
    ] {
        let mut basic = Basic::new();
        for (name, filter) in [("it", &filter), ("other", &other)] {
            assert!(
                basic.emulator.create_subscription(target, name, SubscriptionSettings::default()),
                "{target:?}"
            );
            assert_eq!(basic.emulator.set_filter(target, name, filter), Ok(true));
        }
        let body = format!("[{event}]");
        let response = match target {
            Target::PartnerChannel { .. } => basic.publish_to_channel("CLOUD", CLOUD_BATCH, body),
            _ => basic.publish(path, JSON, body),
        };
        assert_eq!(response.status(), 200);
        let published = |name| basic.emulator.stats_of(target, name).unwrap().published;
        assert_eq!((published("it"), published("other")), (1, 0), "{target:?}");
    }
}

#[test]
fn an_explanation_tells_why_an_event_was_not_taken() {
    let mut namespace = Namespace::new();
    namespace.emulator.set_filter(ORDERS, "billing", &larger_than(100.0)).unwrap();
    publish(&mut namespace, &[250, 50]);
    let of = |queue, number| namespace.emulator.explain_event(ORDERS, "billing", queue, number);
    assert!(of("shipping", 0).unwrap().matches());
    let explanation = of("shipping", 1).unwrap();
    assert_eq!(
        explanation.to_string(),
        r#"clause 1 ("data.total" NumberGreaterThan 100) does not match: the value is 50"#
    );
    assert_eq!(of("shipping", 2), Err(UnknownEvent));
    assert_eq!(of("nothing", 0), Err(UnknownEvent));

    let explain = |name, event| namespace.emulator.explain(ORDERS, name, event);
    assert!(!explain("billing", "{}").unwrap().unwrap().matches());
    assert!(explain("shipping", "{}").unwrap().unwrap().matches());
    assert_eq!(explain("nothing", "{}"), Ok(None));
    assert!(explain("shipping", "[]").is_err() && explain("billing", "").is_err());
}

#[test]
fn relaxed_limits_take_filters_that_the_service_refuses() {
    let filter = (0..26).fold(Filter::new(), |filter, _| filter.clause(larger_than(1.0).advanced[0].clone()));
    let mut strict = Namespace::new();
    assert!(strict.emulator.set_filter(ORDERS, "billing", &filter).is_err());
    assert_eq!(strict.emulator.set_filter(ORDERS, "nothing", &larger_than(1.0)), Ok(false));
    let mut relaxed = Namespace::with(|builder| builder.limits(Limits::Relaxed));
    assert_eq!(relaxed.emulator.set_filter(ORDERS, "billing", &filter), Ok(true));
}

#[test]
fn a_broker_keeps_filters_with_their_subscriptions() {
    let mut broker = Broker::new(1);
    let topic = broker.create_topic("orders");
    let create = |broker: &mut Broker, name| {
        broker.create_subscription(topic, name, SubscriptionSettings::default()).unwrap()
    };
    let (billing, shipping) = (create(&mut broker, "billing"), create(&mut broker, "shipping"));
    let filter = larger_than(1.0).compile().unwrap();
    assert!(broker.set_filter(billing, Some(filter.clone())));
    assert!(broker.set_filter(shipping, Some(filter.clone())));
    broker.publish(UnixTime::default(), topic, &[Event::from_json("[2]".to_owned()).unwrap()]);
    assert_eq!(broker.stats(billing).unwrap().published, 0, "what is no event matches no filter");

    assert!(broker.remove_subscription(billing));
    assert!(broker.filter(billing).is_none() && !broker.set_filter(billing, Some(filter)));
    let event = Event::from_json(r#"{"data":{"total":2}}"#.to_owned()).unwrap();
    broker.publish(UnixTime::default(), topic, &[event.clone(), event]);
    assert_eq!(broker.stats(shipping).unwrap().published, 2);
    assert!(broker.set_filter(shipping, None));
    broker.publish(UnixTime::default(), topic, &[Event::from_json("[2]".to_owned()).unwrap()]);
    assert_eq!(broker.stats(shipping).unwrap().published, 3);
}
