//! The HTTP interface of the MQTT broker over sockets.

use eventgrid_emulator::{Emulator, RunningEmulator};

use crate::http_client::Connection;

const PUBLISH: &str = "/mqtt/messages?api-version=2025-08-01-preview&topic=a%2F";
const RETAINED: &str = "/mqtt/retainedMessages";
const VERSION: &str = "api-version=2025-11-16-preview";

fn start() -> RunningEmulator {
    Emulator::builder().bearer_token("token").topic("orders").start("127.0.0.1:0").unwrap()
}

fn get(connection: &mut Connection, host: &str, path: &str) -> String {
    connection.write(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer token\r\n\r\n"));
    let reply = connection.reply();
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body
}

#[test]
fn messages_are_retained_and_listed_by_the_links_that_responses_have() {
    let emulator = start();
    let mut connection = Connection::open(emulator.address());
    for topic in ["1", "2", "3"] {
        connection.write(format!(
            "POST {PUBLISH}{topic}&retain=1 HTTP/1.1\r\nhost: h\r\nauthorization: Bearer token\r\n\
             content-length: 1\r\n\r\n{topic}"
        ));
        assert_eq!(connection.line(), "HTTP/1.1 204 No Content");
        while !connection.line().is_empty() {}
    }
    let host = emulator.address().to_string();
    let origin = format!("http://{host}");
    let mut path = format!("{RETAINED}?{VERSION}&topicFilter=a%2F%2B&maxResults=2");
    let mut pages = Vec::new();
    loop {
        let body = get(&mut connection, &host, &path);
        let page: serde_json::Value = serde_json::from_str(&body).unwrap();
        pages.push(page["retainedMessages"].as_array().unwrap().len());
        let Some(next) = page["nextLink"].as_str() else { break };
        path = next.strip_prefix(&origin).expect(next).to_owned();
    }
    assert_eq!(pages, [2, 1]);
    let payload = get(&mut connection, &host, &format!("{RETAINED}/message?{VERSION}&topic=a%2F3"));
    assert_eq!(payload, "3");
}

#[test]
fn a_message_is_refused_before_its_body_comes() {
    let emulator = start();
    for (token, length, status) in [("wrong", 1, 401), ("token", 524_289, 413), ("token", 3_000_000, 413)] {
        let mut connection = Connection::open(emulator.address());
        connection.write(format!(
            "POST {PUBLISH}1&retain=1 HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\n\
             expect: 100-continue\r\ncontent-length: {length}\r\n\r\n"
        ));
        assert_eq!(connection.reply().status, status, "{token} {length}");
    }
    let mut connection = Connection::open(emulator.address());
    let listed = get(&mut connection, "h", &format!("{RETAINED}?{VERSION}&topicFilter=%23"));
    assert_eq!(listed, r#"{"nextLink":null,"retainedMessages":[]}"#);
}
