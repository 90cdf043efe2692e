//! `egrid publish --failed`, ended by a signal at every point of a run: no event is lost.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventgrid_emulator::{Emulator, Fault, FaultCondition, FaultEffect, Operation};

use crate::support::{Bench, Ended};

/// How many events each request has.
const TOGETHER: usize = 5;

/// How many requests the whole input would take.
const REQUESTS: usize = 8;

/// What is known after a run.
struct Outcome {
    ended: Ended,
    /// The events that the service has.
    accepted: BTreeSet<usize>,
    /// The events that `--failed` has kept.
    kept: BTreeSet<usize>,
}

/// Publishes to a service that refuses every third request, and never responds again after
/// `responses` of them. Then the program is sent the signal.
fn publish_until(responses: usize, signal: &str) -> Outcome {
    let publish = || FaultCondition::new().operation(Operation::Publish);
    let (to, served) = mpsc::channel();
    let builder = Emulator::builder()
        .topic("orders")
        .fault(Fault::new(
            publish().skip(responses as u64),
            FaultEffect::new().delay(Duration::from_secs(60 * 60)),
        ))
        .fault(Fault::new(publish().every(3), FaultEffect::new().status(500)))
        .on_request(move |_| to.send(()).unwrap_or_default());
    let bench = Bench::with(builder);
    let event = |id| format!(r#"{{"specversion":"1.0","id":"{id}","source":"urn:shop","type":"A"}}"#);
    let lines: Vec<_> = (1..=TOGETHER * REQUESTS).map(|id| event(id) + "\n").collect();
    bench.file("events.jsonl", &lines.concat());
    let together = TOGETHER.to_string();
    let mut command = bench.command(&["publish", "events.jsonl", "--max-events", &together]);
    command.args(["--max-retries", "0", "--failed", "failed.jsonl"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.spawn().unwrap();
    for _ in 0..responses {
        served.recv().unwrap();
    }
    crate::support::signal(&program, signal);
    let ended = Ended::new(&program.wait_with_output().unwrap());
    let accepted = bench.accepted().iter().flatten().map(|event| id(event["id"].as_str().unwrap())).collect();
    let kept = std::fs::read_to_string(bench.folder.path().join("failed.jsonl")).unwrap_or_default();
    let kept = kept.lines().map(|line| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        id(event["id"].as_str().unwrap())
    });
    Outcome { ended, accepted, kept: kept.collect() }
}

fn id(text: &str) -> usize {
    text.parse().unwrap()
}

/// The number after some words.
fn number_after(text: &str, words: &str) -> usize {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("no {words:?} in {text}"));
    rest.split(|char: char| !char.is_ascii_digit()).find_map(|digits| digits.parse().ok()).unwrap()
}

/// The outcome of a signal after each number of responses.
fn at_every_point(signal: &'static str, check: impl Fn(usize, Outcome)) {
    let runs =
        (1..REQUESTS).map(|responses| (responses, thread::spawn(move || publish_until(responses, signal))));
    for (responses, run) in runs.collect::<Vec<_>>() {
        check(responses, run.join().unwrap());
    }
}

#[test]
fn a_publish_that_is_terminated_has_published_or_kept_all_that_it_has_read() {
    at_every_point("-TERM", |responses, outcome| {
        let Outcome { ended, accepted, kept } = outcome;
        let ended = ended.ends_with(143);
        let read = number_after(&ended.stderr, "nothing after ");
        let reported = number_after(&ended.stderr, "published ");
        let all: BTreeSet<_> = (1..=read).collect();
        assert!(read >= responses * TOGETHER, "{responses} responses: {ended:?}");
        assert_eq!(&(&accepted | &kept) & &all, all, "{responses} responses: {ended:?}");
        assert_eq!(reported, (&all - &kept).len(), "{responses} responses: {ended:?}");
        assert!((&all - &kept).is_subset(&accepted), "{responses} responses: {ended:?}");
    });
}

#[test]
fn a_publish_that_is_killed_has_kept_all_but_the_request_under_way() {
    at_every_point("-KILL", |responses, outcome| {
        let Outcome { ended, accepted, kept } = outcome;
        assert_eq!(ended.code, -1, "{ended:?}");
        // Each was handled before the next request was sent.
        let handled: BTreeSet<_> = (1..=(responses - 1) * TOGETHER).collect();
        assert_eq!(&(&accepted | &kept) & &handled, handled, "{responses} responses: {ended:?}");
        assert!(accepted.is_disjoint(&kept), "{responses} responses: {ended:?}");
    });
}
