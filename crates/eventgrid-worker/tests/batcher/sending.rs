//! When requests are sent, and what is in them.

use std::time::Duration;

use eventgrid::SendLimits;

use crate::support::{End, Network, Step, Task, event, ready};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn events_wait_for_each_other_as_long_as_they_may() {
    let network = Network::new();
    let (batcher, run) = network.builder().max_delay(SECOND).build();
    let mut run = Task::new(run);
    let first = ready(batcher.send(&event(1))).unwrap();
    assert!(run.poll().is_none());
    network.advance(SECOND / 2);
    assert!(run.poll().is_none());
    let second = ready(batcher.send(&event(2))).unwrap();
    assert!(run.poll().is_none());
    assert!(network.requests().is_empty());
    network.advance(SECOND / 2);
    assert!(run.poll().is_none());
    assert_eq!(network.requests(), [["1", "2"]]);
    assert!(ready(first).is_ok());
    assert!(ready(second).is_ok());
    assert_eq!(network.accepted(), ["1", "2"]);
}

#[test]
fn a_full_request_is_sent_at_once() {
    let network = Network::new();
    let limits = SendLimits { max_events: 2, max_bytes: 1000 };
    let (batcher, run) = network.builder().limits(limits).build();
    let mut run = Task::new(run);
    for id in 1..=5 {
        drop(ready(batcher.send(&event(id))).unwrap());
        assert!(run.poll().is_none());
    }
    assert_eq!(network.requests(), [["1", "2"], ["3", "4"]]);
    drop(batcher);
    assert!(run.poll().is_some(), "it ends when nobody can send any more");
    assert_eq!(network.accepted(), ["1", "2", "3", "4", "5"]);
}

#[test]
fn requests_are_in_flight_together() {
    let network = Network::new();
    network.script([Step::from(End::Answer).after(SECOND); 3]);
    let limits = SendLimits { max_events: 1, max_bytes: 1000 };
    let (batcher, run) = network.builder().limits(limits).max_in_flight(2).build();
    let mut run = Task::new(run);
    for id in 1..=3 {
        drop(ready(batcher.send(&event(id))).unwrap());
    }
    assert!(run.poll().is_none());
    assert_eq!(network.requests(), [["1"], ["2"]]);
    assert_eq!((batcher.stats().in_flight, batcher.stats().buffered_events), (2, 1));
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert_eq!(network.requests().len(), 3);
    let mut flush = Task::new(batcher.flush());
    assert!(flush.poll().is_none());
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert!(flush.poll().is_some());
    assert_eq!(batcher.stats().in_flight, 0);
}
