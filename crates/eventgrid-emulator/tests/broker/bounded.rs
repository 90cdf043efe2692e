//! Due work is done in bounded steps, and the result of a call never depends on how many of them
//! were done.

use std::time::Duration;

use eventgrid_emulator::broker::{SubscriptionSettings, TokenError};

use crate::desk::{DAY, Desk};

#[test]
fn an_advance_does_as_many_steps_as_it_may_and_says_whether_more_is_due() {
    let mut desk = Desk::new();
    desk.publish(0..100);
    desk.receive(40);
    desk.pass(60);
    let advanced = desk.broker.advance(desk.now, 30);
    assert_eq!((advanced.steps, advanced.is_more_due), (30, true));
    assert_eq!(desk.broker.stats(desk.subscription).unwrap().locked, 10);
    let advanced = desk.broker.advance(desk.now, 30);
    assert_eq!((advanced.steps, advanced.is_more_due), (10, false));
    desk.pass(DAY);
    let advanced = desk.broker.advance(desk.now, 60);
    assert_eq!((advanced.steps, advanced.is_more_due), (60, true));
    assert_eq!(desk.broker.stats(desk.subscription).unwrap().expired, 60);
    let advanced = desk.broker.advance(desk.now, 60);
    assert_eq!((advanced.steps, advanced.is_more_due), (40, false));
    assert_eq!(desk.broker.next_deadline(), None);
}

#[test]
fn what_expired_is_not_received_even_before_it_was_removed() {
    let mut desk = Desk::new();
    desk.publish(0..1000);
    // Some that were delivered before, beside those that were not.
    let tokens: Vec<_> = desk.receive(10).into_iter().map(|(_, _, token)| token).collect();
    for token in &tokens {
        desk.release(token, 0).unwrap();
    }
    desk.pass(10);
    desk.publish([2000, 2001]);
    desk.pass(DAY - 10);
    assert_eq!(desk.broker.stats(desk.subscription).unwrap().queued, 1002, "nothing was removed");
    assert_eq!(desk.look(100), [("2000".to_owned(), 1), ("2001".to_owned(), 1)]);
    assert_eq!((desk.stats().expired, desk.stats().locked), (1000, 2));
}

#[test]
fn an_event_released_after_its_neighbours_expired_comes_again_if_its_own_time_is_not_over() {
    let mut desk = Desk::new();
    desk.publish([1]);
    desk.pass(10);
    desk.publish([2]);
    let tokens: Vec<_> = desk.receive(2).into_iter().map(|(_, _, token)| token).collect();
    desk.pass(20);
    desk.publish([3]);
    for token in &tokens {
        desk.release(token, 0).unwrap();
    }
    desk.pass(DAY - 30);
    assert_eq!(desk.look(1), [("2".to_owned(), 2)]);
    desk.pass(10);
    assert_eq!(desk.look(5), [("3".to_owned(), 1)]);
    assert_eq!((desk.stats().expired, desk.stats().locked), (1, 2));
}

#[test]
fn a_lock_that_is_over_is_lost_even_before_that_was_noted() {
    let mut desk = Desk::new();
    desk.publish([1]);
    let token = desk.token();
    desk.pass(60);
    assert_eq!(desk.broker.stats(desk.subscription).unwrap().locked, 1);
    assert_eq!(desk.acknowledge(&token), Err(TokenError::TokenLost));
    assert_eq!(desk.renew(&token), Err(TokenError::TokenLost));
}

#[test]
fn what_has_expired_stays_gone_if_the_time_to_live_becomes_longer() {
    let settings = |seconds| SubscriptionSettings {
        time_to_live: Duration::from_secs(seconds),
        lock_duration: Duration::from_secs(10),
        ..SubscriptionSettings::default()
    };
    // Whatever was removed by then, and whoever looked.
    for steps in [0, 1, 2, 3, 4, usize::MAX] {
        for looks in [false, true] {
            let mut desk = Desk::with(settings(100));
            desk.publish([1, 2, 3]);
            desk.receive(1);
            desk.pass(10);
            desk.broker.advance(desk.now, usize::MAX);
            desk.pass(40);
            desk.publish([4, 5]);
            desk.pass(50);
            desk.broker.advance(desk.now, steps);
            if looks {
                assert_eq!(desk.look(1), [("4".to_owned(), 1)]);
            }
            desk.broker.configure_subscription(desk.now, desk.subscription, settings(1000));
            let expected = if looks { "5" } else { "4" };
            assert_eq!(desk.look(1), [(expected.to_owned(), 1)], "after {steps} steps");
            desk.pass(10);
            assert_eq!(desk.look(5).len(), 2, "after {steps} steps");
            while desk.broker.advance(desk.now, 1).is_more_due {}
            assert_eq!((desk.stats().expired, desk.stats().locked, desk.stats().queued), (3, 2, 0));
            // The longer time is that of what is there, and it ends.
            desk.pass(950);
            while desk.broker.advance(desk.now, usize::MAX).is_more_due {}
            assert_eq!((desk.stats().expired, desk.stats().queued), (5, 0));
        }
    }
}

#[test]
fn an_event_that_was_locked_lives_on_by_a_longer_time_to_live() {
    let settings = |seconds| SubscriptionSettings {
        time_to_live: Duration::from_secs(seconds),
        ..SubscriptionSettings::default()
    };
    // Whatever was removed by then.
    for steps in [0, 1, 2, 3, usize::MAX] {
        let mut desk = Desk::with(settings(100));
        desk.publish([1, 2, 3]);
        desk.pass(90);
        let tokens: Vec<_> = desk.receive(3).into_iter().map(|(_, _, token)| token).collect();
        desk.release(&tokens[0], 0).unwrap();
        desk.pass(10);
        desk.broker.advance(desk.now, steps);
        desk.broker.configure_subscription(desk.now, desk.subscription, settings(1000));
        desk.release(&tokens[1], 0).unwrap();
        while desk.broker.advance(desk.now, 1).is_more_due {}
        assert_eq!((desk.stats().expired, desk.stats().locked), (1, 1), "after {steps} steps");
        assert_eq!(desk.look(5), [("2".to_owned(), 2)], "after {steps} steps");
        // The longer time ends, too.
        desk.release(&tokens[2], 0).unwrap();
        desk.pass(900);
        while desk.broker.advance(desk.now, 1).is_more_due {}
        assert_eq!((desk.stats().expired, desk.stats().locked), (3, 0), "after {steps} steps");
    }
}

#[test]
fn publication_times_do_not_go_back() {
    let settings =
        SubscriptionSettings { time_to_live: Duration::from_secs(100), ..SubscriptionSettings::default() };
    let mut desk = Desk::with(settings);
    let start = desk.now;
    desk.pass(50);
    desk.publish([1]);
    let later = std::mem::replace(&mut desk.now, start);
    desk.publish([2]);
    desk.now = later;
    desk.pass(99);
    assert_eq!(desk.look(100).len(), 2, "the second one counts from the time of the first");
}
