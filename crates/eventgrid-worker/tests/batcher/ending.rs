//! Flushing, closing, and ending halfway.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid::SendLimits;
use eventgrid_worker::{PublishError, SendError};

use crate::support::{End, Network, Outcome, Step, Task, event, ready, reported};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_flush_sends_at_once_and_waits_for_what_was_there_before() {
    let network = Network::new();
    network.script([Step::from(End::Response).after(2 * SECOND), Step::from(End::Response).after(SECOND)]);
    let (batcher, run) = network.builder().max_delay(HOUR).build();
    let mut run = Task::new(run);
    ready(batcher.flush());
    let before = batcher.try_send(&event(1)).unwrap();
    let mut flush = Task::new(batcher.flush());
    assert!(flush.poll().is_none());
    assert!(run.poll().is_none());
    let after = batcher.try_send(&event(2)).unwrap();
    assert!(run.poll().is_none());
    assert_eq!(network.requests(), [["1"]], "what came later waits for others again");
    let mut second_flush = Task::new(batcher.flush());
    assert!(second_flush.poll().is_none());
    assert!(run.poll().is_none());
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert!(matches!(&reported(vec![after])[..], [Some(Ok(()))]));
    assert!(flush.poll().is_none() && second_flush.poll().is_none());
    network.advance(SECOND);
    assert!(run.poll().is_none());
    assert!(flush.poll().is_some() && second_flush.poll().is_some());
    assert!(ready(before).is_ok());
}

#[test]
fn closing_drains_and_takes_nothing_more() {
    let network = Network::new();
    network.script([Step::from(End::Response).after(SECOND)]);
    let capacity = SendLimits { max_events: 1, max_bytes: usize::MAX };
    let (batcher, run) = network.builder().max_delay(HOUR).capacity(capacity).build();
    let mut run = Task::new(run);
    let delivery = batcher.try_send(&event(1)).unwrap();
    let (second, third) = (event(2), event(3));
    let mut waiting = [&second, &third].map(|event| Task::new(batcher.send(event)));
    assert!(waiting.iter_mut().all(|send| send.poll().is_none()));
    let mut close = Task::new(batcher.close());
    assert!(close.poll().is_none());
    for send in &mut waiting {
        assert_eq!(send.poll().expect("it is told").unwrap_err(), SendError::Closed);
    }
    assert_eq!(batcher.try_send(&event(2)).unwrap_err(), SendError::Closed);
    assert!(run.poll().is_none());
    assert!(close.poll().is_none());
    network.advance(SECOND);
    assert!(run.poll().is_some());
    assert!(close.poll().is_some());
    assert!(ready(delivery).is_ok());
    ready(batcher.close());
    ready(batcher.flush());
}

/// Why each event was not published, in short.
fn may_have_been_sent(reports: Vec<Option<Outcome>>) -> Vec<bool> {
    let stopped = |report: Option<Outcome>| match report {
        Some(Err(error @ PublishError::Stopped { .. })) => error.may_have_been_acted_on(),
        other => panic!("{other:?}"),
    };
    reports.into_iter().map(stopped).collect()
}

#[test]
fn a_run_that_is_dropped_reports_what_it_leaves() {
    let network = Network::new();
    network.script([Step::from(End::Response).after(SECOND); 2]);
    let limits = SendLimits { max_events: 2, max_bytes: 1000 };
    let (batcher, run) = network.builder().limits(limits).max_in_flight(1).build();
    let mut run = Task::new(run);
    let deliveries: Vec<_> = (1..=3).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    let keyed = batcher.keyed("a").try_send(&event(4)).unwrap();
    assert!(run.poll().is_none());
    let mut flush = Task::new(batcher.flush());
    let mut close = Task::new(batcher.close());
    assert!(flush.poll().is_none() && close.poll().is_none());
    drop(run);
    assert!(flush.poll().is_some() && close.poll().is_some());
    assert_eq!(may_have_been_sent(reported(deliveries)), [true, true, false]);
    assert_eq!(may_have_been_sent(reported(vec![keyed])), [false]);
    assert_eq!(batcher.try_send(&event(5)).unwrap_err(), SendError::Closed);
    let stats = batcher.stats();
    assert_eq!((stats.stopped, stats.buffered_events, stats.buffered_bytes), (4, 0, 0));
}

#[test]
fn a_run_that_never_began_reports_too() {
    let network = Network::new();
    let (batcher, run) = network.builder().build();
    let delivery = batcher.try_send(&event(1)).unwrap();
    drop(run);
    assert_eq!(may_have_been_sent(reported(vec![delivery])), [false]);
    assert_eq!(ready(batcher.send(&event(2))).unwrap_err(), SendError::Closed);
}

#[test]
fn dropping_a_delivery_does_not_cancel_the_event() {
    let network = Network::new();
    let (batcher, run) = network.builder().build();
    drop(batcher.try_send(&event(1)).unwrap());
    drop(batcher);
    assert!(Task::new(run).poll().is_some());
    assert_eq!(network.accepted(), ["1"]);
}

