//! Dead letters: what is kept of a dead event, and where it goes.

use std::time::Duration;

use eventgrid_emulator::UnixTime;
use eventgrid_emulator::broker::{
    DeadLetterDestination, DeadLetterReason, DeadLettering, SubscriptionId, SubscriptionSettings,
    UnknownDeadLetter,
};

use crate::desk::{DAY, Desk};

const SECOND: Duration = Duration::from_secs(1);

fn keeping() -> Desk {
    let mut desk = Desk::new();
    desk.keep_dead_letters();
    desk
}

/// A desk whose dead letters go to the topic `dead` after five minutes, with a subscription of it.
fn to_topic() -> (Desk, SubscriptionId) {
    let mut desk = Desk::new();
    let dead = desk.broker.create_topic("dead");
    let audit = desk.broker.create_subscription(dead, "audit", SubscriptionSettings::default()).unwrap();
    set(&mut desk, DeadLetterDestination::Topic("Dead".to_owned()));
    (desk, audit)
}

fn set(desk: &mut Desk, destination: DeadLetterDestination) {
    let dead_lettering = DeadLettering::new(destination);
    assert!(desk.broker.set_dead_lettering(desk.now, desk.subscription, Some(dead_lettering)));
}

fn events(desk: &Desk) -> Vec<String> {
    desk.dead_letters().into_iter().map(|letter| letter.event.json().to_owned()).collect()
}

#[test]
fn without_a_destination_no_dead_letter_is_kept() {
    let mut desk = Desk::new();
    desk.publish([1]);
    let token = desk.token();
    desk.reject(&token).unwrap();
    assert_eq!(events(&desk), <[&str; 0]>::default());
    desk.keep_dead_letters();
    assert_eq!(desk.broker.dead_letter_count(desk.subscription), 0, "it died before");
}

#[test]
fn a_rejected_event_is_kept_with_its_deliveries_and_times() {
    let mut desk = keeping();
    let published = desk.now;
    desk.publish([5]);
    desk.pass(10);
    desk.token();
    desk.pass(70);
    let (delivered, token) = (desk.now, desk.token());
    desk.pass(20);
    desk.reject(&token).unwrap();
    let letter = desk.dead_letters().remove(0);
    assert_eq!((letter.reason, letter.delivery_count), (DeadLetterReason::Rejected, 2));
    assert_eq!((letter.published, letter.last_delivered), (published, Some(delivered)));
    assert_eq!((letter.died, letter.leaves), (desk.now, None));
    assert_eq!((letter.sequence_number, letter.event.json()), (0, "5"));
    assert_eq!(desk.stats().dead(), 1);
}

#[test]
fn an_event_dies_at_the_end_of_its_time_to_live_or_of_its_last_lock_however_late_that_is_seen() {
    let mut desk = Desk::with(SubscriptionSettings { max_delivery_count: 1, ..Default::default() });
    desk.keep_dead_letters();
    let start = desk.now;
    desk.publish([1, 2]);
    assert_eq!(desk.receive(1).len(), 1);
    desk.pass(3 * DAY);
    desk.advance();
    let letters = desk.dead_letters();
    let seen: Vec<_> = letters.iter().map(|it| (it.reason, it.died, it.last_delivered)).collect();
    let day = Duration::from_secs(DAY);
    assert_eq!(
        seen,
        [
            (DeadLetterReason::Exhausted, start + 60 * SECOND, Some(start)),
            (DeadLetterReason::Expired, start + day, None),
        ]
    );
}

#[test]
fn what_is_rejected_by_its_sequence_number_is_kept_too() {
    let mut desk = keeping();
    desk.publish([1]);
    desk.broker.reject_event(desk.now, desk.subscription, 0).unwrap();
    let letter = desk.dead_letters().remove(0);
    assert_eq!((letter.reason, letter.last_delivered), (DeadLetterReason::Rejected, None));
}

#[test]
fn a_dead_letter_that_is_sent_again_is_published_anew_and_its_death_stays_counted() {
    let mut desk = keeping();
    desk.publish([1, 2]);
    let token = desk.receive(1).remove(0).2;
    desk.reject(&token).unwrap();
    desk.pass(30);
    desk.broker.resend_dead_letter(desk.now, desk.subscription, 0).unwrap();
    assert_eq!(desk.look(10), [("2".to_owned(), 1), ("1".to_owned(), 1)]);
    let again = desk.broker.peek(desk.now, desk.subscription, 2, 1, None).events.remove(0);
    assert_eq!(again.published, desk.now);
    let stats = desk.stats();
    assert_eq!((stats.published, stats.rejected, stats.locked), (3, 1, 2));
    let gone = Err(UnknownDeadLetter);
    assert_eq!(desk.broker.resend_dead_letter(desk.now, desk.subscription, 0), gone);
    assert_eq!(desk.broker.remove_dead_letter(desk.subscription, 0), gone);
}

