//! Pushes: what is sent, when it is sent again, and what happens to events whose result never
//! comes.

use std::num::NonZeroU32;
use std::time::Duration;

use eventgrid_emulator::broker::{
    DeadLetterDestination, DeadLetterReason, DeadLettering, EventState, PushEndpoint, SubscriptionSettings,
};
use eventgrid_emulator::eventgrid_push::{
    AttemptResult, Batching, DeliveryProperties, DeliveryProperty, DeliverySchema, RetryPolicy,
};
use eventgrid_emulator::{DuePush, Emulator, Target, UnixTime};
use serde_json::{Value, json};

use crate::basic::{Basic, CUSTOM, EVENT_GRID, JSON, NOON};
use crate::namespace::Namespace;

const ORDERS: Target<'_> = Target::NamespaceTopic("orders");
const OK: AttemptResult = AttemptResult::Status(200);
const UNAVAILABLE: AttemptResult = AttemptResult::Status(503);

fn endpoint() -> PushEndpoint {
    PushEndpoint::new("http://localhost:8080/events?code=s3cret").unwrap()
}

/// A namespace that pushes the events of `orders/billing`, and keeps those that die.
fn pushing(endpoint: PushEndpoint) -> Namespace {
    let mut namespace = Namespace::in_published_order();
    assert_eq!(namespace.emulator.set_push_endpoint(ORDERS, "billing", Some(endpoint)), Ok(true));
    let list = DeadLettering::new(DeadLetterDestination::List);
    assert_eq!(namespace.emulator.set_dead_lettering(ORDERS, "billing", Some(list)), Ok(true));
    namespace
}

/// The one push that is due.
fn push(namespace: &mut Namespace) -> DuePush {
    let mut due = namespace.emulator.take_due_pushes(10);
    assert_eq!(due.len(), 1, "{due:?}");
    due.remove(0)
}

fn body(push: &DuePush) -> Value {
    serde_json::from_slice(push.request().body()).unwrap()
}

/// Moves the clock to the next moment at which something happens.
fn pass_to_next(namespace: &mut Namespace) {
    namespace.now = namespace.emulator.next_deadline().unwrap();
    namespace.emulator.advance(namespace.now);
}

#[test]
fn an_event_is_pushed_with_the_headers_of_the_service_and_is_gone_when_it_is_delivered() {
    let mut namespace = pushing(endpoint());
    namespace.publish(&["1"]);
    let push = push(&mut namespace);
    assert_eq!((push.topic(), push.subscription(), push.attempt()), ("orders", "billing", 1));
    assert_eq!(push.url(), "http://localhost:8080/events?code=s3cret");
    let request = push.request();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.headers()["content-type"], "application/cloudevents+json; charset=utf-8");
    assert_eq!(request.headers()["aeg-subscription-name"], "BILLING");
    assert_eq!(request.headers()["aeg-delivery-count"], "0");
    assert_eq!(request.headers()["aeg-output-event-id"], "1");
    assert_eq!(body(&push), json!({"specversion":"1.0","id":"1","source":"/shop","type":"Ordered"}));

    let stats = namespace.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.locked, stats.deliveries), (1, 1));
    assert_eq!(namespace.emulator.take_due_pushes(10).len(), 0, "it is under way");
    namespace.emulator.push_ended(&push, OK);
    let stats = namespace.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.locked, stats.acknowledged), (0, 1));
    assert_eq!(namespace.emulator.stats("orders", "shipping").unwrap().queued, 1, "others are received from");
}

#[test]
fn a_namespace_makes_ten_attempts_at_the_documented_times_and_then_the_event_dies() {
    let mut namespace = pushing(endpoint());
    namespace.publish(&["1"]);
    let start = namespace.now;
    let mut attempts = Vec::new();
    while let Some(push) = namespace.emulator.take_due_pushes(1).pop() {
        attempts.push(namespace.now.saturating_since(start).as_secs_f64());
        namespace.emulator.push_ended(&push, UNAVAILABLE);
        if namespace.emulator.next_deadline().is_some() {
            pass_to_next(&mut namespace);
        }
    }
    let planned = [0.0, 10.0, 30.0, 60.0, 300.0, 600.0, 900.0, 1200.0, 1500.0, 1800.0];
    assert_eq!(attempts.len(), planned.len());
    for (attempt, planned) in attempts.iter().zip(planned) {
        assert!(*attempt >= planned && *attempt <= planned + 30.0, "{attempts:?}");
    }
    let letter = namespace.emulator.dead_letter(ORDERS, "billing", 0).unwrap();
    assert_eq!((letter.reason, letter.delivery_count), (DeadLetterReason::Exhausted, 10));
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().exhausted, 1);
}