#[test]
fn a_hook_that_panics_ends_the_run_and_loses_no_report() {
    let network = Network::new();
    let (batcher, run) = network.builder().on_report(|_, _| panic!("the hook's own")).build();
    let deliveries: Vec<_> = (1..=2).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    let mut flush = Task::new(batcher.flush());
    assert!(flush.poll().is_none());
    let mut run = Task::new(run);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run.poll()));
    assert!(caught.is_err());
    drop(run);
    assert!(flush.poll().is_some());
    let mut reports = reported(deliveries);
    assert!(matches!(reports.remove(0), Some(Ok(()))), "the hook has panicked after this was known");
    assert_eq!(may_have_been_sent(reports), [true]);
    assert_eq!(batcher.try_send(&event(3)).unwrap_err(), SendError::Closed);
}

#[test]
fn a_hook_that_panics_while_the_run_is_dropped_keeps_nobody_waiting() {
    let network = Network::new();
    let (batcher, run) = network.builder().max_delay(HOUR).on_report(|_, _| panic!("the hook's own")).build();
    let deliveries: Vec<_> = (1..=2).map(|id| batcher.try_send(&event(id)).unwrap()).collect();
    let mut close = Task::new(batcher.close());
    let mut flush = Task::new(batcher.flush());
    assert!(flush.poll().is_none() && close.poll().is_none());
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(run)));
    assert!(dropped.is_err());
    assert!(flush.poll().is_some() && close.poll().is_some());
    assert_eq!(may_have_been_sent(reported(deliveries)), [false, false]);
    assert_eq!(batcher.stats().in_flight, 0);
}

/// The runs that a hook looks after.
type Tasks = Arc<Mutex<Vec<Task<'static, ()>>>>;

#[test]
fn the_run_ends_also_if_the_last_report_is_somebody_elses() {
    let network = Network::new();
    let tasks = Tasks::default();
    let of_hook = Arc::clone(&tasks);
    let (batcher, run) = network
        .builder()
        .capacity(SendLimits { max_events: 1, max_bytes: usize::MAX })
        .on_report(move |_, outcome| {
            // While the displaced event is being reported, the batcher is closed and the run does
            // all that it can.
            if outcome.is_err() {
                assert!(of_hook.lock().unwrap().iter_mut().all(|task| task.poll().is_none()));
            }
        })
        .build();
    let closing = batcher.clone();
    tasks.lock().unwrap().extend([Task::new(async move { closing.close().await }), Task::new(run)]);
    drop(batcher.try_send(&event(1)).unwrap());
    let kept = batcher.force_send(&event(2)).unwrap();
    let mut tasks = tasks.lock().unwrap();
    assert!(tasks[1].poll().is_some(), "it was woken");
    assert!(tasks[0].poll().is_some());
    assert!(ready(kept).is_ok());
}

#[test]
fn a_hook_that_panics_about_a_displaced_event_keeps_nobody_waiting() {
    let network = Network::new();
    let (batcher, run) = network
        .builder()
        .capacity(SendLimits { max_events: 1, max_bytes: usize::MAX })
        .on_report(|_, outcome| assert!(outcome.is_ok(), "the hook's own"))
        .build();
    drop(batcher.try_send(&event(1)).unwrap());
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| batcher.force_send(&event(2))));
    assert!(caught.is_err());
    drop(batcher);
    assert!(Task::new(run).poll().is_some());
    assert_eq!(network.accepted(), ["2"]);
}

#[test]
fn a_run_that_was_forgotten_does_not_keep_anybody_waiting_forever() {
    let network = Network::new();
    let (batcher, _run) = network.builder().build();
    let delivery = batcher.try_send(&event(1)).unwrap();
    let second = event(2);
    let mut send = Task::new(batcher.send(&second));
    assert!(send.poll().is_none());
    network.advance(9 * SECOND);
    assert!(send.poll().is_none());
    network.advance(SECOND);
    assert_eq!(send.poll().unwrap().unwrap_err(), SendError::NotRunning);
    assert_eq!(batcher.try_send(&second).unwrap_err(), SendError::NotRunning);
    assert_eq!(batcher.force_send(&second).unwrap_err(), SendError::NotRunning);
    let mut flush = Task::new(batcher.flush());
    assert!(flush.poll().is_none());
    network.advance(10 * SECOND);
    assert!(flush.poll().is_some());
    assert_eq!(may_have_been_sent(reported(vec![delivery])), [false]);
    ready(batcher.close());
    assert_eq!(batcher.try_send(&event(3)).unwrap_err(), SendError::Closed);
}

#[test]
fn a_send_before_the_run_begins_waits_for_it() {
    let network = Network::new();
    let (batcher, run) = network.builder().build();
    let first = event(1);
    let mut send = Task::new(batcher.send(&first));
    assert!(send.poll().is_none());
    let mut run = Task::new(run);
    assert!(run.poll().is_none());
    assert!(send.poll().unwrap().is_ok());
}
