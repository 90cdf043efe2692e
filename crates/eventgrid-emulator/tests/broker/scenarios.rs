//! Scenarios, each on a clock that the test moves.

use std::time::Duration;

use eventgrid_emulator::UnixTime;
use eventgrid_emulator::broker::{SubscriptionSettings, SubscriptionStats, TokenError};

use crate::desk::{DAY, Desk};

type Settle = fn(&mut Desk, &str) -> Result<(), TokenError>;

const LOST: Result<(), TokenError> = Err(TokenError::TokenLost);

fn seen(events: &[(u32, u32)]) -> Vec<(String, u32)> {
    events.iter().map(|(event, count)| (event.to_string(), *count)).collect()
}

#[test]
fn events_come_in_the_order_of_publication_and_only_once() {
    let mut desk = Desk::new();
    desk.publish([1, 2, 3]);
    desk.publish([4]);
    assert_eq!(desk.look(2), seen(&[(1, 1), (2, 1)]));
    assert_eq!(desk.look(100), seen(&[(3, 1), (4, 1)]));
    assert_eq!(desk.look(100), []);
}

#[test]
fn each_subscription_is_a_queue_of_its_own() {
    let mut desk = Desk::new();
    let other =
        desk.broker.create_subscription(desk.topic, "shipping", SubscriptionSettings::default()).unwrap();
    desk.publish([1]);
    let token = desk.token();
    assert_eq!(desk.acknowledge(&token), Ok(()));
    assert_eq!(desk.broker.receive(desk.now, other, 10).len(), 1);
}

#[test]
fn a_subscription_gets_what_is_published_after_its_creation() {
    let mut desk = Desk::new();
    desk.publish([1]);
    desk.subscription =
        desk.broker.create_subscription(desk.topic, "shipping", SubscriptionSettings::default()).unwrap();
    desk.publish([2]);
    assert_eq!(desk.look(100), seen(&[(2, 1)]));
}

#[test]
fn topics_and_subscriptions_are_created_once() {
    let mut desk = Desk::new();
    assert_eq!(desk.broker.create_topic("orders"), desk.topic);
    let settings = SubscriptionSettings { max_delivery_count: 1, ..SubscriptionSettings::default() };
    assert_eq!(desk.broker.create_subscription(desk.topic, "billing", settings), Some(desk.subscription));
    let other_topic = desk.broker.create_topic("returns");
    assert_ne!(desk.broker.create_subscription(other_topic, "billing", settings), Some(desk.subscription));
    assert_eq!(desk.broker.subscriptions(desk.topic), [desk.subscription]);
}

#[test]
fn a_lock_ends_at_the_second() {
    let mut desk = Desk::new();
    desk.publish([1]);
    let token = desk.token();
    desk.pass_millis(59_999);
    assert_eq!(desk.look(1), []);
    desk.pass_millis(1);
    assert_eq!(desk.acknowledge(&token), LOST);
    assert_eq!(desk.look(1), seen(&[(1, 2)]));
}

#[test]
fn a_lock_can_be_settled_up_to_its_last_moment() {
    let mut desk = Desk::new();
    desk.publish([1]);
    let token = desk.token();
    desk.pass_millis(59_999);
    assert_eq!(desk.acknowledge(&token), Ok(()));
}

#[test]
fn every_delivery_has_a_lock_token_of_its_own() {
    let mut desk = Desk::new();
    desk.publish([1]);
    let first = desk.token();
    desk.pass(60);
    let second = desk.token();
    assert_ne!(first, second);
    assert_eq!(desk.acknowledge(&first), LOST);
    assert_eq!(desk.acknowledge(&second), Ok(()));
}

#[test]
fn the_delivery_count_rises_after_expiry_and_after_release() {
    let mut desk = Desk::new();
    desk.publish([1]);
    assert_eq!(desk.look(1), seen(&[(1, 1)]));
    desk.pass(60);
    let (_, count, token) = desk.receive(1).remove(0);
    assert_eq!(count, 2);
    assert_eq!(desk.release(&token, 0), Ok(()));
    assert_eq!(desk.look(1), seen(&[(1, 3)]));
}

#[test]
fn the_tenth_delivery_is_the_last_when_released() {
    let mut desk = Desk::new();
    desk.publish([1]);
    for delivery in 1..=10 {
        let (_, count, token) = desk.receive(1).remove(0);
        assert_eq!(count, delivery);
        assert_eq!(desk.release(&token, 0), Ok(()), "delivery {delivery}");
    }
    assert_eq!(desk.look(1), []);
    desk.pass(DAY);
    assert_eq!(desk.look(1), []);
    let expected = SubscriptionStats {
        published: 1,
        exhausted: 1,
        deliveries: 10,
        redeliveries: 9,
        ..SubscriptionStats::default()
    };
    assert_eq!(desk.stats(), expected);
}