#[test]
fn the_same_seed_gives_the_same_times() {
    let second_attempt = || {
        let mut namespace = pushing(endpoint());
        namespace.publish(&["1"]);
        let push = push(&mut namespace);
        namespace.emulator.push_ended(&push, UNAVAILABLE);
        namespace.emulator.next_deadline().unwrap()
    };
    assert_eq!(second_attempt(), second_attempt());
}

/// Each of the events is pushed, and fails so.
fn fail(namespace: &mut Namespace, ids: &[&str], result: AttemptResult) {
    namespace.publish(ids);
    let due = namespace.emulator.take_due_pushes(10);
    assert_eq!(due.len(), ids.len());
    for push in &due {
        namespace.emulator.push_ended(push, result);
    }
}

/// How many pushes are due at once, and for how long the endpoint is on probation, in seconds.
fn due_and_probation(namespace: &mut Namespace) -> (usize, Option<u64>) {
    let until = namespace.emulator.push_probation(ORDERS, "billing");
    let seconds = until.map(|until| until.saturating_since(namespace.now).as_secs());
    (namespace.emulator.take_due_pushes(10).len(), seconds)
}

#[test]
fn an_endpoint_that_fails_again_and_again_gets_nothing_for_the_documented_time() {
    let three = NonZeroU32::new(3).unwrap();
    let mut namespace = pushing(endpoint().with_probation_after(three));
    // Of these no time is documented.
    fail(&mut namespace, &["1", "2", "3"], AttemptResult::Status(400));
    fail(&mut namespace, &["4", "5"], AttemptResult::Status(404));
    namespace.publish(&["6"]);
    assert_eq!(due_and_probation(&mut namespace), (1, None), "two are too few");

    let mut namespace = pushing(endpoint().with_probation_after(three));
    fail(&mut namespace, &["1", "2"], UNAVAILABLE);
    namespace.publish(&["3"]);
    let delivered = push(&mut namespace);
    namespace.emulator.push_ended(&delivered, OK);
    fail(&mut namespace, &["4", "5"], UNAVAILABLE);
    assert_eq!(due_and_probation(&mut namespace), (0, None), "it counts anew after a delivery");
    fail(&mut namespace, &["6"], AttemptResult::Status(404));
    namespace.publish(&["7"]);
    assert_eq!(due_and_probation(&mut namespace), (0, Some(300)), "neither new events");
    namespace.pass(299);
    assert_eq!(due_and_probation(&mut namespace), (0, Some(1)), "nor retries");
    pass_to_next(&mut namespace);
    assert_eq!(namespace.emulator.push_probation(ORDERS, "billing"), None);

    let due = namespace.emulator.take_due_pushes(10);
    assert_eq!(due.len(), 5, "four are retried, one is new");
    namespace.emulator.push_ended(&due[0], UNAVAILABLE);
    assert_eq!(due_and_probation(&mut namespace), (0, Some(10)), "one more failure is enough");
    namespace.emulator.push_ended(&due[1], OK);
    namespace.publish(&["8"]);
    assert_eq!(due_and_probation(&mut namespace), (2, None), "a delivery ends it");
}

#[test]
fn an_endpoint_on_probation_is_replaced_by_one_that_is_not() {
    let one = NonZeroU32::MIN;
    let mut namespace = pushing(endpoint().with_probation_after(one));
    fail(&mut namespace, &["1"], AttemptResult::Status(404));
    namespace.publish(&["2"]);
    assert_eq!(due_and_probation(&mut namespace), (0, Some(300)));
    let other = || Some(endpoint().with_probation_after(one));
    assert_eq!(namespace.emulator.set_push_endpoint(ORDERS, "billing", other()), Ok(true));

    // What comes of a push to the one before says nothing of the next one.
    let late = push(&mut namespace);
    assert_eq!(namespace.emulator.set_push_endpoint(ORDERS, "billing", other()), Ok(true));
    namespace.emulator.push_ended(&late, AttemptResult::Status(404));
    namespace.publish(&["3"]);
    assert_eq!(due_and_probation(&mut namespace), (1, None));
}

#[test]
fn an_event_can_become_too_old_while_its_endpoint_is_on_probation() {
    let policy = RetryPolicy::namespace().with_time_to_live(Duration::from_secs(60)).unwrap();
    let endpoint = endpoint().with_retry_policy(policy).with_probation_after(NonZeroU32::MIN);
    let mut namespace = pushing(endpoint);
    fail(&mut namespace, &["1"], AttemptResult::Status(404));
    namespace.publish(&["2"]);
    pass_to_next(&mut namespace);
    assert_eq!(due_and_probation(&mut namespace), (0, None));
    let stats = namespace.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.rejected, stats.expired, stats.queued), (1, 1, 0));
}