#[test]
fn all_dead_letters_are_looked_at_by_pages_sent_again_or_removed() {
    let mut desk = keeping();
    desk.publish(0..10);
    let reject_all = |desk: &mut Desk| {
        for (_, _, token) in desk.receive(100) {
            desk.reject(&token).unwrap();
        }
    };
    reject_all(&mut desk);
    let page = desk.broker.dead_letters(desk.subscription, 3, 4);
    assert_eq!(page.letters.iter().map(|it| it.sequence_number).collect::<Vec<_>>(), [3, 4, 5, 6]);
    assert_eq!(page.next, Some(7));
    assert_eq!(desk.broker.dead_letters(desk.subscription, 7, 3).next, None);
    assert_eq!(desk.broker.dead_letter(desk.subscription, 9).unwrap().event.json(), "9");
    assert_eq!(desk.broker.resend_dead_letters(desk.now, desk.subscription), 10);
    assert_eq!(events(&desk), <[&str; 0]>::default());
    reject_all(&mut desk);
    assert_eq!(desk.broker.remove_dead_letters(desk.subscription), 10);
    assert_eq!((desk.look(100), desk.broker.dead_letter_count(desk.subscription)), (vec![], 0));
}

#[test]
fn a_list_has_ten_thousand_dead_letters_and_the_first_make_room() {
    let mut desk = Desk::with(SubscriptionSettings { time_to_live: SECOND, ..Default::default() });
    desk.keep_dead_letters();
    desk.publish(0..10_003);
    desk.pass(1);
    desk.advance();
    let events = events(&desk);
    assert_eq!((events.len(), &*events[0]), (10_000, "3"));
    assert_eq!(desk.stats().expired, 10_003);
}

#[test]
fn a_reset_forgets_dead_letters_and_keeps_their_destination() {
    let mut desk = keeping();
    desk.publish([1]);
    let token = desk.token();
    desk.reject(&token).unwrap();
    assert!(desk.broker.reset_subscription(desk.subscription));
    assert_eq!(desk.broker.dead_letter_count(desk.subscription), 0);
    desk.publish([2]);
    let token = desk.token();
    desk.reject(&token).unwrap();
    assert_eq!(events(&desk), ["2"]);
}

#[test]
fn dead_letters_go_to_a_topic_five_minutes_after_their_last_delivery() {
    let (mut desk, audit) = to_topic();
    desk.publish([1]);
    let (delivered, token) = (desk.now, desk.token());
    desk.pass(50);
    desk.reject(&token).unwrap();
    let leaves = delivered + 300 * SECOND;
    assert_eq!(desk.dead_letters()[0].leaves, Some(leaves));
    assert_eq!(desk.broker.next_deadline(), Some(leaves));
    desk.pass(249);
    desk.advance();
    assert_eq!(desk.broker.receive(desk.now, audit, 10).len(), 0);
    desk.pass(1);
    let advanced = desk.broker.advance(desk.now, 100);
    assert_eq!((advanced.returned, advanced.steps, advanced.is_more_due), (vec![audit], 1, false));
    let event = desk.broker.receive(desk.now, audit, 10).remove(0).event;
    assert!(event.json().contains(r#""deadLetterReason":"UndeliverableDueToHttpBadRequest""#), "{event:?}");
    assert!(event.json().ends_with(r#""data":1}"#), "{event:?}");
    assert_eq!(events(&desk), <[&str; 0]>::default());
}

#[test]
fn what_died_long_ago_goes_to_a_topic_at_its_own_moment() {
    let (mut desk, audit) = to_topic();
    let start = desk.now;
    desk.publish([1]);
    desk.pass(DAY + 1000);
    desk.advance();
    let seen = desk.broker.peek(desk.now, audit, 0, 10, None).events.remove(0);
    assert_eq!(seen.published, start + Duration::from_secs(DAY + 300));
}

#[test]
fn without_the_topic_dead_letters_stay_in_the_list_until_there_is_a_destination() {
    let mut desk = Desk::new();
    set(&mut desk, DeadLetterDestination::Topic("dead".to_owned()));
    desk.publish([1]);
    let token = desk.token();
    desk.reject(&token).unwrap();
    desk.pass(300);
    desk.advance();
    assert_eq!((events(&desk), desk.dead_letters()[0].leaves), (vec!["1".to_owned()], None));
    assert_eq!(desk.broker.next_deadline(), None, "nobody is held up");
    let dead = desk.broker.create_topic("other");
    let audit = desk.broker.create_subscription(dead, "audit", SubscriptionSettings::default()).unwrap();
    set(&mut desk, DeadLetterDestination::Topic("other".to_owned()));
    desk.advance();
    assert_eq!(desk.broker.stats(audit).unwrap().queued, 1);
}

#[test]
fn dead_letters_that_wait_stay_in_the_list_if_the_destination_goes() {
    let (mut desk, audit) = to_topic();
    desk.publish([1]);
    let token = desk.token();
    desk.reject(&token).unwrap();
    assert!(desk.broker.set_dead_lettering(desk.now, desk.subscription, None));
    desk.pass(DAY);
    desk.advance();
    assert_eq!((events(&desk), desk.broker.stats(audit).unwrap().published), (vec!["1".to_owned()], 0));
    assert_eq!(desk.broker.next_deadline(), None::<UnixTime>);
}

#[test]
fn dead_letters_leave_in_small_steps_too() {
    let (mut desk, audit) = to_topic();
    desk.publish(0..20);
    desk.pass(DAY + 300);
    let mut steps = 0;
    while desk.broker.advance(desk.now, 3).is_more_due {
        steps += 1;
    }
    assert!(steps >= 10, "{steps}");
    assert_eq!(desk.broker.stats(audit).unwrap().queued, 20);
}
