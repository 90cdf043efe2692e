//! `egrid mqtt`, against a server that follows a script.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use crate::support::{Bench, Ended, TOKEN};

/// A broker that sends these responses, one after the other, and says what it was asked.
struct Broker {
    endpoint: String,
    requests: JoinHandle<Vec<String>>,
}

impl Broker {
    /// Each response is a status, headers and a body, in which `{endpoint}` is filled in.
    fn new(responses: &'static [(&'static str, &'static str, &'static [u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let own = endpoint.clone();
        let serve = move |(status, headers, body): &(&str, &str, &[u8])| {
            let (mut connection, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(connection.try_clone().unwrap());
            let mut request = String::new();
            while reader.read_line(&mut request).unwrap() > 2 {}
            let lower = request.to_ascii_lowercase();
            let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let mut sent = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            reader.read_exact(&mut sent).unwrap();
            request.push_str(&String::from_utf8_lossy(&sent));
            let body = match std::str::from_utf8(body) {
                Ok(text) => text.replace("{endpoint}", &own).into_bytes(),
                Err(_) => body.to_vec(),
            };
            let length = match *status {
                "204 No Content" => String::new(),
                _ => format!("content-length: {}\r\n", body.len()),
            };
            write!(connection, "HTTP/1.1 {status}\r\n{headers}{length}connection: close\r\n\r\n").unwrap();
            connection.write_all(&body).unwrap();
            request
        };
        Self { endpoint, requests: thread::spawn(move || responses.iter().map(serve).collect()) }
    }

    /// Runs `egrid mqtt` with these arguments, and returns what it left and what the broker was
    /// asked.
    fn run(self, arguments: &[&str], stdin: &str) -> (Ended, Vec<String>) {
        let bench = Bench::new().without_variables();
        bench.file("token", TOKEN);
        let connection = ["--endpoint", &self.endpoint, "--key-file", "token"];
        let ended = bench.run_with(&[&["mqtt"], arguments, &connection].concat(), stdin);
        (ended, self.requests.join().unwrap())
    }
}

#[test]
fn a_message_is_published_with_all_that_belongs_to_it() {
    let arguments = [
        "publish",
        "devices/17/commands",
        "--text",
        "restart",
        "--qos",
        "0",
        "--response-topic",
        "backend/r",
        "--correlation-data",
        "4711",
        "--property",
        "a=1",
        "--property",
        "a=2=3",
        "--content-type",
        "text/plain",
        "--expiry",
        "1m",
    ];
    let (ended, requests) = Broker::new(&[("204 No Content", "", b"")]).run(&arguments, "");
    assert_eq!(ended.ends_with(0).stderr, "published 1 message\n");
    let request = &requests[0];
    let start =
        "POST /mqtt/messages?api-version=2025-08-01-preview&topic=devices%2F17%2Fcommands&qos=0&retain=0 ";
    assert!(request.starts_with(start), "{request}");
    for header in [
        format!("authorization: Bearer {TOKEN}"),
        "mqtt-response-topic: backend%2Fr".to_owned(),
        "mqtt-correlation-data: NDcxMQ==".to_owned(),
        // [{"a":"1"},{"a":"2=3"}]
        "mqtt-user-properties: W3siYSI6IjEifSx7ImEiOiIyPTMifV0=".to_owned(),
        "content-type: text/plain".to_owned(),
        "mqtt-message-expiry: 60".to_owned(),
        "mqtt-payload-format-indicator: 1".to_owned(),
    ] {
        assert!(request.contains(&format!("\r\n{header}\r\n")), "{header} is not in {request}");
    }
    assert!(request.ends_with("\r\n\r\nrestart"), "{request}");
}

#[test]
fn bytes_of_stdin_are_retained() {
    let arguments = ["publish", "devices/17/state", "--bytes", "-", "--retain"];
    let (ended, requests) = Broker::new(&[("202 Accepted", "", b"")]).run(&arguments, "on\n");
    ended.ends_with(0);
    assert!(
        requests[0].contains("&qos=1&retain=1 ") && requests[0].ends_with("\r\n\r\non\n"),
        "{requests:?}"
    );
    assert!(!requests[0].contains("mqtt-payload-format-indicator"), "{requests:?}");
}

const METADATA: &str = "x-ms-mqtt-qos: 1\r\nx-ms-mqtt-size: 42\r\n\
                        x-ms-mqtt-last-modified: 2025-11-16T12:00:00Z\r\n";

#[test]
fn a_retained_message_is_printed() {
    let arguments = ["get", "devices/17/state", "-o"];
    let (ended, requests) =
        Broker::new(&[("200 OK", METADATA, b"{\"on\":1}")]).run(&[&arguments[..], &["jsonl"]].concat(), "");
    assert_eq!(
        ended.ends_with(0).stdout,
        "{\"topic\":\"devices/17/state\",\"qos\":1,\"size\":42,\"lastModified\":\"2025-11-16T12:00:00Z\",\
         \"payload\":\"{\\\"on\\\":1}\"}\n"
    );
    let start =
        "GET /mqtt/retainedMessages/message?api-version=2025-11-16-preview&topic=devices%2F17%2Fstate ";
    assert!(requests[0].starts_with(start), "{requests:?}");
    let raw = [&arguments[..], &["raw"]].concat();
    let (ended, _) = Broker::new(&[("200 OK", METADATA, b"{\"on\":1}")]).run(&raw, "");
    assert_eq!(ended.ends_with(0).stdout, "{\"on\":1}\n");
    let jsonl = [&arguments[..], &["jsonl"]].concat();
    let (ended, _) = Broker::new(&[("200 OK", "", b"\xff\0")]).run(&jsonl, "");
    assert_eq!(ended.ends_with(0).stdout, "{\"topic\":\"devices/17/state\",\"payloadBase64\":\"/wA=\"}\n");
}

#[test]
fn a_message_that_is_not_there_is_not_found() {
    let (ended, _) = Broker::new(&[("404 Not Found", "", b"")]).run(&["get", "a"], "");
    assert!(ended.stderr.contains("the broker retains no message for the topic"), "{ended:?}");
    assert!(ended.stderr.contains("egrid mqtt list"), "{ended:?}");
    ended.ends_with(4);
}

const FIRST: &[u8] = br#"{"nextLink":"{endpoint}/mqtt/retainedMessages?continuationToken=2",
    "retainedMessages":[{"topic":"a/1","qos":1,"size":42,"expiry":null},{"topic":"a/2"}]}"#;

#[test]
fn all_pages_of_a_list_are_printed() {
    let (ended, requests) = Broker::new(&[
        ("200 OK", "", FIRST),
        ("200 OK", "", br#"{"nextLink":null,"retainedMessages":[{"topic":"a/3"}]}"#),
    ])
    .run(&["list", "a/+", "--page-size", "2", "-o", "jsonl"], "");
    assert_eq!(
        ended.ends_with(0).stdout,
        "{\"topic\":\"a/1\",\"qos\":1,\"size\":42}\n{\"topic\":\"a/2\"}\n{\"topic\":\"a/3\"}\n"
    );
    assert!(requests[0].contains("&topicFilter=a%2F%2B&maxResults=2 "), "{requests:?}");
    assert!(requests[1].contains("?continuationToken=2&api-version=2025-11-16-preview "), "{requests:?}");
}

#[test]
fn a_list_ends_where_it_is_to_end() {
    let (ended, requests) =
        Broker::new(&[("200 OK", "", FIRST)]).run(&["list", "--max", "2", "-o", "raw"], "");
    assert_eq!(ended.ends_with(0).stdout, "a/1\na/2\n");
    assert_eq!(requests.len(), 1);
}

#[test]
fn a_list_that_leads_elsewhere_is_an_error_after_what_came() {
    const ELSEWHERE: &[u8] = br#"{"nextLink":"http://other.example/","retainedMessages":[{"topic":"a/1"}]}"#;
    let (ended, _) = Broker::new(&[("200 OK", "", ELSEWHERE)]).run(&["list", "-o", "raw"], "");
    assert_eq!(ended.stdout, "a/1\n");
    assert!(ended.stderr.contains("does not lead to the endpoint"), "{ended:?}");
    ended.ends_with(2);
}

#[test]
fn a_retained_message_is_deleted() {
    let (ended, requests) = Broker::new(&[("204 No Content", "", b"")]).run(&["delete", "a/b"], "");
    assert_eq!(ended.ends_with(0).stderr, "the broker retains no message for a/b now\n");
    assert!(requests[0].contains("topic=a%2Fb&qos=1&retain=1 "), "{requests:?}");
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is_sent() {
    let bench = Bench::new().without_variables();
    bench.file("token", TOKEN);
    let endpoint = ["--endpoint", "https://ns.example"];
    let token = ["--key-file", "token"];
    for (arguments, words, code) in [
        (&["get", "a/+"][..], "wildcards", 2),
        (&["list", "a#"], "`#` must be the last character", 2),
        (&["publish", "a", "--text", "x", "--property", "b"], "NAME=VALUE", 2),
        (&["publish", "a"], "--text", 2),
        (&["publish", "a", "--text", "", "--retain"], "egrid mqtt delete", 2),
        (&["get", "a", "--topic", "orders"], "after the command", 2),
    ] {
        let ended = bench.run(&[&["mqtt"], arguments, &endpoint, &token].concat()).ends_with(code);
        assert!(ended.stderr.contains(words), "{ended:?}");
    }
    let ended = bench.run(&[&["mqtt", "get", "a"], &endpoint[..], &["--key", "c2VjcmV0MTc="]].concat());
    assert!(ended.stderr.contains("give one by --key-command or --entra-id"), "{ended:?}");
    ended.ends_with(3);
    let topics = ["--endpoint", "https://ns.westeurope-1.eventgrid.azure.net"];
    let ended = bench.run(&[&["mqtt", "get", "a"], &topics[..], &token].concat()).ends_with(2);
    assert!(ended.stderr.contains("NAMESPACE.REGION-1.ts.eventgrid.azure.net"), "{ended:?}");
}