#[test]
fn what_an_endpoint_refuses_for_good_is_a_dead_letter_at_once() {
    let mut namespace = pushing(endpoint());
    namespace.publish(&["1"]);
    let push = push(&mut namespace);
    namespace.emulator.push_ended(&push, AttemptResult::Status(400));
    let letter = namespace.emulator.dead_letter(ORDERS, "billing", 0).unwrap();
    assert_eq!((letter.reason, letter.delivery_count), (DeadLetterReason::Rejected, 1));
    assert_eq!(letter.last_delivered, Some(namespace.now));
}

#[test]
fn the_time_to_live_is_looked_at_when_an_attempt_is_due_and_not_before() {
    let policy = RetryPolicy::namespace().with_time_to_live(Duration::from_secs(60)).unwrap();
    let mut namespace = pushing(endpoint().with_retry_policy(policy));
    namespace.publish(&["1"]);
    for _ in 0..3 {
        let push = push(&mut namespace);
        namespace.emulator.push_ended(&push, UNAVAILABLE);
        if namespace.emulator.stats("orders", "billing").unwrap().deliveries < 3 {
            pass_to_next(&mut namespace);
        }
    }
    // The fourth attempt is planned when the event is a minute old, or a little more.
    namespace.pass(27);
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().delayed, 1);
    pass_to_next(&mut namespace);
    assert_eq!(namespace.emulator.take_due_pushes(10).len(), 0);
    let letter = namespace.emulator.dead_letter(ORDERS, "billing", 0).unwrap();
    assert_eq!((letter.reason, letter.delivery_count), (DeadLetterReason::Expired, 3));
    assert_eq!(letter.died, namespace.now);
}

#[test]
fn a_result_that_does_not_come_costs_an_attempt_and_one_that_comes_late_does_nothing() {
    let policy = RetryPolicy::namespace().with_max_attempts(2).unwrap();
    let mut namespace = pushing(endpoint().with_retry_policy(policy));
    namespace.publish(&["1"]);
    let first = push(&mut namespace);
    namespace.pass(34);
    assert_eq!(namespace.emulator.take_due_pushes(10).len(), 0);
    namespace.pass(1);
    let second = push(&mut namespace);
    assert_eq!(second.attempt(), 2);
    namespace.emulator.push_ended(&first, OK);
    assert_eq!(
        namespace.emulator.stats("orders", "billing").unwrap().locked,
        1,
        "it is of the first attempt"
    );
    namespace.pass(35);
    let letter = namespace.emulator.dead_letter(ORDERS, "billing", 0).unwrap();
    assert_eq!((letter.reason, letter.delivery_count), (DeadLetterReason::Exhausted, 2));
    namespace.emulator.push_ended(&second, OK);
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().acknowledged, 0);
}

#[test]
fn a_second_result_of_a_push_does_nothing() {
    for (first, second) in [(OK, UNAVAILABLE), (UNAVAILABLE, OK), (UNAVAILABLE, AttemptResult::Status(400))] {
        let mut namespace = pushing(endpoint());
        namespace.publish(&["1"]);
        let push = push(&mut namespace);
        namespace.emulator.push_ended(&push, first);
        let (stats, next) =
            (namespace.emulator.stats("orders", "billing"), namespace.emulator.next_deadline());
        namespace.emulator.push_ended(&push, second);
        assert_eq!(namespace.emulator.stats("orders", "billing"), stats);
        assert_eq!(namespace.emulator.next_deadline(), next);
    }
}

#[test]
fn a_result_for_a_subscription_that_was_removed_does_nothing_to_one_of_the_same_name() {
    let mut namespace = pushing(endpoint());
    namespace.publish(&["1"]);
    let push = push(&mut namespace);
    assert!(namespace.emulator.remove_subscription(ORDERS, "billing"));
    namespace.emulator.push_ended(&push, OK);
    assert!(namespace.emulator.create_subscription(ORDERS, "billing", SubscriptionSettings::default()));
    namespace.emulator.set_push_endpoint(ORDERS, "billing", Some(endpoint())).unwrap();
    namespace.publish(&["2"]);
    assert_eq!(namespace.emulator.take_due_pushes(10).len(), 1);
    namespace.emulator.push_ended(&push, OK);
    let stats = namespace.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.locked, stats.acknowledged), (1, 0));
}

