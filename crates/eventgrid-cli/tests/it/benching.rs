//! `egrid bench`.

use eventgrid_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Bench, Ended};

fn summaries(ended: &Ended) -> Vec<Value> {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"))
}

/// Numbers of a summary that tell the same each time.
fn counts(summary: &Value) -> [&Value; 3] {
    [&summary["operation"], &summary["events"], &summary["failed"]]
}

fn assert_latencies(summary: &Value) {
    let latencies = &summary["latencyMilliseconds"];
    let values = ["min", "p50", "p90", "p99", "p99.9", "max"].map(|name| latencies[name].as_f64().unwrap());
    assert!(values[0] > 0.0 && values.is_sorted(), "{summary}");
    assert!(summary["eventsPerSecond"].as_f64().unwrap() > 0.0, "{summary}");
}

#[test]
fn what_is_published_can_be_consumed() {
    let bench = Bench::new();
    let load = ["--count", "250", "--connections", "3", "-o", "json"];
    let ended = bench.run(&[&["bench", "publish", "--batch", "100", "--size", "10"], &load[..]].concat());
    let published = summaries(&ended.ends_with(0));
    assert_eq!(counts(&published[0]), [&json!("publish"), &json!(250), &json!(0)]);
    assert_eq!(published[0]["requests"], 3);
    assert_latencies(&published[0]);
    let accepted = bench.accepted();
    assert_eq!(accepted.iter().map(Vec::len).sum::<usize>(), 250);
    assert_eq!(accepted[0][0]["data"], "x".repeat(10));

    let ended = bench.run(&[&["bench", "consume"], &load[..]].concat());
    let consumed = summaries(&ended.ends_with(0));
    assert_eq!(counts(&consumed[0]), [&json!("receive"), &json!(250), &json!(0)]);
    assert_eq!(counts(&consumed[1]), [&json!("acknowledge"), &json!(250), &json!(0)]);
    consumed.iter().for_each(assert_latencies);
    let stats = bench.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.acknowledged, stats.queued, stats.locked), (250, 0, 0));
}

#[test]
fn the_first_reason_is_in_words_of_arguments() {
    let bench = Bench::new();
    let ended = bench.run(&["bench", "publish", "-t", "nowhere", "--count", "1"]).ends_with(4);
    assert!(ended.stderr.contains("needs --kind basic)"), "{ended:?}");
}

#[test]
fn a_round_trip_leaves_the_events_of_others_alone() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A"]).ends_with(0);
    let load = ["--count", "120", "--batch", "50", "--rate", "100000", "-o", "json"];
    let ended = bench.run(&[&["bench", "round-trip"], &load[..]].concat()).ends_with(0);
    assert!(ended.stderr.contains("1 events of others were released"), "{ended:?}");
    let summaries = summaries(&ended);
    assert_eq!(counts(&summaries[0]), [&json!("publish"), &json!(120), &json!(0)]);
    assert_eq!(counts(&summaries[1]), [&json!("round-trip"), &json!(120), &json!(0)]);
    assert_eq!((&summaries[1]["duplicates"], &summaries[1]["others"]), (&json!(0), &json!(1)));
    assert_latencies(&summaries[1]);
    let stats = bench.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.acknowledged, stats.queued + stats.delayed, stats.locked), (120, 1, 0));
}

#[test]
fn events_are_as_large_as_is_asked_for_in_requests_that_the_service_takes() {
    let bench = Bench::new();
    let arguments = ["bench", "publish", "--count", "4", "--size", "400000", "-o", "raw"];
    bench.run(&arguments).ends_with(0).stdout.trim().parse::<f64>().unwrap();
    assert_eq!(bench.accepted().iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn what_is_measured_must_be_named_and_has_a_warning_unless_it_is_this_machine() {
    let bench = Bench::new().without_variables();
    bench.file("key", crate::support::KEY);
    let endpoint = bench.emulator.endpoint();
    let add = ["context", "add", "dev", "--endpoint", &endpoint, "-t", "orders", "--key-file", "key"];
    bench.run(&add).ends_with(0);
    let refused = bench.run(&["bench", "publish", "--count", "1"]).ends_with(2);
    assert!(refused.stderr.contains("the current context is not used for this"), "{refused:?}");
    let named = bench.run(&["bench", "publish", "--count", "1", "--context", "dev"]).ends_with(0);
    assert_eq!(named.stderr, "");
    let remote =
        ["--endpoint", "http://0.0.0.0:1", "--allow-plain-http", "-t", "orders", "--key-file", "key"];
    let arguments = ["bench", "publish", "--count", "1", "--max-retries", "0"];
    let warned = bench.run(&[&arguments[..], &remote].concat()).ends_with(7);
    assert!(warned.stderr.contains("0.0.0.0 is not this machine"), "{warned:?}");
    assert_eq!(bench.accepted().len(), 1);
}

#[test]
fn what_would_fail_each_time_ends_it() {
    let bench = Bench::new();
    let ended = bench.run(&["bench", "publish", "--duration", "1h", "-t", "nowhere"]).ends_with(4);
    assert!(ended.stderr.contains("the first reason: "), "{ended:?}");
    bench.run(&["bench", "consume", "--duration", "1h", "-s", "nowhere"]).ends_with(4);
    bench.run(&["bench", "round-trip", "--duration", "1h", "-s", "nowhere"]).ends_with(6);
    bench.run(&["bench", "consume", "--count", "0"]).ends_with(2);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_what_was_measured_so_far() {
    use std::process::Stdio;

    for operation in ["publish", "round-trip"] {
        let (to, served) = std::sync::mpsc::channel();
        let builder = Emulator::builder()
            .subscription("orders", "billing")
            .on_request(move |_| to.send(()).unwrap_or_default());
        let bench = Bench::with(builder);
        let arguments =
            ["bench", operation, "--duration", "1h", "--size", "10", "--rate", "1000", "-o", "json"];
        let mut command = bench.command(&arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = command.spawn().unwrap();
        served.iter().take(5).for_each(drop);
        crate::support::signal(&program, "-INT");
        let ended = Ended::new(&program.wait_with_output().unwrap()).ends_with(130);
        assert_eq!(summaries(&ended)[0]["operation"], "publish");
    }
}