#[test]
fn the_tenth_delivery_is_the_last_when_its_lock_ends() {
    let mut desk = Desk::new();
    desk.publish([1]);
    for delivery in 1..=10 {
        assert_eq!(desk.look(1), seen(&[(1, delivery)]));
        desk.pass(60);
    }
    assert_eq!(desk.look(1), []);
    assert_eq!(desk.stats().exhausted, 1);
}

#[test]
fn the_tenth_delivery_can_be_acknowledged() {
    let mut desk = Desk::new();
    desk.publish([1]);
    for _ in 1..10 {
        desk.token();
        desk.pass(60);
    }
    let token = desk.token();
    assert_eq!(desk.acknowledge(&token), Ok(()));
    assert_eq!(desk.stats().acknowledged, 1);
}

#[test]
fn the_last_delivery_released_with_a_delay_counts_as_delayed_until_then() {
    let settings = SubscriptionSettings { max_delivery_count: 1, ..SubscriptionSettings::default() };
    let mut desk = Desk::with(settings);
    desk.publish([1]);
    let token = desk.token();
    assert_eq!(desk.release(&token, 10), Ok(()));
    assert_eq!((desk.stats().delayed, desk.stats().exhausted), (1, 0));
    desk.pass(10);
    assert_eq!((desk.stats().delayed, desk.stats().exhausted), (0, 1));
}

#[test]
fn a_release_delay_is_exact() {
    for delay in [10, 60, 600, 3600] {
        let mut desk = Desk::new();
        desk.publish([1]);
        let token = desk.token();
        assert_eq!(desk.release(&token, delay), Ok(()));
        assert_eq!(desk.broker.next_deadline(), Some(desk.now + Duration::from_secs(delay)));
        desk.pass_millis(delay * 1000 - 1);
        assert_eq!(desk.look(1), [], "{delay}");
        desk.pass_millis(1);
        assert_eq!(desk.look(1), seen(&[(1, 2)]), "{delay}");
    }
}

#[test]
fn a_released_event_returns_to_its_place() {
    let mut desk = Desk::new();
    desk.publish([1, 2, 3]);
    let tokens: Vec<_> = desk.receive(2).into_iter().map(|(_, _, token)| token).collect();
    assert_eq!(desk.release(&tokens[1], 0), Ok(()));
    assert_eq!(desk.release(&tokens[0], 0), Ok(()));
    assert_eq!(desk.look(100), seen(&[(1, 2), (2, 2), (3, 1)]));
}

#[test]
fn a_rejected_event_is_gone() {
    let mut desk = Desk::new();
    desk.publish([1]);
    let token = desk.token();
    assert_eq!(desk.reject(&token), Ok(()));
    desk.pass(60);
    assert_eq!(desk.look(1), []);
    let expected =
        SubscriptionStats { published: 1, rejected: 1, deliveries: 1, ..SubscriptionStats::default() };
    assert_eq!(desk.stats(), expected);
}

#[test]
fn a_settled_token_is_lost_to_every_operation() {
    let settle: [Settle; 3] = [Desk::acknowledge, |desk, token| desk.release(token, 10), Desk::reject];
    let again: [Settle; 4] =
        [Desk::acknowledge, |desk, token| desk.release(token, 0), Desk::reject, Desk::renew];
    for first in settle {
        for second in again {
            let mut desk = Desk::new();
            desk.publish([1]);
            let token = desk.token();
            assert_eq!(first(&mut desk, &token), Ok(()));
            assert_eq!(second(&mut desk, &token), LOST);
        }
    }
}

#[test]
fn a_token_of_another_subscription_or_topic_is_lost_and_stays_good_at_home() {
    let mut desk = Desk::new();
    let settings = SubscriptionSettings::default();
    let sister = desk.broker.create_subscription(desk.topic, "shipping", settings).unwrap();
    let returns = desk.broker.create_topic("returns");
    let stranger = desk.broker.create_subscription(returns, "billing", settings).unwrap();
    desk.publish([1]);
    let token = desk.token();
    for other in [sister, stranger] {
        assert_eq!(desk.broker.acknowledge(desk.now, other, &token), LOST);
        assert_eq!(desk.broker.renew_lock(desk.now, other, &token), LOST);
    }
    assert_eq!(desk.acknowledge(&token), Ok(()));
}

#[test]
fn a_token_that_nobody_issued_is_bad_or_lost() {
    let mut desk = Desk::new();
    assert_eq!(desk.acknowledge("faketoken"), Err(TokenError::BadToken));
    assert_eq!(desk.acknowledge("CgMKATESCQoHdG9rZW4tMQ=="), LOST);
}

#[test]
fn a_renewal_starts_the_lock_anew_under_the_same_token() {
    let mut desk = Desk::new();
    desk.publish([1]);
    let token = desk.token();
    desk.pass(40);
    assert_eq!(desk.renew(&token), Ok(()));
    assert_eq!(desk.renew(&token), Ok(()), "twice is as good as once");
    desk.pass_millis(59_999);
    assert_eq!(desk.look(1), []);
    assert_eq!(desk.renew(&token), Ok(()));
    desk.pass(60);
    assert_eq!(desk.renew(&token), LOST);
    assert_eq!(desk.look(1), seen(&[(1, 2)]));
}

