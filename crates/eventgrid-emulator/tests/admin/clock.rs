//! The clock: stopped, moved, started.

use std::time::Duration;

use eventgrid_emulator::Emulator;
use serde_json::json;

use crate::client::Running;

const BILLING: &str = "/topics/orders/eventSubscriptions/billing";

fn started() -> Running {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    running.publish("orders", "1");
    running
}

#[test]
fn a_clock_that_is_moved_ends_locks_before_the_response_comes() {
    let running = started();
    let tokens = running.receive(1);
    let before = running.ok("GET", "/clock", "");
    assert_eq!((&before["isStopped"], &before["offsetInSeconds"]), (&json!(false), &json!(0.0)));
    let after = running.ok("POST", "/clock/advance", r#"{"seconds":60}"#);
    assert_eq!(after["offsetInSeconds"], 60.0);
    let counts = &running.ok("GET", BILLING, "")["counts"];
    assert_eq!((&counts["available"], &counts["locked"]), (&json!(1), &json!(0)));
    let settle = json!({ "action": "acknowledge", "lockTokens": tokens }).to_string();
    assert_eq!(
        running.ok("POST", &format!("{BILLING}/settle"), settle)["failed"].as_array().unwrap().len(),
        1
    );
    running.ok("POST", "/clock/advance", r#"{"seconds":86400}"#);
    assert_eq!(running.ok("GET", BILLING, "")["counts"]["expired"], 1);
}

#[test]
fn a_clock_that_is_stopped_stands_still_and_goes_on_from_where_it_is() {
    let running = started();
    let stopped = running.ok("POST", "/clock/stop", "");
    assert_eq!(stopped["isStopped"], true);
    let later = running.ok("GET", "/clock", "");
    assert_eq!(later["time"], stopped["time"]);
    let moved = running.ok("POST", "/clock/advance", r#"{"seconds":0.5}"#);
    assert_eq!(moved["isStopped"], true);
    assert_ne!(moved["time"], stopped["time"]);
    let started = running.ok("POST", "/clock/start", "");
    assert_eq!((&started["isStopped"], &started["time"]), (&json!(false), &moved["time"]));
}

#[test]
fn time_does_not_go_back_nor_beyond_what_can_be_written() {
    let running = started();
    for body in [
        r#"{"seconds":-1}"#,
        r#"{"seconds":1e9}"#,
        r#"{"seconds":"1"}"#,
        "{}",
        r#"{"seconds":1,"minutes":1}"#,
    ] {
        assert_eq!(running.admin("POST", "/clock/advance", body).status, 400, "{body}");
    }
}

#[test]
fn a_receive_that_waits_ends_when_the_clock_has_come_to_its_end() {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    running.ok("POST", "/clock/stop", "");
    std::thread::scope(|scope| {
        let receive = scope.spawn(|| running.receive(1));
        while running.emulator.waiting() == 0 {
            std::thread::yield_now();
        }
        running.ok("POST", "/clock/advance", r#"{"seconds":120}"#);
        assert!(receive.join().unwrap().is_empty());
    });
}

#[test]
fn the_library_moves_the_clock_of_a_server_too() {
    let running = started();
    running.emulator.stop_clock();
    let stopped = running.emulator.clock();
    running.emulator.advance_clock(Duration::from_secs(86_400));
    assert_eq!(running.emulator.clock().time, stopped.time + Duration::from_secs(86_400));
    assert_eq!(running.emulator.stats("orders", "billing").unwrap().expired, 1);
    running.emulator.start_clock();
    assert!(!running.emulator.clock().is_stopped);
}
