//! Large backlogs. If any step were linear in the events that are queued, locked or delayed, these
//! tests would take many times as long.

use std::time::Duration;

use eventgrid_emulator::broker::{SubscriptionSettings, SubscriptionStats};

use crate::desk::{DAY, Desk};

const EVENTS: u32 = 25_000;

/// Receives everything, by a hundred.
fn drain(desk: &mut Desk) -> Vec<String> {
    let mut tokens = Vec::new();
    loop {
        let received = desk.receive(100);
        if received.is_empty() {
            return tokens;
        }
        tokens.extend(received.into_iter().map(|(_, _, token)| token));
    }
}

#[test]
fn a_large_backlog_is_received_and_acknowledged_one_by_one() {
    let mut desk = Desk::new();
    for number in 0..EVENTS {
        desk.publish([number]);
    }
    for number in 0..EVENTS {
        let (event, count, token) = desk.receive(1).remove(0);
        assert_eq!((event, count), (number.to_string(), 1));
        desk.acknowledge(&token).unwrap();
    }
    let all = u64::from(EVENTS);
    let expected = SubscriptionStats {
        published: all,
        acknowledged: all,
        deliveries: all,
        ..SubscriptionStats::default()
    };
    assert_eq!(desk.stats(), expected);
}

#[test]
fn many_locks_are_settled_in_any_order_and_end_one_after_the_other() {
    let mut desk = Desk::new();
    desk.publish(0..EVENTS);
    let mut tokens = Vec::new();
    while tokens.len() < EVENTS as usize {
        tokens.extend(desk.receive(100).into_iter().map(|(_, _, token)| token));
        desk.pass_millis(10);
    }
    // The last first, every second one.
    for token in tokens.iter().rev().step_by(2) {
        desk.acknowledge(token).unwrap();
    }
    for token in tokens.iter().step_by(2) {
        desk.renew(token).unwrap();
    }
    assert_eq!(desk.stats().locked, u64::from(EVENTS) / 2);
    desk.pass(60);
    assert_eq!(desk.stats().queued, u64::from(EVENTS) / 2);
    for token in &tokens {
        assert!(desk.acknowledge(token).is_err());
    }
}

#[test]
fn many_delays_end_while_few_events_are_received() {
    let lock_duration = Duration::from_secs(300);
    let mut desk = Desk::with(SubscriptionSettings { lock_duration, ..SubscriptionSettings::default() });
    desk.publish(0..EVENTS);
    for token in drain(&mut desk) {
        desk.release(&token, 600).unwrap();
        desk.pass_millis(1);
    }
    assert_eq!(desk.stats().delayed, u64::from(EVENTS));
    desk.pass(600 - u64::from(EVENTS) / 1000);
    // A receive a millisecond, each with one delay ended.
    for _ in 0..EVENTS {
        assert_eq!(desk.receive(1).len(), 1);
        desk.pass_millis(1);
    }
}

#[test]
fn many_events_expire_one_by_one() {
    let lock_duration = Duration::from_secs(DAY);
    let mut desk = Desk::with(SubscriptionSettings { lock_duration, ..SubscriptionSettings::default() });
    for number in 0..EVENTS {
        desk.publish([number]);
        desk.pass_millis(1);
    }
    desk.pass(DAY - u64::from(EVENTS) / 1000);
    for expired in 1..=u64::from(EVENTS) {
        assert_eq!(desk.stats().expired, expired);
        desk.pass_millis(1);
    }
    assert_eq!(desk.broker.next_deadline(), None);
}