#[test]
fn a_lock_is_renewed_for_an_hour_and_then_runs_out() {
    let lock_duration = Duration::from_secs(300);
    let mut desk = Desk::with(SubscriptionSettings { lock_duration, ..SubscriptionSettings::default() });
    desk.publish([1]);
    let token = desk.token();
    for _ in 0..14 {
        desk.pass(250);
        assert_eq!(desk.renew(&token), Ok(()));
    }
    desk.pass(100);
    assert_eq!(desk.renew(&token), Ok(()), "exactly one hour");
    desk.pass_millis(1);
    assert_eq!(desk.renew(&token), LOST);
    desk.pass_millis(299_998);
    assert_eq!(desk.acknowledge(&token), Ok(()), "the lock itself lasts");
}

#[test]
fn the_hour_of_renewals_begins_with_each_delivery() {
    let mut desk = Desk::new();
    desk.publish([1]);
    desk.token();
    desk.pass(3590);
    let second = desk.token();
    desk.pass(50);
    assert_eq!(desk.renew(&second), Ok(()));
}

#[test]
fn an_event_expires_at_the_second() {
    let mut desk = Desk::new();
    desk.publish([1]);
    desk.pass(1);
    desk.publish([2]);
    desk.pass_millis(DAY * 1000 - 1001);
    assert_eq!((desk.stats().queued, desk.stats().expired), (2, 0));
    desk.pass_millis(1);
    assert_eq!((desk.stats().queued, desk.stats().expired), (1, 1));
    assert_eq!(desk.look(100), seen(&[(2, 1)]));
}

#[test]
fn a_locked_event_outlives_its_time_until_its_lock_ends() {
    let mut desk = Desk::new();
    desk.publish([1, 2, 3]);
    desk.pass(DAY - 30);
    let tokens: Vec<_> = desk.receive(3).into_iter().map(|(_, _, token)| token).collect();
    desk.pass(30);
    assert_eq!(desk.stats().locked, 3);
    assert_eq!(desk.acknowledge(&tokens[0]), Ok(()));
    assert_eq!(desk.release(&tokens[1], 600), Ok(()));
    assert_eq!((desk.stats().expired, desk.stats().delayed), (1, 0), "the lock alone kept it");
    desk.pass(30);
    assert_eq!(desk.stats().expired, 2);
    assert_eq!(desk.look(100), []);
}

#[test]
fn a_release_delay_ends_with_the_time_to_live() {
    let mut desk = Desk::new();
    desk.publish([1]);
    desk.pass(DAY - 30);
    let token = desk.token();
    assert_eq!(desk.release(&token, 3600), Ok(()));
    desk.pass(29);
    assert_eq!(desk.stats().delayed, 1);
    desk.pass(1);
    assert_eq!((desk.stats().delayed, desk.stats().expired), (0, 1));
}

#[test]
fn a_time_to_live_without_end_is_none() {
    let time_to_live = Duration::MAX;
    let mut desk = Desk::with(SubscriptionSettings { time_to_live, ..SubscriptionSettings::default() });
    desk.publish([1]);
    desk.pass(u64::from(u32::MAX));
    assert_eq!(desk.look(1), seen(&[(1, 1)]));
}

#[test]
fn many_small_steps_and_a_large_one_come_to_the_same() {
    let run = |step: u64| {
        let mut desk = Desk::new();
        desk.publish(0..50);
        let tokens: Vec<_> = desk.receive(20).into_iter().map(|(_, _, token)| token).collect();
        for token in &tokens[..10] {
            desk.release(token, 600).unwrap();
        }
        for _ in 0..(3600 / step) {
            desk.pass(step);
            desk.advance();
        }
        (desk.stats(), desk.look(100))
    };
    assert_eq!(run(1), run(3600));
}

#[test]
fn the_next_deadline_is_that_of_whatever_ends_first() {
    let mut desk = Desk::new();
    assert_eq!(desk.broker.next_deadline(), None);
    let start = desk.now;
    let at = |seconds: u64| -> Option<UnixTime> { Some(start + Duration::from_secs(seconds)) };
    desk.publish([1]);
    assert_eq!(desk.broker.next_deadline(), at(DAY));
    let token = desk.token();
    assert_eq!(desk.broker.next_deadline(), at(60));
    desk.pass(5);
    desk.renew(&token).unwrap();
    assert_eq!(desk.broker.next_deadline(), at(65));
    desk.release(&token, 10).unwrap();
    assert_eq!(desk.broker.next_deadline(), at(15));
    desk.pass(10);
    assert_eq!(desk.broker.advance(desk.now, 10).returned, [desk.subscription]);
    assert_eq!(desk.broker.next_deadline(), at(DAY));
    let token = desk.token();
    desk.acknowledge(&token).unwrap();
    assert_eq!(desk.broker.next_deadline(), None);
}
