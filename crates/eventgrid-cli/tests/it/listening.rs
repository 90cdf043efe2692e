//! `egrid listen`.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::support::{Bench, Ended};
use crate::webhook::Listening;

impl Bench {
    fn publish_numbers(&self, count: u32) {
        let count = count.to_string();
        let arguments = ["publish", "--type", "A", "--id", "{{n}}", "--field", "n={{n}}", "--count", &count];
        self.run(&arguments).ends_with(0);
    }

    /// How many events of the subscription are available, now or after a delay, locked,
    /// acknowledged and rejected.
    fn settled(&self) -> [u64; 4] {
        let stats = self.emulator.stats("orders", "billing").unwrap();
        [stats.queued + stats.delayed, stats.locked, stats.acknowledged, stats.rejected]
    }

    /// Runs the program to its end, with a webhook that responds as it is asked to.
    fn listen(&self, webhook: &Listening, arguments: &[&str]) -> Ended {
        let url = format!("http://{}/events?code=hunter2", webhook.address);
        let ended = self.run(&[&["listen", "--forward-to", &url], arguments].concat());
        assert!(!ended.stdout.contains("hunter2") && !ended.stderr.contains("hunter2"), "{ended:?}");
        ended
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// The program while it listens.
struct Delivering {
    program: Child,
    stdout: BufReader<ChildStdout>,
}

impl Delivering {
    fn start(bench: &Bench, url: &str, arguments: &[&str]) -> Self {
        let mut command = bench.command(&[&["listen", "--forward-to", url], arguments].concat());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        let stdout = BufReader::new(program.stdout.take().unwrap());
        Self { program, stdout }
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"))
    }

    fn signal(mut self, signal: &str) -> Ended {
        crate::support::signal(&self.program, signal);
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.program.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        Ended { code: self.program.wait().unwrap().code().unwrap_or(-1), stdout, stderr }
    }
}

/// A test that fails leaves nobody behind.
impl Drop for Delivering {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn events_are_delivered_as_event_grid_would_push_them() {
    let bench = Bench::new();
    bench.publish_numbers(3);
    let mut webhook = Listening::start(&bench, &["--headers"]);
    let headers = ["--header", "x-mine=1", "--header-env", "x-second=EVENTGRID_KEY"];
    let ended = bench.listen(&webhook, &[&["--max", "3", "--concurrency", "1"], &headers[..]].concat());
    let ended = ended.ends_with(0);
    assert_eq!(ended.stderr, "delivered 3, given up 0\n");
    let records = lines(&ended.stdout);
    for (record, id) in records.iter().zip(["1", "2", "3"]) {
        assert_eq!((&record["outcome"], &record["id"]), (&json!("delivered"), &json!(id)));
        assert_eq!((&record["attempt"], &record["status"]), (&json!(1), &json!(200)));
    }
    assert_eq!(bench.settled(), [0, 0, 3, 0]);
    let delivery: Value = serde_json::from_str(&webhook.line()).unwrap();
    let header = |name: &str| delivery["headers"][name].as_str().unwrap_or_default();
    assert_eq!(header("content-type"), "application/cloudevents+json; charset=utf-8");
    assert_eq!((header("aeg-event-type"), header("aeg-subscription-name")), ("Notification", "BILLING"));
    assert_eq!((header("aeg-delivery-count"), header("aeg-output-event-id")), ("0", "1"));
    assert_eq!((header("webhook-request-origin"), header("x-mine")), ("eventgrid.azure.net", "1"));
    assert_eq!(header("x-second"), crate::support::KEY);
    assert_eq!(delivery["event"]["data"], json!({"n": 1}));
    assert!(webhook.signal("-INT").stderr.contains("consented: eventgrid.azure.net"));
}

#[test]
fn what_fails_is_retried_and_counted() {
    let bench = Bench::new();
    bench.publish_numbers(1);
    let mut webhook = Listening::start(&bench, &["--respond", "500,429,204"]);
    let ended = bench.listen(&webhook, &["--max", "1", "--retry-wait", "0s"]).ends_with(0);
    let records = lines(&ended.stdout);
    let outcomes: Vec<_> = records.iter().map(|record| record["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["retry", "retry", "delivered"]);
    assert_eq!(records[0]["reason"], "status 500");
    for (count, record) in records.iter().enumerate() {
        let delivery: Value = serde_json::from_str(&webhook.line()).unwrap();
        assert_eq!((&delivery["deliveryCount"], &record["deliveryCount"]), (&json!(count), &json!(count)));
    }
    assert_eq!(bench.settled(), [0, 0, 1, 0]);
}

#[test]
fn what_is_given_up_is_rejected_and_said() {
    let bench = Bench::new();
    bench.publish_numbers(1);
    // Not retried at all, and retried too often.
    for (statuses, reason) in [("400", "does not retry"), ("503", "no more attempts")] {
        bench.publish_numbers(1);
        let webhook = Listening::start(&bench, &["--respond", statuses]);
        let arguments = ["--max", "1", "--retry-wait", "0s", "--max-attempts", "3"];
        let ended = bench.listen(&webhook, &arguments).ends_with(6);
        let last = lines(&ended.stdout).pop().unwrap();
        assert_eq!(
            (&last["outcome"], &last["status"].to_string()),
            (&json!("rejected"), &statuses.to_owned())
        );
        assert!(last["reason"].as_str().unwrap().contains(reason), "{last}");
        assert!(ended.stderr.contains("some events were not delivered"), "{ended:?}");
    }
    assert_eq!(bench.settled(), [1, 0, 0, 2]);
    let webhook = Listening::start(&bench, &["--respond", "400"]);
    let ended = bench.listen(&webhook, &["--max", "1", "--release-failed"]).ends_with(6);
    assert_eq!(lines(&ended.stdout)[0]["outcome"], "released");
    assert_eq!(bench.settled(), [1, 0, 0, 2]);
}

#[test]
fn events_go_in_batches_if_that_is_asked_for() {
    let bench = Bench::new();
    bench.publish_numbers(25);
    let webhook = Listening::start(&bench, &["--headers"]);
    let batches = ["--batch-events", "10", "--concurrency", "1"];
    let ended = bench.listen(&webhook, &[&["--max", "25"], &batches[..]].concat()).ends_with(0);
    assert_eq!(lines(&ended.stdout).len(), 25);
    assert_eq!(bench.settled(), [0, 0, 25, 0]);
    let deliveries = lines(&webhook.signal("-INT").stdout);
    assert_eq!(deliveries.len(), 25);
    let batch_type = "application/cloudevents-batch+json; charset=utf-8";
    assert!(deliveries.iter().all(|delivery| delivery["headers"]["content-type"] == batch_type));
    bench.run(&["listen", "--forward-to", "http://localhost", "--batch-events", "5001"]).ends_with(2);
}

#[test]
fn nothing_is_received_before_the_webhook_consents() {
    let bench = Bench::new();
    bench.publish_numbers(1);
    let webhook = Listening::start(&bench, &["--secret-env", "WEBHOOK_SECRET"]);
    // Somebody else listens there: no webhook.
    let refused = bench.run(&["listen", "--forward-to", &format!("{}/", bench.emulator.endpoint())]);
    let refused = refused.ends_with(1);
    assert!(refused.stderr.contains("refuses the events"), "{refused:?}");
    assert!(refused.stderr.contains("--skip-handshake"), "{refused:?}");
    let stats = bench.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.deliveries, stats.queued), (0, 1));
    let ended = bench.listen(&webhook, &["--skip-handshake", "--max", "1"]).ends_with(0);
    assert_eq!(lines(&ended.stdout)[0]["outcome"], "delivered");
    assert!(!webhook.signal("-INT").stderr.contains("consented"));
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_webhook_that_is_down_loses_no_event_and_a_signal_releases_them() {
    let bench = Bench::new();
    bench.publish_numbers(3);
    let url = format!("http://127.0.0.1:{}", free_port());
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut delivering = Delivering::start(&bench, &url, &["--skip-handshake"]);
        for _ in 0..3 {
            let record = delivering.line();
            assert_eq!((&record["outcome"], record.get("status")), (&json!("retry"), None));
            let reason = record["reason"].as_str().unwrap();
            assert!(reason.contains("refused") && !reason.contains("client error"), "{record}");
        }
        assert_eq!(bench.settled(), [0, 3, 0, 0]);
        let ended = delivering.signal(signal).ends_with(code);
        assert!(ended.stderr.contains("released 3"), "{ended:?}");
        assert!(lines(&ended.stdout).iter().all(|record| record["outcome"] == "released"), "{ended:?}");
        assert_eq!(bench.settled(), [3, 0, 0, 0]);
        bench.emulator.advance_clock(std::time::Duration::from_secs(11));
    }
}

#[test]
fn events_are_delivered_when_the_webhook_is_there_again() {
    let bench = Bench::new();
    bench.publish_numbers(2);
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let arguments = ["--skip-handshake", "--retry-wait", "100ms", "--max", "2", "--max-attempts", "1"];
    let mut delivering = Delivering::start(&bench, &url, &arguments);
    assert_eq!(delivering.line()["outcome"], "retry");
    let mut webhook = Listening::start_at(&bench, port, &["--max", "2"]);
    webhook.line();
    webhook.line();
    let mut delivered = 0;
    while delivered < 2 {
        delivered += u32::from(delivering.line()["outcome"] == "delivered");
    }
    assert_eq!(delivering.program.wait().unwrap().code(), Some(0));
    assert_eq!(bench.settled(), [0, 0, 2, 0]);
}

#[test]
fn a_webhook_that_does_not_respond_does_not_hold_up_the_end() {
    let bench = Bench::new();
    bench.publish_numbers(1);
    let webhook = Listening::start(&bench, &["--delay", "1h"]);
    let url = format!("http://{}", webhook.address);
    let mut delivering = Delivering::start(&bench, &url, &["--skip-handshake", "-o", "jsonl"]);
    let mut webhook = webhook;
    // It has the event, and does not respond.
    webhook.line();
    let ended = {
        crate::support::signal(&delivering.program, "-TERM");
        let mut stdout = String::new();
        delivering.stdout.read_to_string(&mut stdout).unwrap();
        delivering.program.wait().unwrap()
    };
    assert_eq!(ended.code(), Some(143));
    assert_eq!(bench.settled(), [1, 0, 0, 0]);
}

#[test]
fn only_this_machine_is_delivered_to() {
    let bench = Bench::new();
    let refused = bench.run(&["listen", "--forward-to", "http://example.com/?code=hunter2"]).ends_with(2);
    assert!(refused.stderr.contains("add --allow-host example.com"), "{refused:?}");
    assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
    for (name, value) in [
        ("--max-attempts", "11"),
        ("--time-to-live", "90s"),
        ("--header", "no-value"),
        ("--header", "host=x"),
        ("--header-env", "x=NOT_SET"),
    ] {
        let ended = bench.run(&["listen", "--forward-to", "http://localhost", name, value]).ends_with(2);
        assert!(ended.stderr.contains("error: "), "{ended:?}");
    }
}

/// Whoever reads stdout may go away: then nothing more is begun, and what waits is released.
#[test]
fn a_closed_stdout_ends_it() {
    let bench = Bench::new();
    bench.publish_numbers(3);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let url = format!("http://127.0.0.1:{}", free_port());
    let mut command = bench.command(&["listen", "--skip-handshake", "--forward-to", &url]);
    command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::null());
    assert_eq!(command.spawn().unwrap().wait().unwrap().code(), Some(141));
    assert_eq!(bench.settled(), [3, 0, 0, 0]);
}
