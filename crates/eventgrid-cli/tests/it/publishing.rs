//! `egrid publish`.

use eventgrid_emulator::{Emulator, InputSchema};
use serde_json::{Value, json};

use crate::support::Bench;
#[cfg(unix)]
use crate::support::Ended;

const EVENT: &str = r#"{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created"}"#;

fn event(id: &str) -> String {
    EVENT.replace(r#""id":"1""#, &format!(r#""id":"{id}""#))
}

#[test]
fn an_event_is_made_of_arguments() {
    let bench = Bench::new();
    let ended = bench
        .run(&[
            "publish",
            "--type",
            "Order.Created",
            "--source",
            "urn:shop",
            "--subject",
            "orders/17",
            "--id",
            "a",
            "--time",
            "2024-06-01T12:00:00Z",
            "--field",
            "order.total=9.5",
            "--field",
            "order.to=Ulm",
            "--ext",
            "size=5",
            "--ext",
            "route=a b",
            "--dataschema",
            "urn:s",
        ])
        .ends_with(0);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", "published 1 event\n"));
    assert_eq!(
        bench.accepted(),
        [[json!({
            "specversion": "1.0", "id": "a", "source": "urn:shop", "type": "Order.Created",
            "subject": "orders/17", "time": "2024-06-01T12:00:00Z", "dataschema": "urn:s", "size": 5,
            "route": "a b", "data": {"order": {"total": 9.5, "to": "Ulm"}},
        })]]
    );
}

#[test]
fn data_is_json_text_or_bytes_of_an_argument_a_file_or_stdin() {
    let bench = Bench::new();
    bench.file("data.json", r#"{"n": {{n}}}"#);
    bench.file("picture", "\u{1}\u{2}");
    bench.run(&["publish", "--type", "A", "--data", "@data.json"]).ends_with(0);
    bench.run_with(&["publish", "--type", "A", "--data", "-"], "[1]").ends_with(0);
    bench.run(&["publish", "--type", "A", "--text", "x{{n}}"]).ends_with(0);
    bench.run(&["publish", "--type", "A", "--bytes", "picture"]).ends_with(0);
    bench.run(&["publish", "--type", "A", "--data", "{"]).ends_with(2);
    let accepted = bench.accepted();
    let data: Vec<_> = accepted.iter().map(|events| &events[0]).collect();
    assert_eq!(data[0]["data"], json!({"n": 1}));
    assert_eq!(data[1]["data"], json!([1]));
    assert_eq!((&data[2]["data"], &data[2]["datacontenttype"]), (&json!("x1"), &json!("text/plain")));
    assert_eq!(data[3]["data_base64"], "AQI=");
}

#[test]
fn a_count_fills_in_templates_and_gathers_requests() {
    let bench = Bench::new();
    let arguments = [
        "publish",
        "--type",
        "A",
        "--id",
        "order-{{n}}",
        "--text",
        "{{uuid}}",
        "--count",
        "25",
        "--max-events",
        "10",
    ];
    bench.run(&arguments).ends_with(0);
    let accepted = bench.accepted();
    assert_eq!(accepted.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 5]);
    assert_eq!(accepted[2][4]["id"], "order-25");
    // A rate makes requests small, so that events do not come in bursts.
    bench.run(&["publish", "--type", "A", "--count", "4", "--rate", "20"]).ends_with(0);
    assert_eq!(bench.accepted()[3..].iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    bench.run(&["publish", "--type", "A", "--text", "{{x}}"]).ends_with(2);
    bench.run(&["publish", "--type", "A", "--text", "{{x}}", "--no-templates"]).ends_with(0);
}

#[test]
fn requests_are_as_large_as_they_may_be() {
    let bench = Bench::new();
    let text = "x".repeat(160);
    let arguments = ["publish", "--type", "A", "--text", &text, "--count", "6", "--max-bytes", "800"];
    bench.run(&arguments).ends_with(0);
    assert_eq!(bench.accepted().iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2]);
    let ended = bench.run(&["publish", "--type", "A", "--text", &text, "--max-bytes", "100"]).ends_with(2);
    assert!(ended.stderr.contains("more than any request may have"), "{ended:?}");
}

#[test]
fn whole_events_are_read_from_files_and_stdin() {
    let bench = Bench::new();
    bench.file("lines.jsonl", &format!("{}\n{}\n", event("1"), event("2")));
    bench.file("array.json", &format!("[\n{},\n{}]", event("3"), event("4")));
    bench.run(&["publish", "lines.jsonl", "array.json"]).ends_with(0);
    bench.run_with(&["publish", "-"], &event("5")).ends_with(0);
    bench.run_with(&["publish"], &event("6")).ends_with(0);
    let ids: Vec<Value> = bench.accepted().iter().flatten().map(|event| event["id"].clone()).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "5", "6"]);
}

