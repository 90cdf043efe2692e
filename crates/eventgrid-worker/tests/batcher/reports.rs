//! The outcome of each event is reported, once.

use std::sync::{Arc, Mutex};

use eventgrid::event::{CustomEvent, EventGridEvent, InvalidEvent};
use eventgrid::target::BasicTopic;
use eventgrid::{Data, Publisher, RequestError, SendLimits};
use eventgrid_emulator::InProcess;
use eventgrid_worker::{Batcher, PublishError, SendError};

use crate::support::{End, Network, Outcome, Task, event, ready, reported};

/// Hands over events 1 to `count`, sends them, and gives what was reported of each.
fn sent(network: &Network, count: usize) -> Vec<Outcome> {
    let (batcher, run) = network.builder().build();
    let deliveries = (1..=count).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    drop(batcher);
    assert!(Task::new(run).poll().is_some());
    reported(deliveries).into_iter().map(|report| report.expect("it is reported")).collect()
}

fn in_short(outcomes: &[Outcome]) -> Vec<Result<(), u16>> {
    let status = |error: &PublishError<_>| match error {
        PublishError::Failed(error) => error.status().unwrap_or(0),
        other => panic!("{other}"),
    };
    outcomes.iter().map(|outcome| outcome.as_ref().copied().map_err(status)).collect()
}

#[test]
fn one_bad_event_fails_alone() {
    for bad in [413, 400] {
        let network = Network::new();
        let statuses = [bad, 200, bad, bad, 200, 200];
        network
            .script(statuses.map(|status| if status == 200 { End::Response } else { End::Status(status) }));
        let outcomes = sent(&network, 5);
        let expected =
            ["12345", "12", "345", "3", "45"].map(|ids| ids.chars().map(String::from).collect::<Vec<_>>());
        assert_eq!(network.requests(), expected);
        assert_eq!(in_short(&outcomes), [Ok(()), Ok(()), Err(bad), Ok(()), Ok(())]);
        assert_eq!(network.accepted(), ["1", "2", "4", "5"]);
    }
}

#[test]
fn all_events_of_a_request_share_its_error() {
    let network = Network::new();
    network.script([End::Status(403)]);
    let outcomes = sent(&network, 2);
    let [Err(PublishError::Failed(first)), Err(PublishError::Failed(second))] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert!(Arc::ptr_eq(first, second));
    let Err(error) = &outcomes[0] else { unreachable!() };
    assert!(!error.is_retryable() && !error.may_have_been_acted_on());
    assert!(error.to_string().ends_with("(status 403)"), "{error}");
}

#[test]
fn a_lost_response_says_that_the_event_may_be_there() {
    for (end, acted_on) in [(End::LostResponse, true), (End::NoConnection, false), (End::Status(503), false)]
    {
        let network = Network::new();
        network.script([end]);
        let outcomes = sent(&network, 1);
        let Err(error) = &outcomes[0] else { panic!("{end:?}") };
        assert_eq!((error.may_have_been_acted_on(), error.is_retryable()), (acted_on, true), "{end:?}");
        assert_eq!(network.accepted().is_empty(), !acted_on);
    }
}

#[test]
fn what_the_service_would_refuse_is_not_taken() {
    let network = Network::new();
    let limits = SendLimits { max_events: 100, max_bytes: 100 };
    let (batcher, _run) = network.builder().limits(limits).build();
    let reason = RequestError::Event { index: 0, reason: InvalidEvent::EmptyAttribute("id") };
    assert_eq!(batcher.try_send(&event("")).unwrap_err(), SendError::Invalid(reason));
    let large = |bytes| event(1).with_data(Data::text("x".repeat(bytes)));
    let json = r#"{"specversion":"1.0","id":"1","source":"s","type":"t","data":""}"#;
    drop(batcher.try_send(&large(98 - json.len())).unwrap());
    let too_large = SendError::TooLarge { bytes: 99, limit: 98 };
    assert_eq!(batcher.try_send(&large(99 - json.len())).unwrap_err(), too_large);
    assert_eq!(ready(batcher.send(&large(99 - json.len()))).unwrap_err(), too_large);
    assert_eq!(batcher.force_send(&large(99 - json.len())).unwrap_err(), too_large);
    assert_eq!(batcher.stats().buffered_events, 1);
}

#[test]
fn the_hook_hears_of_every_event_before_its_delivery() {
    let network = Network::new();
    network.script([End::Response, End::Status(400)]);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    let (batcher, run) = network
        .builder()
        .limits(SendLimits { max_events: 1, max_bytes: 1000 })
        .max_in_flight(1)
        .on_report(move |event, outcome| {
            log.lock().unwrap().push((event.json().as_str().contains(r#""id":"1""#), outcome.is_ok()));
        })
        .build();
    for id in 1..=2 {
        drop(batcher.try_send(&event(id)).unwrap());
    }
    assert!(Task::new(run).poll().is_none());
    assert_eq!(*heard.lock().unwrap(), [(true, true), (false, false)]);
    let stats = batcher.stats();
    assert_eq!((stats.requests, stats.published, stats.failed), (2, 1, 1));
    assert_eq!((stats.buffered_events, stats.buffered_bytes), (0, 0));
}

#[test]
fn every_schema_has_its_batcher() {
    let network = Network::new();
    let topic = || BasicTopic::new(format!("{}/api/events", InProcess::ENDPOINT)).unwrap();
    let publisher = || Publisher::new(network.publisher().client().clone(), topic());

    let (batcher, run) = Batcher::builder(publisher()).build();
    let grid = EventGridEvent::new("1", "orders/17", "Ordered", "2024-06-01T12:00:00Z", "1.0");
    let delivery = batcher.try_send(&grid).unwrap();
    drop(batcher);
    assert!(Task::new(run).poll().is_some());
    assert!(ready(delivery).is_ok());

    let (batcher, run) = Batcher::builder(publisher()).build();
    let delivery = batcher.try_send(&CustomEvent::raw_json(r#"{"id":"2"}"#).unwrap()).unwrap();
    drop(batcher);
    assert!(Task::new(run).poll().is_some());
    assert!(ready(delivery).is_ok());
    assert_eq!(network.accepted(), ["1", "2"]);
}
