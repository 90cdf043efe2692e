//! `egrid webhook listen`.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::support::{Bench, Ended};

/// A secret of these tests.
const SECRET: &str = "hunter2";

/// The program while it listens.
pub(crate) struct Listening {
    pub(crate) program: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: BufReader<ChildStderr>,
}

impl Listening {
    /// On a port of the system's choice.
    pub(crate) fn start(bench: &Bench, arguments: &[&str]) -> Self {
        Self::start_at(bench, 0, arguments)
    }

    /// On that port.
    pub(crate) fn start_at(bench: &Bench, port: u16, arguments: &[&str]) -> Self {
        let port = port.to_string();
        let mut command = bench.command(&[&["webhook", "listen", "--port", &port], arguments].concat());
        command.env("WEBHOOK_SECRET", SECRET);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        let stdout = program.stdout.take().map(BufReader::new);
        let mut stderr = BufReader::new(program.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}"));
        Self { program, address: address.to_owned(), stdout, stderr }
    }

    /// Sends a request, and returns the response as text.
    fn send(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(stream, "{head}\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
            .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }

    /// Sends a request, and returns the status of the response.
    fn status(&self, head: &str, body: &str) -> u16 {
        let response = self.send(head, body);
        response
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{response}"))
    }

    /// The next line of stdout.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.as_mut().unwrap().read_line(&mut line).unwrap();
        line
    }

    /// What it prints, to be read elsewhere.
    pub(crate) fn take_stdout(&mut self) -> BufReader<ChildStdout> {
        self.stdout.take().unwrap()
    }

    /// Waits for the end. What was not read before is in the output.
    fn end(mut self) -> Ended {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.take_stdout().read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut stderr).unwrap();
        assert!(!stdout.contains(SECRET) && !stderr.contains(SECRET), "{stdout}{stderr}");
        Ended { code: self.program.wait().unwrap().code().unwrap_or(-1), stdout, stderr }
    }

    /// Ends the program by a signal.
    pub(crate) fn signal(self, signal: &str) -> Ended {
        crate::support::signal(&self.program, signal);
        self.end()
    }
}

/// A test that fails leaves nobody behind.
impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

const CLOUD_EVENTS: &str = "POST /events?code=hunter2 HTTP/1.1\r\ncontent-type: application/cloudevents+json\r\n\
    aeg-event-type: Notification\r\naeg-subscription-name: BILLING\r\naeg-delivery-count: 2\r\n\
    authorization: Bearer hunter2\r\nx-mine: hunter2";
const EVENT: &str = r#"{"specversion":"1.0","id":"1","source":"s","type":"A","subject":"b","data":{"n":1}}"#;

#[test]
fn both_handshakes_and_events_of_all_forms_are_taken() {
    let bench = Bench::new();
    let mut webhook = Listening::start(&bench, &["--max", "5"]);
    let consent = webhook.send("OPTIONS / HTTP/1.1\r\nwebhook-request-origin: eventgrid.azure.net", "");
    assert!(consent.starts_with("HTTP/1.1 200 "), "{consent}");
    assert!(consent.contains("webhook-allowed-origin: eventgrid.azure.net\r\n"), "{consent}");
    let validation = webhook.send(
        "POST / HTTP/1.1\r\ncontent-type: application/json\r\naeg-event-type: SubscriptionValidation",
        r#"[{"id":"1","topic":"t","subject":"","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent",
            "eventTime":"2024-06-01T12:00:00Z","dataVersion":"1","data":{"validationCode":"c0de"}}]"#,
    );
    assert!(validation.ends_with(r#"{"validationResponse":"c0de"}"#), "{validation}");

    assert_eq!(webhook.status(CLOUD_EVENTS, EVENT), 200);
    let line: Value = serde_json::from_str(&webhook.line()).unwrap();
    assert_eq!((&line["deliveryCount"], &line["subscription"]), (&json!(2), &json!("BILLING")));
    assert_eq!(line["event"], serde_json::from_str::<Value>(EVENT).unwrap());
    let event_grid = r#"[{"id":"2","subject":"s","eventType":"B","eventTime":"2024-06-01T12:00:00Z",
        "dataVersion":"1","data":"x"},{"id":"3"}]"#;
    assert_eq!(webhook.status("POST / HTTP/1.1\r\ncontent-type: application/json", event_grid), 200);
    assert_eq!(serde_json::from_str::<Value>(&webhook.line()).unwrap()["event"]["eventType"], "B");
    let unreadable: Value = serde_json::from_str(&webhook.line()).unwrap();
    assert!(unreadable["error"].as_str().unwrap().contains("missing"), "{unreadable}");
    let binary = "POST / HTTP/1.1\r\ncontent-type: text/plain\r\nce-specversion: 1.0\r\nce-id: 4\r\n\
        ce-source: s\r\nce-type: C\r\nce-size: 5";
    assert_eq!(webhook.status(binary, "text"), 200);
    let line: Value = serde_json::from_str(&webhook.line()).unwrap();
    assert_eq!((&line["event"]["type"], &line["event"]["data"]), (&json!("C"), &json!("text")));
    assert_eq!(webhook.status("GET / HTTP/1.1", ""), 405);
    assert_eq!(webhook.status(CLOUD_EVENTS, "{"), 400);
    assert_eq!(webhook.status(CLOUD_EVENTS, EVENT), 200);
    let ended = webhook.end().ends_with(0);
    assert!(ended.stderr.contains("consented: eventgrid.azure.net"), "{ended:?}");
    assert!(ended.stderr.contains("validated: "), "{ended:?}");
}