#[test]
fn batches_have_as_many_events_as_they_may_and_stand_and_fall_together() {
    let batching = Batching::new().with_max_events(2).unwrap();
    let mut namespace = pushing(endpoint().with_batching(batching));
    namespace.publish(&["1", "2", "3"]);
    let due = namespace.emulator.take_due_pushes(10);
    let ids = |push: &DuePush| -> Vec<String> {
        body(push).as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(due.iter().map(ids).collect::<Vec<_>>(), [vec!["1", "2"], vec!["3"]]);
    assert_eq!(due[0].sequence_numbers().collect::<Vec<_>>(), [0, 1]);
    namespace.emulator.push_ended(&due[0], UNAVAILABLE);
    namespace.emulator.push_ended(&due[1], OK);
    let stats = namespace.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.delayed, stats.acknowledged), (2, 1));
}

#[test]
fn an_event_for_which_a_batch_has_no_room_goes_into_the_next() {
    let batching = Batching::new().with_preferred_kilobytes(1).unwrap();
    let mut namespace = pushing(endpoint().with_batching(batching));
    let long = |letter: &str| letter.repeat(600);
    let ids = [long("a"), long("b"), "c".to_owned()];
    namespace.publish(&ids.each_ref().map(String::as_str));
    let due = namespace.emulator.take_due_pushes(10);
    let numbers: Vec<Vec<_>> = due.iter().map(|push| push.sequence_numbers().collect()).collect();
    assert_eq!(numbers, [vec![0], vec![1, 2]]);
}

#[test]
fn no_more_pushes_are_taken_than_asked_for_and_each_subscription_has_its_turn() {
    let mut namespace = pushing(endpoint());
    namespace.emulator.set_push_endpoint(ORDERS, "shipping", Some(endpoint())).unwrap();
    namespace.publish(&["1", "2", "3"]);
    assert_eq!(namespace.emulator.take_due_pushes(0).len(), 0);
    let due = namespace.emulator.take_due_pushes(2);
    assert_ne!(due[0].subscription(), due[1].subscription());
    assert_eq!(namespace.emulator.take_due_pushes(100).len(), 4);
}

#[test]
fn an_event_that_is_released_by_its_number_is_pushed_at_once() {
    let mut namespace = pushing(endpoint());
    namespace.publish(&["1"]);
    let first = push(&mut namespace);
    namespace.emulator.push_ended(&first, UNAVAILABLE);
    assert_eq!(namespace.emulator.release_event(ORDERS, "billing", 0), Ok(()));
    assert_eq!(push(&mut namespace).attempt(), 2);
}

#[test]
fn one_who_looks_at_the_queue_sees_what_is_pushed_and_no_lock_token() {
    let mut namespace = pushing(endpoint());
    namespace.publish(&["1"]);
    let first = push(&mut namespace);
    let seen = namespace.emulator.peek(ORDERS, "billing", 0, 10, None).unwrap().events.remove(0);
    assert_eq!((seen.state, seen.delivery_count, seen.lock_token), (EventState::Locked, 1, None));
    assert_eq!(seen.expires, Some(namespace.now + Duration::from_secs(7 * 24 * 60 * 60)));
    namespace.emulator.push_ended(&first, UNAVAILABLE);
    let seen = namespace.emulator.peek(ORDERS, "billing", 0, 10, None).unwrap().events.remove(0);
    assert_eq!((seen.state, seen.until), (EventState::Delayed, namespace.emulator.next_deadline()));
}

