//! `egrid receive`, `ack`, `release`, `reject`, `renew` and `tail`.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Bench, Ended};

impl Bench {
    fn publish(&self, count: u32) {
        let count = count.to_string();
        let arguments = ["publish", "--type", "A", "--id", "{{n}}", "--field", "n={{n}}", "--count", &count];
        self.run(&arguments).ends_with(0);
    }

    /// How many events of the subscription are available, now or after a delay, locked,
    /// acknowledged and rejected.
    fn counts(&self) -> [u64; 4] {
        let stats = self.emulator.stats("orders", "billing").unwrap();
        [stats.queued + stats.delayed, stats.locked, stats.acknowledged, stats.rejected]
    }
}

fn lines(ended: &Ended) -> Vec<Value> {
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn received_events_stay_locked_until_they_are_settled() {
    let bench = Bench::new();
    bench.publish(4);
    let received = bench.run(&["receive"]).ends_with(0);
    let events = lines(&received);
    assert_eq!(events.len(), 4);
    assert_eq!((&events[3]["event"]["data"], &events[3]["deliveryCount"]), (&json!({"n": 4}), &json!(1)));
    assert_eq!(bench.counts(), [0, 4, 0, 0]);

    let token = |index: usize| events[index]["lockToken"].as_str().unwrap();
    assert_eq!(bench.run(&["ack", token(0)]).ends_with(0).stderr, "acknowledged 1 of 1\n");
    bench.run(&["reject", token(1)]).ends_with(0);
    bench.run(&["renew", token(2), token(3)]).ends_with(0);
    assert_eq!(bench.counts(), [0, 2, 1, 1]);
    bench.run(&["release", token(2)]).ends_with(0);
    bench.run(&["release", "--delay", "10s", token(3)]).ends_with(0);
    assert_eq!(bench.counts(), [2, 0, 1, 1]);
    assert_eq!(bench.emulator.stats("orders", "billing").unwrap().delayed, 1);
}

#[test]
fn what_receive_prints_can_be_piped_into_ack() {
    let bench = Bench::new();
    for form in ["json", "jsonl"] {
        bench.publish(3);
        let received = bench.run(&["receive", "--max", "3", "-o", form]).ends_with(0);
        let acknowledged = bench.run_with(&["ack"], &received.stdout).ends_with(0);
        assert_eq!(acknowledged.stderr, "acknowledged 3 of 3\n");
    }
    assert_eq!(bench.counts(), [0, 0, 6, 0]);
}

#[test]
fn a_token_that_fails_is_printed_with_the_reason() {
    let bench = Bench::new();
    bench.publish(1);
    let token = lines(&bench.run(&["receive"]))[0]["lockToken"].as_str().unwrap().to_owned();
    let ended = bench.run_with(&["ack"], &format!("{token}\n{token}x\n")).ends_with(6);
    assert!(ended.stderr.starts_with("acknowledged 1 of 2\n"), "{ended:?}");
    assert_eq!(lines(&ended)[0]["lockToken"], format!("{token}x"));
    assert!(!lines(&ended)[0]["code"].as_str().unwrap().is_empty());
    bench.run_with(&["ack"], "{}").ends_with(2);
}

#[test]
fn tokens_before_a_line_that_has_none_are_settled() {
    let bench = Bench::new();
    bench.publish(2);
    let received = bench.run(&["receive"]).stdout;
    let ended = bench.run_with(&["ack"], &received.replacen('\n', "\n{}\n", 1)).ends_with(2);
    assert!(ended.stderr.starts_with("acknowledged 1 of 1\n"), "{ended:?}");
    assert!(ended.stderr.contains("see line 2 of stdin"), "{ended:?}");
    assert_eq!(bench.counts(), [0, 1, 1, 0]);
}

#[test]
fn events_are_settled_after_they_were_printed_if_that_is_asked_for() {
    let bench = Bench::new();
    bench.publish(1);
    for argument in ["--release", "--peek"] {
        let peeked = bench.run(&["receive", argument]).ends_with(0);
        assert_eq!((lines(&peeked).len(), bench.counts()), (1, [1, 0, 0, 0]), "{argument}");
    }
    let data = bench.run(&["receive", "--ack", "-o", "raw"]).ends_with(0);
    assert_eq!((data.stdout.as_str(), bench.counts()), ("{\"n\":1}\n", [0, 0, 1, 0]));
}

#[test]
fn a_table_shows_what_people_need() {
    let bench = Bench::new();
    bench
        .run(&["publish", "--type", "A", "--id", "i", "--subject", "s", "--text", "\u{1b}[31mred"])
        .ends_with(0);
    let ended = bench.run(&["receive", "--ack", "-o", "table"]).ends_with(0);
    assert!(
        ended.stdout.starts_with("COUNT   TYPE   SOURCE      SUBJECT   ID   DATA       LOCK TOKEN\n"),
        "{ended:?}"
    );
    assert!(ended.stdout.contains("\n1       A      urn:egrid   s         i     [31mred   "), "{ended:?}");
}

#[test]
fn what_cannot_be_asked_for_is_an_error_of_usage() {
    let bench = Bench::new();
    for arguments in
        [&["receive", "--max", "101"][..], &["receive", "--wait", "5s"], &["receive", "--wait", "x"]]
    {
        bench.run(arguments).ends_with(2);
    }
    // The service would refuse each release, so that the events would stay locked.
    for arguments in
        [&["release", "--delay", "7s", "token"][..], &["process", "--delay", "30s", "--", "false"]]
    {
        let ended = bench.run(arguments).ends_with(2);
        assert!(ended.stderr.contains("the service supports 0s, 10s, 1m, 10m and 1h"), "{ended:?}");
    }
    let no_time = bench.run(&["receive", "--wait", "1x"]).ends_with(2);
    assert!(no_time.stderr.contains("this is not a time; write it as 10s or 2m"), "{no_time:?}");
    // They would release or lose each event again and again.
    for arguments in [
        &["tail", "--max", "0"][..],
        &["tail", "--max-locks", "0"],
        &["process", "--max", "0", "--", "true"],
        &["process", "--concurrency", "0", "--", "true"],
        &["process", "--max-deliveries", "0", "--", "true"],
        &["process", "--timeout", "0s", "--", "true"],
        &["process", "--lock-duration", "0", "--", "true"],
        &["listen", "--lock-duration", "0s", "--forward-to", "http://127.0.0.1:1"],
        &["bench", "consume", "--duration", "0s"],
        &["sas", "generate", "--valid-for", "0s"],
    ] {
        bench.run(arguments).ends_with(2);
    }
    bench.run(&["receive", "-s", "nowhere"]).ends_with(4);
    bench.run(&["receive", "--kind", "basic"]).ends_with(2);
    bench.run(&["tail", "-s", "nowhere"]).ends_with(4);
}

/// Whoever reads stdout may go away: what was not seen is not lost.
#[cfg(unix)]
#[test]
fn events_that_cannot_be_printed_are_released() {
    let bench = Bench::new();
    bench.publish(2);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = bench.command(&["receive", "--ack"]);
    let mut program = command.stdout(writer).stdin(Stdio::null()).spawn().unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(141));
    assert_eq!(bench.counts(), [2, 0, 0, 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn tail_ends_when_its_reader_does_although_no_event_matches() {
    let bench = Bench::new();
    let mut command = bench.command(&["tail", "--ack", "--where", "data.n=4"]);
    let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(program.stdout.take());
    assert_eq!(program.wait().unwrap().code(), Some(141));
}

#[test]
fn tail_acknowledges_what_it_prints_and_what_does_not_match() {
    let bench = Bench::new();
    bench.publish(5);
    let filter = r#"{"advancedFilters":[{"operatorType":"NumberGreaterThan","key":"data.n","value":2}]}"#;
    let ended = bench.run(&["tail", "--ack", "--max", "3", "--filter", filter]).ends_with(0);
    let ids: Vec<_> = lines(&ended).iter().map(|line| line["event"]["id"].clone()).collect();
    assert_eq!(ids, ["3", "4", "5"]);
    assert_eq!(bench.counts(), [0, 0, 5, 0]);
}

#[test]
fn tail_leaves_events_where_they_are_unless_it_acknowledges() {
    let bench = Bench::new();
    bench.publish(4);
    let ended = bench.run(&["tail", "--max", "1", "--where", "data.n=4", "-o", "raw"]).ends_with(0);
    assert_eq!(ended.stdout, "{\"n\":4}\n");
    assert_eq!(bench.counts(), [4, 0, 0, 0]);
}

#[cfg(unix)]
#[test]
fn tail_releases_what_it_holds_when_it_is_interrupted() {
    use std::io::{BufRead as _, BufReader};
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let bench = Bench::new();
        bench.publish(2);
        let mut command = bench.command(&["tail"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
        let mut program = command.spawn().unwrap();
        let mut printed = BufReader::new(program.stdout.take().unwrap());
        for _ in 0..2 {
            assert!(printed.read_line(&mut String::new()).unwrap() > 0);
        }
        assert_eq!(bench.counts(), [0, 2, 0, 0]);
        crate::support::signal(&program, signal);
        let ended = Ended::new(&program.wait_with_output().unwrap()).ends_with(code);
        assert!(ended.stderr.contains("released 2"), "{ended:?}");
        assert_eq!(bench.counts(), [2, 0, 0, 0]);
    }
}

#[test]
fn a_subscription_that_pushes_ends_what_would_receive_from_it() {
    use eventgrid_emulator::broker::PushEndpoint;

    let endpoint = PushEndpoint::new("http://127.0.0.1:1/events").unwrap();
    let builder = eventgrid_emulator::Emulator::builder().subscription("orders", "pushed");
    let bench = Bench::with(builder.subscription_push_endpoint("orders", "pushed", endpoint));
    let listen = ["listen", "--forward-to", "http://127.0.0.1:1", "--skip-handshake"];
    for command in [&["receive"][..], &["tail"], &["process", "--", "true"], &listen] {
        let command = [&[command[0], "-s", "pushed"], &command[1..]].concat();
        let ended = bench.run(&command).ends_with(8);
        assert!(ended.stderr.contains("name one by --subscription"), "{ended:?}");
    }
    let checked = bench.run(&["doctor", "-s", "pushed"]).ends_with(8);
    let receive = lines(&checked).into_iter().find(|finding| finding["check"] == "receive").unwrap();
    assert_eq!(receive["outcome"], "problem");
    assert!(receive["detail"].as_str().unwrap().contains("delivery mode"), "{receive}");
}