#[test]
fn the_response_is_as_it_is_asked_for() {
    let bench = Bench::new();
    let webhook = Listening::start(&bench, &["--respond", "503,429,202", "--max", "4", "-o", "raw"]);
    let statuses: Vec<_> = (0..4).map(|_| webhook.status(CLOUD_EVENTS, EVENT)).collect();
    assert_eq!(statuses, [503, 429, 202, 202]);
    assert_eq!(webhook.end().ends_with(0).stdout, "{\"n\":1}\n".repeat(4));
    bench.run(&["webhook", "listen", "--respond", "99"]).ends_with(2);
}

#[test]
fn headers_are_shown_without_what_proves_who_sends() {
    let bench = Bench::new();
    let arguments =
        ["--headers", "--max", "1", "--secret-env", "WEBHOOK_SECRET", "--secret-header", "X-Mine"];
    let webhook = Listening::start(&bench, &arguments);
    assert_eq!(webhook.status(&CLOUD_EVENTS.replace("x-mine: hunter2", "x-mine: hunter3"), EVENT), 401);
    let secrets = ["x-functions-key", "Ocp-Apim-Subscription-Key", "x-api-key", "cookie", "x-csrf-token"];
    let head =
        secrets.iter().fold(CLOUD_EVENTS.to_owned(), |head, name| format!("{head}\r\n{name}: hunter2"));
    assert_eq!(webhook.status(&head, EVENT), 200);
    let ended = webhook.end().ends_with(0);
    let line: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(line["headers"]["aeg-subscription-name"], "BILLING");
    assert_eq!(
        (&line["headers"]["authorization"], &line["headers"]["x-mine"]),
        (&json!("(hidden)"), &json!("(hidden)"))
    );
    for name in secrets {
        assert_eq!(line["headers"][name.to_ascii_lowercase()], "(hidden)", "{line}");
    }
    assert!(ended.stderr.contains("refused: the request does not bring the secret"), "{ended:?}");
}

#[test]
fn the_secret_is_in_the_query_unless_it_is_in_a_header() {
    let bench = Bench::new();
    bench.file("secret", &format!("{SECRET}\n"));
    let webhook = Listening::start(&bench, &["--secret-file", "secret", "--max", "1"]);
    assert_eq!(webhook.status(&CLOUD_EVENTS.replace("code=", "other="), EVENT), 401);
    assert_eq!(webhook.status(CLOUD_EVENTS, EVENT), 200);
    webhook.end().ends_with(0);
    bench.file("empty", "");
    bench.run(&["webhook", "listen", "--secret-file", "empty"]).ends_with(2);
    bench.run(&["webhook", "listen", "--secret-header", "x"]).ends_with(2);
    let unset = bench.run(&["webhook", "listen", "--secret-env", "NOT_SET"]).ends_with(3);
    assert!(unset.stderr.contains("cannot read the secret from the variable NOT_SET"), "{unset:?}");
}

#[test]
fn a_custom_schema_is_any_json() {
    let bench = Bench::new();
    let webhook = Listening::start(&bench, &["--custom-schema", "--max", "3", "-o", "raw"]);
    let head = "POST / HTTP/1.1\r\ncontent-type: application/json";
    assert_eq!(webhook.status(head, "[{\"mine\":1},\n{\"mine\":2}]"), 200);
    assert_eq!(webhook.status(head, "{\"mine\":3}"), 200);
    assert_eq!(webhook.end().ends_with(0).stdout, "{\"mine\":1}\n{\"mine\":2}\n{\"mine\":3}\n");
}

#[test]
fn what_is_too_large_and_what_is_empty_is_said() {
    let bench = Bench::new();
    let webhook = Listening::start(&bench, &["--max", "1"]);
    let batch = CLOUD_EVENTS.replace("cloudevents+json", "cloudevents-batch+json");
    assert_eq!(webhook.status(&batch, &" ".repeat(2 * 1024 * 1024 + 1)), 413);
    assert_eq!(webhook.status(&batch, "[]"), 200);
    assert_eq!(webhook.status(CLOUD_EVENTS, EVENT), 200);
    let ended = webhook.end().ends_with(0);
    assert_eq!(
        ended.stderr,
        "refused: the body has more than 2097152 bytes\nempty: a delivery without events\n"
    );
}

#[test]
fn a_signal_ends_it_with_its_code() {
    let bench = Bench::new();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let webhook = Listening::start(&bench, &["-o", "json"]);
        // A connection that nobody uses does not hold it up.
        let _idle = TcpStream::connect(&webhook.address).unwrap();
        assert_eq!(webhook.status(CLOUD_EVENTS, EVENT), 200);
        let ended = webhook.signal(signal).ends_with(code);
        assert_eq!(serde_json::from_str::<Vec<Value>>(&ended.stdout).unwrap().len(), 1);
    }
}

#[test]
fn an_address_that_is_taken_is_said() {
    let bench = Bench::new();
    let webhook = Listening::start(&bench, &[]);
    let port = webhook.address.rsplit_once(':').unwrap().1;
    let ended = bench.run(&["webhook", "listen", "--port", port]).ends_with(1);
    assert!(ended.stderr.contains("advice: another program listens there"), "{ended:?}");
    webhook.signal("-INT").ends_with(130);
}