#[test]
fn a_restored_snapshot_goes_on_with_the_schedule_and_has_no_endpoint_in_it() {
    let mut namespace = pushing(endpoint());
    // Later than the clock of an in-process emulator begins.
    namespace.now = UnixTime::from_secs(1_800_000_000);
    namespace.publish(&["1"]);
    let published = namespace.now;
    for _ in 0..3 {
        let push = push(&mut namespace);
        namespace.emulator.push_ended(&push, UNAVAILABLE);
        pass_to_next(&mut namespace);
    }
    let fourth = push(&mut namespace);
    namespace.emulator.push_ended(&fourth, UNAVAILABLE);
    let expected = namespace.emulator.next_deadline();
    let text = serde_json::to_string(&namespace.emulator.snapshot()).unwrap();
    assert!(!text.contains("s3cret") && !text.contains("localhost"), "{text}");

    let in_process = Emulator::builder()
        .seed(1)
        .subscription("orders", "billing")
        .subscription_push_endpoint("orders", "billing", endpoint())
        .in_process()
        .unwrap();
    in_process.restore(&serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(in_process.with(|it| it.next_deadline()), expected);
    assert!(in_process.advance_until(|it| it.stats("orders", "billing").unwrap().delayed == 0));
    let fifth = in_process.with(|it| it.take_due_pushes(10)).remove(0);
    assert_eq!(fifth.attempt(), 5);
    // The sixth is planned ten minutes after the first one, and not after the fifth.
    in_process.with(|it| it.push_ended(&fifth, UNAVAILABLE));
    let sixth = in_process.with(|it| it.next_deadline()).unwrap();
    let after = sixth.saturating_since(published);
    assert!(after >= Duration::from_secs(600) && after <= Duration::from_secs(630), "{after:?}");
}

#[test]
fn without_its_endpoint_a_subscription_is_received_from_again() {
    let mut namespace = pushing(endpoint());
    namespace.publish(&["1", "2"]);
    let first = namespace.emulator.take_due_pushes(1).remove(0);
    assert_eq!(namespace.emulator.set_push_endpoint(ORDERS, "billing", None), Ok(true));
    assert_eq!(namespace.emulator.take_due_pushes(10).len(), 0);
    assert_eq!(namespace.receive().len(), 1, "the first is locked");
    namespace.emulator.push_ended(&first, OK);
    namespace.pass(35);
    let received = namespace.receive();
    assert_eq!((received.len(), received[0].delivery_count), (1, 2));
}

#[test]
fn a_basic_topic_delivers_in_the_schema_of_the_endpoint_with_the_id_of_the_topic() {
    let mut basic = Basic::new();
    let grid = Target::BasicTopic("grid");
    for (name, schema) in [("audit", None), ("cloudy", Some(DeliverySchema::CloudEvents))] {
        assert!(basic.emulator.create_subscription(grid, name, SubscriptionSettings::default()));
        let endpoint = match schema {
            Some(schema) => endpoint().with_schema(schema),
            None => endpoint(),
        };
        assert_eq!(basic.emulator.set_push_endpoint(grid, name, Some(endpoint)), Ok(true));
    }
    assert_eq!(basic.publish("/grid/api/events", JSON, format!("[{EVENT_GRID}]")).status(), 200);
    let mut due = basic.emulator.take_due_pushes(10);
    due.sort_by_key(|push| push.subscription().to_owned());
    let [audit, cloudy] = &due[..] else { panic!("{due:?}") };
    let id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/emulator/providers/Microsoft.EventGrid/topics/grid";
    assert_eq!((audit.topic(), &body(audit)[0]["topic"]), ("/grid/api/events", &json!(id)));
    assert_eq!((&body(audit)[0]["id"], &body(audit)[0]["data"]), (&json!("1"), &json!({"a":1})));
    assert_eq!(audit.request().headers()["aeg-data-version"], "1");
    assert_eq!((&body(cloudy)["source"], &body(cloudy)["type"]), (&json!(id), &json!("t")));
    // 503 waits half a minute at least.
    basic.emulator.push_ended(audit, UNAVAILABLE);
    basic.emulator.push_ended(cloudy, OK);
    assert_eq!(basic.emulator.next_deadline(), Some(NOON + Duration::from_secs(30)));
}

#[test]
fn an_event_of_a_custom_schema_is_pushed_as_it_was_published() {
    let mut basic = Basic::new();
    let custom = Target::BasicTopic("custom");
    assert!(basic.emulator.create_subscription(custom, "audit", SubscriptionSettings::default()));
    basic.emulator.set_push_endpoint(custom, "audit", Some(endpoint())).unwrap();
    assert_eq!(basic.publish("/custom/api/events", JSON, format!("[{CUSTOM}]")).status(), 200);
    let push = basic.emulator.take_due_pushes(10).remove(0);
    assert_eq!(push.request().body(), format!("[{CUSTOM}]").as_bytes());
}

#[test]
fn delivery_properties_are_headers_and_no_secret_is_shown() {
    let secret = DeliveryProperty::secret("x-key", "p4ssword").unwrap();
    let kind = DeliveryProperty::dynamic("x-type", "type").unwrap();
    let properties = DeliveryProperties::new(vec![secret, kind]).unwrap();
    let mut namespace = pushing(endpoint().with_properties(properties));
    namespace.publish(&["1"]);
    let push = push(&mut namespace);
    assert_eq!(push.request().headers()["x-key"], "p4ssword");
    assert_eq!(push.request().headers()["x-type"], "Ordered");
    let shown = format!("{push:?} {:?}", namespace.emulator);
    assert!(!shown.contains("p4ssword") && !shown.contains("s3cret"), "{shown}");
}
