//! Clients that are slow, gone, not authorized, or not quite HTTP.

use std::time::Duration;

use eventgrid_emulator::broker::SubscriptionStats;
use eventgrid_emulator::{Emulator, EmulatorBuilder, RunningEmulator};

use crate::connections::until;
use crate::http_client::{Connection, PUBLISH, RECEIVE};

fn builder() -> EmulatorBuilder {
    Emulator::builder().key("c2VjcmV0").subscription("orders", "billing")
}

fn start() -> RunningEmulator {
    builder().start("127.0.0.1:0").unwrap()
}

fn stats(emulator: &RunningEmulator) -> SubscriptionStats {
    emulator.stats("orders", "billing").unwrap()
}

#[test]
fn a_client_that_hangs_up_after_one_more_byte_takes_no_events() {
    for more in ["P", "POST / HTTP/1.1\r\n", &"x".repeat(10_000)] {
        let emulator = start();
        let mut gone = Connection::open(emulator.address());
        gone.send(RECEIVE, "application/json", "");
        until(|| emulator.waiting() == 1);
        gone.write(more);
        drop(gone);
        until(|| emulator.waiting() == 0);
        Connection::open(emulator.address()).publish("1");
        assert_eq!(stats(&emulator).deliveries, 0);
    }
}

#[test]
fn a_request_pipelined_after_one_that_waits_gets_its_response_after_it() {
    let emulator = start();
    let mut connection = Connection::open(emulator.address());
    connection.send(RECEIVE, "application/json", "");
    until(|| emulator.waiting() == 1);
    connection.send(RECEIVE, "application/json", "");
    let mut publisher = Connection::open(emulator.address());
    publisher.publish("1");
    assert_eq!(connection.reply().events(), 1);
    until(|| emulator.waiting() == 1);
    publisher.publish("2");
    assert_eq!(connection.reply().events(), 1);
}

#[test]
fn events_of_a_response_that_cannot_be_written_go_back() {
    const EVENTS: u64 = 40;
    let emulator = start();
    let mut publisher = Connection::open(emulator.address());
    // More than the buffers of a connection hold.
    let data = "x".repeat(500_000);
    for id in 0..EVENTS {
        let event =
            format!(r#"{{"specversion":"1.0","id":"{id}","source":"/s","type":"t","data":"{data}"}}"#);
        publisher.send(PUBLISH, "application/cloudevents+json", &event);
        assert_eq!(publisher.reply().status, 200);
    }
    let mut gone = Connection::open(emulator.address());
    gone.send(&format!("{RECEIVE}&maxEvents=100"), "application/json", "");
    until(|| stats(&emulator).locked == EVENTS);
    drop(gone);
    until(|| stats(&emulator).queued == EVENTS);
    assert_eq!(stats(&emulator).deliveries, 0, "all is as if it had not been asked for");
    publisher.send(&format!("{RECEIVE}&maxEvents=100"), "application/json", "");
    assert_eq!(publisher.reply().events(), 40);
}

#[test]
fn a_head_or_a_body_that_does_not_come_ends_the_connection_and_an_idle_one_stays() {
    // Far longer than those requests take that are whole.
    let emulator = builder().request_timeout(Duration::from_secs(3)).start("127.0.0.1:0").unwrap();
    let mut idle = Connection::open(emulator.address());
    idle.publish("1");
    let head = format!("POST {PUBLISH} HTTP/1.1\r\nhost: h\r\naeg-sas-key: c2VjcmV0\r\n");
    let body = format!("{head}content-length: 10\r\n\r\n[");
    let mut slow = ["", "P", &head, &body].map(|sent| {
        let mut connection = Connection::open(emulator.address());
        connection.write(sent);
        (sent, connection)
    });
    let mut second = Connection::open(emulator.address());
    second.publish("2");
    second.write("POST /");
    let mut after_head = Connection::open(emulator.address());
    after_head.write("HEAD /emulator/health HTTP/1.1\r\nhost: h\r\n\r\n");
    while !after_head.line().is_empty() {}
    after_head.write("POST /");
    for (sent, connection) in &mut slow {
        assert_eq!(connection.end(), "", "{sent}");
    }
    assert_eq!(second.end(), "", "the second head of a connection takes no longer either");
    assert_eq!(after_head.end(), "", "nor after a response whose body was not wanted");
    idle.publish("3");
    assert_eq!(stats(&emulator).published, 3);
}

#[test]
fn no_body_is_invited_from_who_has_no_access_or_sends_too_much() {
    let emulator = start();
    for (key, length, status) in [
        ("wrong", "10", 401),
        ("wrong", "99000000", 401),
        ("c2VjcmV0", "99000000", 413),
        ("c2VjcmV0", "1048577", 413),
    ] {
        let mut connection = Connection::open(emulator.address());
        connection.write(format!(
            "POST {PUBLISH} HTTP/1.1\r\nhost: h\r\naeg-sas-key: {key}\r\nexpect: 100-continue\r\n\
             content-type: application/cloudevents+json\r\ncontent-length: {length}\r\n\r\n"
        ));
        assert_eq!(connection.reply().status, status, "{key} {length}");
    }
    let mut connection = Connection::open(emulator.address());
    let event = r#"{"specversion":"1.0","id":"1","source":"/s","type":"t"}"#;
    connection.write(format!(
        "POST {PUBLISH} HTTP/1.1\r\nhost: h\r\naeg-sas-key: c2VjcmV0\r\nexpect: 100-continue\r\n\
         content-type: application/cloudevents+json\r\ncontent-length: {}\r\n\r\n",
        event.len()
    ));
    assert_eq!(connection.line(), "HTTP/1.1 100 Continue");
    assert_eq!(connection.line(), "");
    connection.write(event);
    assert_eq!(connection.reply().status, 200);
}

#[test]
fn a_large_body_without_access_is_refused_and_the_connection_goes_on() {
    let emulator = start();
    let mut connection = Connection::open(emulator.address());
    connection.write(format!(
        "POST {PUBLISH} HTTP/1.1\r\nhost: h\r\naeg-sas-key: wrong\r\ncontent-length: 3000000\r\n\r\n"
    ));
    assert_eq!(connection.reply().status, 401, "before its body came");
    connection.write(" ".repeat(3_000_000));
    connection.publish("1");
}

#[test]
fn a_request_names_one_host() {
    let emulator = start();
    for (version, hosts, status) in [
        ("1.1", "", 400),
        ("1.1", "host: a\r\nhost: b\r\n", 400),
        ("1.1", "host: a\r\n", 404),
        ("1.1", "host:\r\n", 404),
        ("1.0", "", 404),
        ("1.0", "host: a\r\nhost: a\r\n", 400),
    ] {
        let mut connection = Connection::open(emulator.address());
        connection.write(format!("GET / HTTP/{version}\r\n{hosts}aeg-sas-key: c2VjcmV0\r\n\r\n"));
        let line = connection.line();
        assert_eq!(line.split(' ').nth(1), Some(&*status.to_string()), "{version} {hosts}: {line}");
    }
}

#[test]
fn a_panic_of_a_programs_own_work_ends_nothing_else() {
    let emulator = start();
    let work = || emulator.with(|_| panic!("on purpose"));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err());
    Connection::open(emulator.address()).publish("1");
    assert_eq!(emulator.with(|emulator| emulator.waiting()), 0);
}