#[test]
fn received_events_and_dead_letters_are_published_again() {
    let bench = Bench::new();
    bench.run_with(&["publish"], &format!("{}\n{}\n", event("1"), event("2"))).ends_with(0);
    let received = bench.run(&["receive", "--max", "2", "--ack"]).ends_with(0);
    let dead_letter = format!(r#"[{{"deadLetterProperties":{{}},"event":{}}}]"#, event("3"));
    bench.file("dead.json", &dead_letter);
    bench.run_with(&["publish", "-", "dead.json"], &received.stdout).ends_with(0);
    let again = bench.run(&["receive", "--max", "3", "-o", "json"]).ends_with(0);
    let records: Value = serde_json::from_str(&again.stdout).unwrap();
    let ids: Vec<_> = records.as_array().unwrap().iter().map(|record| &record["event"]["id"]).collect();
    assert_eq!(ids, ["1", "2", "3"]);
}

#[test]
fn lines_may_be_data_alone() {
    let bench = Bench::new();
    bench
        .run_with(&["publish", "--type", "A", "--id", "{{n}}", "--data-lines"], "{\"a\":1}\n[2]\n")
        .ends_with(0);
    bench.run_with(&["publish", "--type", "A", "--text-lines"], "one\ntwo\n").ends_with(0);
    let accepted = bench.accepted();
    assert_eq!((&accepted[0][0]["data"], &accepted[0][1]["data"]), (&json!({"a": 1}), &json!([2])));
    assert_eq!((&accepted[0][1]["id"], &accepted[1][1]["data"]), (&json!("2"), &json!("two")));
    let refused = bench.run_with(&["publish", "--subject", "a"], EVENT).ends_with(2);
    assert!(refused.stderr.contains("--data-lines"), "{refused:?}");
}

#[test]
fn what_is_refused_is_reported_by_its_place_and_kept() {
    let bench = Bench::new();
    let input = format!("{}\nnonsense\n{}\n{}\n", event("1"), r#"{"id":"2"}"#, event("3"));
    let ended = bench.run_with(&["publish", "-o", "json", "--failed", "failed.jsonl"], &input).ends_with(6);
    assert_eq!(ended.stdout, "[\n{\"accepted\":2,\"failed\":2}\n]\n");
    assert!(
        ended.stderr.contains("line 2 of stdin: ") && ended.stderr.contains("line 3 of stdin: "),
        "{ended:?}"
    );
    assert_eq!(bench.content("failed.jsonl"), "nonsense\n{\"id\":\"2\"}\n");
}

#[test]
fn what_the_service_refuses_can_be_published_again() {
    let bench = Bench::new();
    let input = format!("{}\n{}\n{}\n", event("1"), event("2"), event("3"));
    let arguments = ["publish", "-t", "nowhere", "--failed", "failed.jsonl", "--max-events", "2"];
    let ended = bench.run_with(&arguments, &input).ends_with(4);
    assert!(ended.stderr.contains("line 1 of stdin to line 2 of stdin: "), "{ended:?}");
    assert!(ended.stderr.contains("3 events were not accepted"), "{ended:?}");
    assert!(bench.accepted().is_empty());
    bench.run(&["publish", "failed.jsonl"]).ends_with(0);
    assert_eq!(bench.accepted()[0].len(), 3);
    let same = bench.run(&["publish", "failed.jsonl", "--failed", "failed.jsonl"]).ends_with(2);
    assert!(same.stderr.contains("--failed"), "{same:?}");
}

#[cfg(unix)]
#[test]
fn the_file_for_events_that_fail_is_not_read_by_another_name() {
    let bench = Bench::new();
    bench.file("failed.jsonl", "nonsense\n");
    let path = |name: &str| bench.folder.path().join(name);
    std::fs::hard_link(path("failed.jsonl"), path("other.jsonl")).unwrap();
    bench.run(&["publish", "other.jsonl", "--failed", "failed.jsonl"]).ends_with(2);
    for arguments in [&["publish"][..], &["publish", "-"]] {
        let mut command = bench.command(&[arguments, &["--failed", "failed.jsonl"]].concat());
        command.stdin(std::fs::File::open(path("failed.jsonl")).unwrap());
        let ended = Ended::new(&command.output().unwrap()).ends_with(2);
        assert!(ended.stderr.contains("is also read"), "{ended:?}");
    }
    assert_eq!(bench.content("failed.jsonl"), "nonsense\n");
    let mut command = bench.command(&["publish", "--failed", "/dev/null"]);
    command.stdin(std::fs::File::open("/dev/null").unwrap());
    Ended::new(&command.output().unwrap()).ends_with(0);
}

#[test]
fn what_cannot_be_kept_is_named() {
    let bench = Bench::new();
    let input = format!("{}\n{}\nnonsense\n{}\n", event("1"), event("2"), event("3"));
    // A folder is no file.
    let keep = ["publish", "--failed", ".", "-o", "json"];
    let ended = bench.run_with(&keep, &input).ends_with(1);
    assert!(ended.stderr.contains("cannot keep events that failed in ."), "{ended:?}");
    let unsent = "line 1 of stdin to line 2 of stdin were read and not sent";
    assert!(ended.stderr.contains(unsent), "{ended:?}");
    assert_eq!(ended.stdout, "[\n{\"accepted\":0,\"failed\":3}\n]\n");
    // What was accepted is not said to be unsent.
    let large = event("large").replace('}', &format!(r#","data":"{}"}}"#, "x".repeat(1_100_000)));
    let input = format!("{}\n{}\n{large}\n{}\n", event("1"), event("2"), event("3"));
    let ended = bench.run_with(&[&keep[..], &["--max-events", "3"]].concat(), &input).ends_with(1);
    assert_eq!(ended.stdout, "[\n{\"accepted\":2,\"failed\":1}\n]\n");
    assert!(!ended.stderr.contains("not sent"), "{ended:?}");
}

#[test]
fn a_dry_run_shows_the_request_without_the_key() {
    let bench = Bench::new();
    let ended =
        bench.run(&["publish", "--type", "A", "--id", "1", "--time", "2024-06-01T12:00:00Z", "--dry-run"]);
    let ended = ended.ends_with(0);
    let endpoint = bench.emulator.endpoint();
    let url = format!("POST {endpoint}/topics/orders:publish?api-version=2024-06-01\n");
    assert!(ended.stdout.starts_with(&url), "{ended:?}");
    assert!(ended.stdout.contains("\nauthorization: SharedAccessKey (hidden)\n"), "{ended:?}");
    assert!(
        ended.stdout.contains("\ncontent-type: application/cloudevents-batch+json; charset=utf-8\n"),
        "{ended:?}"
    );
    let body = "[{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"urn:egrid\",\"type\":\"A\",\"time\":\"2024-06-01T12:00:00Z\"}]";
    assert!(ended.stdout.ends_with(&format!("\n\n{body}\n\n")), "{ended:?}");
    assert!(bench.accepted().is_empty());
    let remote = ["publish", "--type", "A", "--dry-run", "--endpoint", "https://ns.example", "-t", "orders"];
    bench.without_variables().run(&remote).ends_with(0);
}

#[test]
fn binary_mode_sends_each_event_by_itself() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A", "--text", "x", "--count", "2", "--binary"]).ends_with(0);
    let accepted = bench.emulator.accepted();
    assert_eq!(accepted.len(), 2);
    assert_eq!(accepted[0].headers["content-type"], "text/plain");
    assert_eq!(bench.accepted()[1][0]["data"], "x");
}

#[test]
fn json_has_its_media_type_in_binary_mode() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A", "--field", "a=1", "--binary"]).ends_with(0);
    bench.run_with(&["publish", "--binary"], &EVENT.replace('}', r#","data":"x"}"#)).ends_with(0);
    bench.run_with(&["publish", "--binary"], EVENT).ends_with(0);
    let accepted = bench.emulator.accepted();
    assert!(accepted.iter().all(|request| request.headers["content-type"] == "application/json"));
    let accepted = bench.accepted();
    assert_eq!((&accepted[0][0]["data"], &accepted[1][0]["data"]), (&json!({"a": 1}), &json!("x")));
    assert_eq!(accepted[2][0].get("data"), None);
}

#[test]
fn every_target_and_schema_takes_its_events() {
    let builder = Emulator::builder()
        .basic_topic("basic", InputSchema::EventGrid)
        .domain("shops", InputSchema::CloudEvents)
        .partner_channel("partner", "channel", InputSchema::CloudEvents)
        .basic_topic("custom", InputSchema::Custom);
    let bench = Bench::with(builder);
    let endpoint = |name: &str| format!("{}/{name}/api/events", bench.emulator.endpoint());
    let publish = |name: &str, arguments: &[&str]| {
        bench.run(&[&["publish", "--endpoint", &endpoint(name)], arguments].concat())
    };
    let event_grid = ["--schema", "eventgrid", "--type", "A", "--subject", "s", "--data", "[1]"];
    publish("basic", &event_grid).ends_with(0);
    publish("shops", &["--kind", "domain", "--type", "A", "--domain-topic", "ulm"]).ends_with(0);
    publish("partner", &["--kind", "partner", "--channel", "channel", "--type", "A"]).ends_with(0);
    publish("custom", &["--schema", "custom", "--data", r#"{"mine":1}"#]).ends_with(0);
    let accepted = bench.accepted();
    assert_eq!((&accepted[0][0]["subject"], &accepted[0][0]["data"]), (&json!("s"), &json!([1])));
    assert_eq!(accepted[1][0]["source"], "ulm");
    assert_eq!(accepted[3][0], json!({"mine": 1}));
    publish("basic", &["--schema", "eventgrid", "--type", "A", "--bytes", "-", "--subject", "s"])
        .ends_with(2);
    bench.run(&["publish", "--schema", "eventgrid", "--type", "A", "--subject", "s"]).ends_with(2);
}

#[test]
fn the_network_has_an_exit_code_of_its_own() {
    let bench = Bench::new();
    let arguments = ["publish", "--type", "A", "--endpoint", "http://127.0.0.1:1", "--max-retries", "0"];
    let ended = bench.run(&arguments).ends_with(7);
    assert!(ended.stderr.contains("advice: "), "{ended:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let bench = Bench::new();
    bench.file("events.jsonl", EVENT);
    let first = bench.run(&["publish", "missing.jsonl"]).ends_with(1);
    assert!(first.stderr.contains("cannot read missing.jsonl\n"), "{first:?}");
    assert!(first.stderr.contains("advice: no event was read or sent\n"), "{first:?}");
    let second = bench.run(&["publish", "events.jsonl", "missing.jsonl"]).ends_with(1);
    assert!(second.stderr.contains("advice: nothing after line 1 of events.jsonl was read or sent\n"));
}

/// An emulator that accepts nothing, and what says that a request was served.
#[cfg(unix)]
fn busy() -> (Bench, std::sync::mpsc::Receiver<()>) {
    use eventgrid_emulator::{Fault, FaultCondition, FaultEffect, Operation};

    let busy = FaultEffect::new().status(503).header("Retry-After", "60");
    let (to, served) = std::sync::mpsc::channel();
    let builder = Emulator::builder()
        .topic("orders")
        .fault(Fault::new(FaultCondition::new().operation(Operation::Publish), busy))
        .on_request(move |_| to.send(()).unwrap_or_default());
    (Bench::with(builder), served)
}

#[cfg(unix)]
#[test]
fn an_interrupted_publish_keeps_what_was_not_accepted() {
    use std::io::Write as _;
    use std::process::Stdio;

    let (bench, served) = busy();
    let mut command = bench.command(&["publish", "-", "--failed", "failed.jsonl"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().unwrap();
    // It stays open: more events could come.
    let mut stdin = program.stdin.take().unwrap();
    writeln!(stdin, "{EVENT}").unwrap();
    served.recv().unwrap();
    crate::support::signal(&program, "-INT");
    let ended = Ended::new(&program.wait_with_output().unwrap()).ends_with(130);
    assert!(ended.stderr.contains("interrupted"), "{ended:?}");
    assert_eq!(bench.content("failed.jsonl"), format!("{EVENT}\n"));
}

#[cfg(unix)]
#[test]
fn an_interrupted_publish_says_which_events_were_read_and_not_sent() {
    use std::process::Stdio;

    let (bench, served) = busy();
    bench.file("events.jsonl", &format!("{EVENT}\n").repeat(5));
    let mut command = bench.command(&["publish", "events.jsonl", "--max-events", "2"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.spawn().unwrap();
    served.recv().unwrap();
    crate::support::signal(&program, "-INT");
    let ended = Ended::new(&program.wait_with_output().unwrap()).ends_with(130);
    let unsent = "line 3 of events.jsonl to line 5 of events.jsonl were read and not sent";
    assert!(ended.stderr.contains(unsent), "{ended:?}");
    assert!(ended.stderr.contains("line 1 of events.jsonl to line 2 of events.jsonl: "), "{ended:?}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_request_is_said_to_be_interrupted() {
    use std::io::Read as _;
    use std::process::Stdio;

    let bench = Bench::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let mut command = bench.command(&["publish", "--type", "A", "--endpoint", &endpoint]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.spawn().unwrap();
    let (mut connection, _) = silent.accept().unwrap();
    connection.read_exact(&mut [0]).unwrap();
    crate::support::signal(&program, "-INT");
    let ended = Ended::new(&program.wait_with_output().unwrap()).ends_with(130);
    assert!(ended.stderr.contains("the request was interrupted"), "{ended:?}");
    assert!(!ended.stderr.contains("transport"), "{ended:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stderr_changes_no_exit_code() {
    let bench = Bench::new();
    let code = |arguments: &[&str]| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        bench.command(arguments).stderr(full).status().unwrap().code()
    };
    assert_eq!(code(&["publish", "--type", "A", "--key", crate::support::KEY]), Some(0));
    assert_eq!(code(&["publish", "--type", "A", "--id", "{{x}}"]), Some(2));
    assert_eq!(code(&["publish", "--no-such-argument"]), Some(2));
    assert_eq!(code(&["tail", "-s", "nowhere"]), Some(4));
    assert_eq!(bench.accepted().len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_dry_run_that_cannot_be_printed_is_not_a_failure_of_the_network() {
    let bench = Bench::new();
    let dry_run = ["publish", "--type", "A", "--count", "5", "--max-events", "1", "--dry-run"];
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = Ended::new(&bench.command(&dry_run).stdout(full).output().unwrap());
    assert!(ended.ends_with(1).stderr.starts_with("error: cannot write to stdout"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = Ended::new(&bench.command(&dry_run).stdout(writer).output().unwrap());
    assert_eq!(ended.ends_with(141).stderr, "");
}

#[test]
fn arguments_that_would_be_lost_or_make_duplicates_are_refused() {
    let bench = Bench::new();
    let domain = bench.run(&["publish", "--type", "A", "--domain-topic", "ulm"]).ends_with(2);
    assert!(domain.stderr.contains("--domain-topic is for a domain"), "{domain:?}");
    let publish = ["publish", "--type", "A", "--count", "2", "--id"];
    let duplicates = bench.run(&[&publish[..], &["1"]].concat()).ends_with(2);
    assert!(duplicates.stderr.contains("would be duplicates"), "{duplicates:?}");
    bench.run(&[&publish[..], &["1-{{n}}"]].concat()).ends_with(0);
    bench.run(&[&publish[..], &["1", "--source", "urn:{{uuid}}"]].concat()).ends_with(0);
    for (schema, argument) in [
        ("cloudevents", "--data-version"),
        ("eventgrid", "--source"),
        ("eventgrid", "--content-type"),
        ("eventgrid", "--dataschema"),
        ("custom", "--subject"),
        ("custom", "--domain-topic"),
    ] {
        let ended = bench.run(&["publish", "--schema", schema, "--data", "1", argument, "x"]).ends_with(2);
        assert!(ended.stderr.contains(&format!("has no place for {argument}\n")), "{ended:?}");
    }
    bench.run(&["publish", "--schema", "eventgrid", "--type", "A", "--ext", "a=b"]).ends_with(2);
    assert_eq!(bench.accepted().len(), 2);
}
