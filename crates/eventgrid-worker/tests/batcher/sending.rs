//! When requests are sent, and what is in them.

use std::time::Duration;

use eventgrid::SendLimits;

use crate::support::{End, Network, Step, Task, event, ready, reported};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn events_wait_for_each_other_as_long_as_they_may() {
    let network = Network::new();
    let (batcher, run) = network.builder().max_delay(SECOND).build();
    let mut run = Task::new(run);
    assert!(run.poll().is_none());
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
    assert!(run.poll().is_none());
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
    network.script([Step::from(End::Response).after(SECOND); 3]);
    let limits = SendLimits { max_events: 1, max_bytes: 1000 };
    let (batcher, run) = network.builder().limits(limits).max_in_flight(2).build();
    let mut run = Task::new(run);
    assert!(run.poll().is_none());
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

#[test]
fn a_request_that_time_ran_out_on_is_halved_and_the_next_ones_are_smaller_until_some_came_through() {
    let network = Network::new();
    network.script([End::RunOut, End::Response, End::RunOut, End::Response, End::Response]);
    let limits = SendLimits { max_events: 4, max_bytes: 10_000 };
    let (batcher, run) = network.builder().limits(limits).max_in_flight(1).build();
    let mut run = Task::new(run);
    let deliveries: Vec<_> = (1..=9).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    drop(batcher);
    assert!(run.poll().is_some());
    let expected = ["1234", "12", "34", "3", "4", "56", "789"];
    let expected = expected.map(|ids| ids.chars().map(String::from).collect::<Vec<_>>());
    assert_eq!(network.requests(), expected);
    assert!(reported(deliveries).iter().all(|outcome| matches!(outcome, Some(Ok(())))));
}

#[test]
fn requests_that_run_out_of_time_together_count_once() {
    let network = Network::new();
    network.script([Step::from(End::RunOut).after(SECOND); 4]);
    let limits = SendLimits { max_events: 8, max_bytes: 10_000 };
    let (batcher, run) = network.builder().limits(limits).max_in_flight(4).build();
    let mut run = Task::new(run);
    let deliveries: Vec<_> = (10..42).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    drop(batcher);
    assert!(run.poll().is_none());
    // Time runs out on one of the halves as well: it is halved like the others before it.
    network.script([End::RunOut]);
    network.advance(SECOND);
    assert!(run.poll().is_some());
    assert!(reported(deliveries).iter().all(|outcome| matches!(outcome, Some(Ok(())))));
}

#[test]
fn halving_for_time_has_an_end_where_the_network_is_down() {
    let network = Network::new();
    network.script([End::RunOut; 200]);
    let (batcher, run) = network.builder().build();
    let deliveries: Vec<_> = (1..=64).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    drop(batcher);
    assert!(Task::new(run).poll().is_some());
    let largest: Vec<_> = network.requests().iter().map(Vec::len).collect();
    assert_eq!(largest, [64, 32, 16, 8, 4, 4, 8, 16, 32], "a sixteenth, and then what is left");
    assert!(reported(deliveries).iter().all(|outcome| matches!(outcome, Some(Err(_)))));
}
