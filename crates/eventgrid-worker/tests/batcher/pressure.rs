//! A full buffer: waiting, an error, or dropping the oldest.

use std::time::Duration;

use eventgrid::{Data, SendLimits};
use eventgrid_worker::{PublishError, SendError};

use crate::support::{End, Network, Step, Task, event, ready, reported};

const SECOND: Duration = Duration::from_secs(1);
const ONE_EACH: SendLimits = SendLimits { max_events: 1, max_bytes: 1000 };

fn capacity(max_events: usize) -> SendLimits {
    SendLimits { max_events, max_bytes: usize::MAX }
}

#[test]
fn those_who_wait_for_room_are_served_in_their_order() {
    let network = Network::new();
    network.script([Step::from(End::Response).after(SECOND); 9]);
    let (batcher, run) = network.builder().limits(ONE_EACH).capacity(capacity(1)).max_in_flight(1).build();
    let mut run = Task::new(run);
    assert!(run.poll().is_none());
    let (first, second, third, fourth) = (event(1), event(2), event(3), event(4));
    let mut sends = [&first, &second, &third, &fourth].map(|event| Task::new(batcher.send(event)));
    let delivery = sends[0].poll().expect("there is room").unwrap();
    assert!(sends[1].poll().is_none());
    assert!(sends[2].poll().is_none());
    assert!(sends[3].poll().is_none());
    assert!(run.poll().is_none(), "the first one is in flight");
    let newcomer = event(5);
    let mut newcomer = Task::new(batcher.send(&newcomer));
    assert!(newcomer.poll().is_none(), "it is not its turn");
    assert!(sends[1].poll().expect("there is room").is_ok());
    assert!(sends[2].poll().is_none(), "the room is taken");
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert!(ready(delivery).is_ok());
    assert!(sends[2].poll().expect("there is room").is_ok());
    assert!(sends[3].poll().is_none());

    // Nobody is kept waiting by one that gave up.
    let [.., fourth] = sends;
    drop(fourth);
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert!(newcomer.poll().expect("there is room").is_ok());
    for _ in 0..3 {
        network.advance(SECOND);
        assert!(run.poll().is_none());
    }
    assert_eq!(network.accepted(), ["1", "2", "3", "5"]);
}

#[test]
fn who_does_not_want_to_wait_gets_an_error() {
    let network = Network::new();
    let (batcher, run) = network.builder().capacity(capacity(2)).build();
    let mut deliveries: Vec<_> = (1..=2).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    assert_eq!(batcher.try_send(&event(3)).unwrap_err(), SendError::Full);
    let mut run = Task::new(run);
    assert!(run.poll().is_none());
    network.advance(SECOND);
    assert!(run.poll().is_none());
    deliveries.push(batcher.try_send(&event(3)).unwrap());
    drop(batcher);
    assert!(run.poll().is_some());
    assert!(reported(deliveries).iter().all(|report| matches!(report, Some(Ok(())))));
}

#[test]
fn the_oldest_make_room_and_are_reported() {
    let network = Network::new();
    let (batcher, run) = network.builder().capacity(capacity(2)).build();
    let keyed = batcher.keyed("k");
    let mut deliveries = vec![keyed.force_send(&event(1)).unwrap()];
    deliveries.extend((2..=5).map(|id| batcher.force_send(&event(id)).unwrap()));
    assert_eq!(batcher.stats().buffered_events, 2);
    ready(async { drop((keyed, batcher)) });
    assert!(Task::new(run).poll().is_some());
    let outcomes: Vec<_> = reported(deliveries).into_iter().map(Option::unwrap).collect();
    for outcome in &outcomes[..3] {
        let Err(error) = outcome else { panic!("it was dropped") };
        assert!(matches!(error, PublishError::Displaced), "{error}");
        assert!(!error.may_have_been_acted_on() && error.is_retryable());
    }
    assert!(outcomes[3..].iter().all(Result::is_ok));
    assert_eq!(network.accepted(), ["4", "5"]);
}

#[test]
fn bytes_count_too_but_an_empty_buffer_takes_any_event() {
    let network = Network::new();
    let size = r#"{"specversion":"1.0","id":"1","source":"s","type":"t"}"#.len();
    let capacity = SendLimits { max_events: 100, max_bytes: 2 * size };
    let (batcher, _run) = network.builder().capacity(capacity).build();
    let deliveries: Vec<_> = (1..=2).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    assert_eq!(batcher.try_send(&event(3)).unwrap_err(), SendError::Full);
    let large = event(4).with_data(Data::text("x".repeat(500)));
    let large = batcher.force_send(&large).unwrap();
    assert_eq!(batcher.stats().buffered_events, 1, "two had to make room");
    assert!(reported(deliveries).iter().all(|report| matches!(report, Some(Err(PublishError::Displaced)))));
    assert_eq!(batcher.try_send(&event(5)).unwrap_err(), SendError::Full);
    drop(large);
}
