//! Topics and event subscriptions that are removed.

use eventgrid_emulator::broker::{SubscriptionSettings, TokenError};

use crate::desk::Desk;

#[test]
fn a_removed_subscription_takes_nothing_and_has_nothing() {
    let mut desk = Desk::new();
    desk.publish([1, 2]);
    let token = desk.receive(1).remove(0).2;
    assert!(desk.broker.remove_subscription(desk.subscription));
    assert!(!desk.broker.remove_subscription(desk.subscription), "it is gone already");
    desk.publish([3]);
    assert_eq!(desk.look(100), []);
    assert_eq!(desk.acknowledge(&token), Err(TokenError::TokenLost));
    assert_eq!(desk.broker.stats(desk.subscription), None);
    assert_eq!(desk.broker.subscription(desk.topic, "billing"), None);
    assert_eq!(desk.broker.subscriptions(desk.topic), []);
    desk.advance();
    assert_eq!(desk.broker.next_deadline(), None, "its lock and its events end nothing any more");
}

#[test]
fn a_subscription_created_anew_is_another_one() {
    let mut desk = Desk::new();
    desk.publish([1]);
    let token = desk.token();
    let old = desk.subscription;
    desk.broker.remove_subscription(old);
    let new = desk.broker.create_subscription(desk.topic, "billing", SubscriptionSettings::default());
    desk.subscription = new.unwrap();
    assert_ne!(desk.subscription, old);
    assert_eq!(desk.look(100), [], "what was published before went to the other one");
    assert_eq!(desk.acknowledge(&token), Err(TokenError::TokenLost));
    desk.publish([2]);
    assert_eq!(desk.look(100), [("2".to_owned(), 1)]);
    assert_eq!(desk.broker.receive(desk.now, old, 10).len(), 0);
}

#[test]
fn a_removed_topic_takes_its_subscriptions_with_it_and_no_others() {
    let mut desk = Desk::new();
    let returns = desk.broker.create_topic("returns");
    let other = desk.broker.create_subscription(returns, "billing", SubscriptionSettings::default()).unwrap();
    desk.publish([1]);
    assert_eq!(desk.broker.remove_topic(desk.topic), [desk.subscription]);
    assert_eq!(desk.broker.remove_topic(desk.topic), []);
    assert_eq!(desk.broker.topic("orders"), None);
    assert_eq!(desk.broker.topic_name(desk.topic), None);
    assert_eq!(desk.broker.create_subscription(desk.topic, "new", SubscriptionSettings::default()), None);
    desk.publish([2]);
    assert_eq!(desk.look(100), []);
    assert!(desk.broker.stats(other).is_some());
    assert_ne!(desk.broker.create_topic("orders"), desk.topic);
}

#[test]
fn the_events_of_what_was_removed_go_bit_by_bit() {
    let mut desk = Desk::new();
    desk.publish(0..10_000);
    desk.broker.remove_topic(desk.topic);
    let mut turns = 0;
    while desk.broker.next_deadline().is_some() {
        assert!(desk.broker.advance(desk.now, 256).steps <= 511);
        turns += 1;
    }
    assert!(turns > 30, "{turns}");
}

#[test]
fn names_are_compared_without_case_and_kept_as_they_were_given() {
    let mut desk = Desk::new();
    assert_eq!(desk.broker.create_topic("ORDERS"), desk.topic);
    assert_eq!(desk.broker.topic("oRdErS"), Some(desk.topic));
    assert_eq!(desk.broker.topic_name(desk.topic), Some("orders"));
    assert_eq!(desk.broker.subscription(desk.topic, "Billing"), Some(desk.subscription));
    assert_eq!(desk.broker.subscription_name(desk.subscription), Some("billing"));
    assert_eq!(desk.broker.topic_of(desk.subscription), Some(desk.topic));
    desk.broker.remove_topic(desk.topic);
    assert_eq!(desk.broker.topic("ORDERS"), None);
}
