//! Topics and event subscriptions that a program creates, removes and receives from.

use std::time::Duration;

use eventgrid_emulator::Target;
use eventgrid_emulator::broker::{SubscriptionSettings, TokenError};

use crate::basic::{BATCH, Basic, CLOUD, EVENT_GRID, JSON};
use crate::namespace::{Namespace, billing, text};

const BILLING: Target<'_> = Target::NamespaceTopic("orders");

#[test]
fn who_waits_for_a_subscription_that_is_removed_is_told_that_it_is_not_there() {
    let mut namespace = Namespace::new();
    let waiter = namespace.wait(&billing("receive"));
    assert!(namespace.emulator.remove_subscription(BILLING, "Billing"));
    assert!(!namespace.emulator.remove_subscription(BILLING, "billing"));
    let (finished, response) = namespace.emulator.take_finished().remove(0);
    assert_eq!((finished, response.status().as_u16()), (waiter, 404));
    assert!(text(&response).contains("Event subscription 'billing' is not found"));
    assert_eq!(namespace.emulator.waiting(), 0);
    namespace.pass(0);
    assert_eq!(namespace.emulator.next_deadline(), None);
}

#[test]
fn who_waits_for_a_topic_that_is_removed_is_told_that_it_is_not_there() {
    let mut namespace = Namespace::new();
    namespace.wait(&billing("receive"));
    assert!(namespace.emulator.remove_topic("Orders"));
    assert!(!namespace.emulator.remove_topic("orders"));
    let (_, response) = namespace.emulator.take_finished().remove(0);
    assert!(text(&response).contains("Topic 'orders' is not found"));
    assert!(namespace.emulator.create_topic("orders"));
    assert!(!namespace.emulator.create_topic("") && !namespace.emulator.create_topic("/orders"));
    assert!(namespace.emulator.create_subscription(BILLING, "billing", SubscriptionSettings::default()));
    namespace.publish(&["1"]);
    assert_eq!(namespace.receive().len(), 1);
}

#[test]
fn events_of_basic_topics_domains_and_channels_reach_their_subscriptions() {
    let domain_event = EVENT_GRID.replacen('{', r#"{"topic":"berlin","#, 1);
    let channel = Target::PartnerChannel { namespace: "Partner", channel: "Cloud" };
    for (target, path, content_type, event) in [
        (Target::BasicTopic("grid"), "/grid/api/events", JSON, EVENT_GRID),
        (Target::BasicTopic(""), "/api/events", JSON, EVENT_GRID),
        (Target::Domain("grid-domain"), "/GRID-domain/api/events", JSON, &domain_event),
        (channel, "", BATCH, CLOUD),
    ] {
        let mut basic = Basic::new();
        assert!(basic.emulator.create_subscription(target, "audit", SubscriptionSettings::default()));
        let body = format!("[{event}]");
        let response = match target {
            Target::PartnerChannel { .. } => basic.publish_to_channel("CLOUD", content_type, body),
            _ => basic.publish(path, content_type, body),
        };
        assert_eq!(response.status(), 200, "{target:?}");
        assert_eq!(basic.emulator.stats_of(target, "audit").unwrap().queued, 1, "{target:?}");
        let deliveries = basic.emulator.receive(target, "audit", 10).unwrap();
        assert_eq!(deliveries[0].delivery_count, 1);
        let token = &deliveries[0].lock_token;
        assert_eq!(basic.emulator.release(target, "audit", token, Duration::ZERO), Ok(()));
        let deliveries = basic.emulator.receive(target, "audit", 10).unwrap();
        assert_eq!(basic.emulator.acknowledge(target, "audit", &deliveries[0].lock_token), Ok(()));
        assert_eq!(basic.emulator.reject(target, "audit", token), Err(TokenError::TokenLost));
        assert_eq!(basic.emulator.stats_of(target, "audit").unwrap().acknowledged, 1);
    }
}

#[test]
fn there_is_no_subscription_to_what_is_not_there() {
    let mut basic = Basic::new();
    let settings = SubscriptionSettings::default();
    for target in [
        Target::BasicTopic("fake"),
        Target::NamespaceTopic("fake"),
        Target::PartnerChannel { namespace: "partner", channel: "fake" },
    ] {
        assert!(!basic.emulator.create_subscription(target, "audit", settings));
        assert!(basic.emulator.receive(target, "audit", 1).is_none());
        assert_eq!(basic.emulator.acknowledge(target, "audit", ""), Err(TokenError::TokenLost));
    }
}

#[test]
fn a_release_by_a_program_ends_the_wait_of_a_request() {
    let mut namespace = Namespace::new();
    namespace.publish(&["1"]);
    let delivery = namespace.emulator.receive(BILLING, "billing", 1).unwrap().remove(0);
    namespace.wait(&billing("receive"));
    namespace.emulator.release(BILLING, "billing", &delivery.lock_token, Duration::ZERO).unwrap();
    assert_eq!(namespace.emulator.take_finished().len(), 1);
}

#[test]
fn time_passes_in_bounded_steps() {
    let mut namespace = Namespace::new();
    let ids: Vec<_> = (0..10).map(|id| id.to_string()).collect();
    namespace.publish(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(namespace.receive().len(), 10);
    let later = namespace.now + Duration::from_secs(60);
    for (is_more_due, locked) in [(true, 6), (true, 2), (false, 0)] {
        assert_eq!(namespace.emulator.advance_by(later, 4), is_more_due);
        assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().locked, locked);
    }
}
