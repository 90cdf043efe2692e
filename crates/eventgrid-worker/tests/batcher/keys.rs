//! Order within a key.

use std::sync::Arc;
use std::task::{Context, Wake};
use std::time::Duration;

use eventgrid::SendLimits;
use eventgrid_worker::{PublishError, SendError};

use crate::support::{End, Network, Step, Task, event, ready, reported};

const SECOND: Duration = Duration::from_secs(1);
const ONE_EACH: SendLimits = SendLimits { max_events: 1, max_bytes: 1000 };

#[test]
fn two_requests_with_the_same_key_are_never_in_flight_at_once() {
    let network = Network::new();
    network.script([Step::from(End::Response).after(SECOND); 9]);
    let (batcher, run) = network.builder().limits(ONE_EACH).max_in_flight(3).build();
    let mut run = Task::new(run);
    for (key, id) in [("a", 1), ("a", 2), ("b", 3), ("a", 4)] {
        drop(batcher.keyed(key).try_send(&event(id)).unwrap());
    }
    drop(batcher.try_send(&event(5)).unwrap());
    assert!(run.poll().is_none());
    assert_eq!(network.requests(), [["1"], ["3"], ["5"]]);
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert_eq!(network.requests().len(), 4);
    network.advance(SECOND);
    assert!(run.poll().is_none());
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert_eq!(network.accepted(), ["1", "3", "5", "2", "4"]);
}

#[test]
fn a_key_that_is_busy_delays_no_other_and_its_own_events_go_together() {
    let network = Network::new();
    network.script([Step::from(End::Response).after(SECOND)]);
    let (batcher, run) = network.builder().max_delay(Duration::ZERO).build();
    let mut run = Task::new(run);
    drop(batcher.keyed("a").try_send(&event(1)).unwrap());
    assert!(run.poll().is_none());
    drop(batcher.keyed("a").try_send(&event(2)).unwrap());
    drop(batcher.keyed("b").try_send(&event(3)).unwrap());
    drop(batcher.keyed("a").try_send(&event(4)).unwrap());
    assert!(run.poll().is_none());
    assert_eq!(network.accepted(), ["3"]);
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert_eq!(network.requests(), [vec!["1"], vec!["3"], vec!["2", "4"]]);
}

#[test]
fn nothing_overtakes_an_event_that_failed() {
    let network = Network::new();
    network.script([Step::from(End::NoConnection).after(SECOND)]);
    let (batcher, run) = network.builder().limits(ONE_EACH).max_in_flight(2).build();
    let mut run = Task::new(run);
    let keyed = batcher.keyed("a");
    let mut deliveries: Vec<_> = (1..=3).map(|id| keyed.try_send(&event(id)).unwrap()).collect();
    deliveries.push(batcher.keyed("b").try_send(&event(4)).unwrap());
    assert!(run.poll().is_none());
    let mut flush = Task::new(batcher.flush());
    assert!(flush.poll().is_none());
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert!(flush.poll().is_some());
    let outcomes: Vec<_> = reported(deliveries).into_iter().map(Option::unwrap).collect();
    assert!(matches!(&outcomes[0], Err(PublishError::Failed(_))));
    assert!(matches!(&outcomes[1..3], [Err(PublishError::Paused), Err(PublishError::Paused)]));
    assert!(outcomes[3].is_ok());
    assert_eq!(keyed.try_send(&event(5)).unwrap_err(), SendError::Paused);
    assert_eq!(ready(batcher.keyed("a").send(&event(5))).unwrap_err(), SendError::Paused);
    assert_eq!(batcher.keyed("a").force_send(&event(5)).unwrap_err(), SendError::Paused);
    assert!(batcher.try_send(&event(6)).is_ok());

    keyed.resume();
    for id in 1..=3 {
        drop(keyed.try_send(&event(id)).unwrap());
    }
    assert!(run.poll().is_none());
    assert_eq!(network.accepted(), ["4", "6", "1", "2", "3"]);
    assert_eq!(batcher.stats().paused, 2);
}

#[test]
fn the_second_half_of_a_request_does_not_overtake_the_first() {
    let network = Network::new();
    network.script([End::Status(413), End::Status(500)]);
    let (batcher, run) = network.builder().build();
    let mut run = Task::new(run);
    let sent = [("a", 1), ("a", 2), ("a", 3), ("b", 4)];
    let deliveries = sent.map(|(key, id)| batcher.keyed(key).try_send(&event(id)).unwrap());
    ready(async { drop(batcher) });
    assert!(run.poll().is_some());
    assert_eq!(network.requests(), [vec!["1", "2", "3", "4"], vec!["1", "2"], vec!["4"]]);
    let outcomes: Vec<_> = reported(deliveries.into()).into_iter().map(Option::unwrap).collect();
    assert!(matches!(&outcomes[..2], [Err(PublishError::Failed(_)), Err(PublishError::Failed(_))]));
    assert!(matches!(&outcomes[2..], [Err(PublishError::Paused), Ok(())]));
}

#[test]
fn a_second_half_of_which_nothing_is_left_makes_no_request() {
    let network = Network::new();
    network.script([End::Status(413), End::NoConnection]);
    let (batcher, run) = network.builder().build();
    let mut run = Task::new(run);
    let deliveries = (1..=4).map(|id| batcher.keyed("a").try_send(&event(id)).unwrap()).collect();
    ready(async { drop(batcher) });
    assert!(run.poll().is_some());
    assert_eq!(network.requests(), [vec!["1", "2", "3", "4"], vec!["1", "2"]]);
    let outcomes: Vec<_> = reported(deliveries).into_iter().map(Option::unwrap).collect();
    assert!(matches!(&outcomes[2..], [Err(PublishError::Paused), Err(PublishError::Paused)]));
}

#[test]
fn later_events_go_on_if_so_chosen() {
    let network = Network::new();
    network.script([End::Status(400)]);
    let (batcher, run) = network.builder().limits(ONE_EACH).continue_after_failure().build();
    let mut run = Task::new(run);
    let keyed = batcher.keyed("a");
    let deliveries = (1..=3).map(|id| keyed.try_send(&event(id)).unwrap()).collect();
    assert!(run.poll().is_none());
    let outcomes: Vec<_> = reported(deliveries).into_iter().map(|report| report.unwrap().is_ok()).collect();
    assert_eq!(outcomes, [false, true, true]);
    assert!(keyed.try_send(&event(4)).is_ok());
}

/// Calls a function when something is ready.
struct Call<F>(F);

impl<F: Fn()> Wake for Call<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

#[test]
fn a_key_can_be_resumed_as_soon_as_the_failure_is_reported() {
    let network = Network::new();
    network.script([End::NoConnection]);
    let (batcher, run) = network.builder().limits(ONE_EACH).build();
    let mut run = Task::new(run);
    let keyed = batcher.keyed("a");
    let mut failing = Box::pin(keyed.try_send(&event(1)).unwrap());
    let behind = keyed.try_send(&event(2)).unwrap();
    let again = keyed.clone();
    let resume = Arc::new(Call(move || {
        again.resume();
        drop(again.try_send(&event(3)).expect("the key is resumed"));
    }));
    assert!(failing.as_mut().poll(&mut Context::from_waker(&resume.into())).is_pending());
    assert!(run.poll().is_none());
    assert!(matches!(&reported(vec![behind])[..], [Some(Err(PublishError::Paused))]));
    drop(keyed.try_send(&event(4)).expect("it stays resumed"));
    assert!(run.poll().is_none());
    assert_eq!(network.accepted(), ["3", "4"]);
}
