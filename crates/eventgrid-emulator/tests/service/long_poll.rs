//! Receives that wait: which of them gets a response, when, and with which events.

use std::time::Duration;

use bytes::Bytes;
use eventgrid_emulator::WaiterId;
use http::Response;

use crate::namespace::{Namespace, billing, received, text};

fn wait(namespace: &mut Namespace, query: &str) -> WaiterId {
    namespace.wait(&format!("{}{query}", billing("receive")))
}

/// The one response that there must be.
fn finished(namespace: &mut Namespace) -> (WaiterId, Response<Bytes>) {
    let mut finished = namespace.emulator.take_finished();
    assert_eq!(finished.len(), 1);
    finished.remove(0)
}

/// The events of all the responses, by waiter.
fn served(namespace: &mut Namespace) -> Vec<(WaiterId, Vec<String>)> {
    let finished = namespace.emulator.take_finished().into_iter();
    finished
        .map(|(waiter, reply)| (waiter, received(&reply).into_iter().map(|event| event.id).collect()))
        .collect()
}

#[test]
fn an_event_ends_the_wait_at_once() {
    let mut namespace = Namespace::new();
    let waiter = wait(&mut namespace, "&maxEvents=10");
    assert!(namespace.emulator.take_finished().is_empty());
    namespace.publish(&["1"]);
    let (finished, reply) = finished(&mut namespace);
    assert_eq!(finished, waiter);
    assert_eq!(received(&reply)[0].id, "1", "it does not wait for ten");
    assert_eq!(received(&reply)[0].delivery_count, 1);
}

#[test]
fn the_end_of_the_wait_is_an_empty_list() {
    for (query, seconds) in [("", 60), ("&maxWaitTime=10", 10), ("&maxWaitTime=120", 120)] {
        let mut namespace = Namespace::new();
        let waiter = wait(&mut namespace, query);
        assert_eq!(namespace.emulator.next_deadline(), Some(namespace.now + Duration::from_secs(seconds)));
        namespace.pass(seconds - 1);
        assert!(namespace.emulator.take_finished().is_empty());
        namespace.pass(1);
        let (finished, reply) = finished(&mut namespace);
        assert_eq!(finished, waiter);
        assert_eq!(text(&reply), r#"{"value":[]}"#);
        assert_eq!(reply.headers()["content-type"], "application/json; charset=utf-8");
        assert_eq!(namespace.emulator.next_deadline(), None);
    }
}

#[test]
fn the_end_of_a_lock_ends_the_wait() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    namespace.receive();
    namespace.pass(1);
    wait(&mut namespace, "");
    namespace.pass(58);
    assert!(namespace.emulator.take_finished().is_empty());
    namespace.pass(1);
    let (_, reply) = finished(&mut namespace);
    assert_eq!(received(&reply)[0].delivery_count, 2);
}

#[test]
fn an_event_comes_before_the_end_of_the_wait_at_the_same_moment() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    namespace.receive();
    wait(&mut namespace, "&maxWaitTime=60");
    namespace.pass(60);
    let (_, reply) = finished(&mut namespace);
    assert_eq!(received(&reply).len(), 1);
}

#[test]
fn the_end_of_a_release_delay_ends_the_wait() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    let token = namespace.receive().remove(0).lock_token;
    let path = format!("{}&releaseDelayInSeconds=10", billing("release"));
    namespace.send(&path, "application/json", format!(r#"{{"lockTokens":["{token}"]}}"#));
    wait(&mut namespace, "");
    namespace.pass(9);
    assert!(namespace.emulator.take_finished().is_empty());
    namespace.pass(1);
    let (_, reply) = finished(&mut namespace);
    assert_eq!(received(&reply)[0].delivery_count, 2);
}

#[test]
fn a_release_ends_the_wait_of_another() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    let token = namespace.receive().remove(0).lock_token;
    wait(&mut namespace, "");
    namespace.settle("release", &[&token]);
    let (_, reply) = finished(&mut namespace);
    assert_eq!(received(&reply)[0].delivery_count, 2);
}

#[test]
fn who_waits_longest_is_served_first_and_to_the_full() {
    let mut namespace = Namespace::new();
    let first = wait(&mut namespace, "&maxEvents=2&maxWaitTime=120");
    let second = wait(&mut namespace, "&maxEvents=2&maxWaitTime=10");
    let third = wait(&mut namespace, "&maxEvents=1");
    namespace.publish(&["1", "2", "3"]);
    let expected = [(first, vec!["1".to_owned(), "2".to_owned()]), (second, vec!["3".to_owned()])];
    assert_eq!(served(&mut namespace), expected);
    namespace.publish(&["4"]);
    assert_eq!(served(&mut namespace), [(third, vec!["4".to_owned()])]);
}

#[test]
fn each_subscription_has_its_own_line() {
    let mut namespace = Namespace::new();
    let shipping = "/topics/orders/eventsubscriptions/shipping:receive?api-version=2024-06-01";
    let billing = wait(&mut namespace, "");
    let shipping = namespace.wait(shipping);
    namespace.publish(&["1"]);
    let expected = [(billing, vec!["1".to_owned()]), (shipping, vec!["1".to_owned()])];
    assert_eq!(served(&mut namespace), expected);
}

#[test]
fn a_cancelled_wait_takes_no_events() {
    let mut namespace = Namespace::new();
    let gone = wait(&mut namespace, "");
    let here = wait(&mut namespace, "");
    namespace.emulator.cancel(gone);
    namespace.publish(&["1"]);
    assert_eq!(served(&mut namespace), [(here, vec!["1".to_owned()])]);
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().deliveries, 1);
    // Once more, or after its response, it does nothing.
    namespace.emulator.cancel(gone);
    namespace.emulator.cancel(here);
    namespace.pass(120);
    assert!(namespace.emulator.take_finished().iter().all(|(waiter, _)| *waiter != gone));
}

#[test]
fn each_wait_ends_at_its_own_moment_however_far_the_clock_moves() {
    // The event returns after 60 seconds; the first wait is over by then, the second is not.
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    namespace.receive();
    let early = wait(&mut namespace, "&maxWaitTime=59");
    let late = wait(&mut namespace, "&maxWaitTime=61");
    namespace.pass(100);
    assert_eq!(served(&mut namespace), [(early, vec![]), (late, vec!["1".to_owned()])]);
    // Its lock began at that moment too, not now.
    namespace.pass(20);
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().queued, 1);
}

#[test]
fn waiting_can_be_ended_for_all() {
    let mut namespace = Namespace::new();
    let first = wait(&mut namespace, "");
    let second = wait(&mut namespace, "&maxWaitTime=10");
    namespace.emulator.finish_waiting();
    assert_eq!(served(&mut namespace), [(first, vec![]), (second, vec![])]);
    assert_eq!(namespace.emulator.next_deadline(), None);
    namespace.publish(&["1"]);
    assert_eq!(namespace.receive().len(), 1);
}

#[test]
fn time_never_goes_back() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    let token = namespace.receive().remove(0).lock_token;
    namespace.pass(60);
    let latest = std::mem::take(&mut namespace.now);
    assert!(namespace.settle("acknowledge", &[&token]).contains("TokenLost"));
    assert_eq!(namespace.receive()[0].delivery_count, 2);
    namespace.now = latest;
    namespace.pass(59);
    assert_eq!(
        namespace.emulator.stats("orders", "billing").unwrap().locked,
        1,
        "its lock began at the latest time"
    );
}
