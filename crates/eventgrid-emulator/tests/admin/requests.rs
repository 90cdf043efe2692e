//! The journal of requests over HTTP.

use eventgrid_emulator::Emulator;
use serde_json::json;

use crate::client::Running;

#[test]
fn the_newest_requests_are_asked_for_and_each_says_how_it_came() {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    for id in ["1", "2", "3"] {
        running.publish("orders", id);
    }
    let numbers = |query: &str| {
        let found = running.ok("POST", &format!("/requests/find{query}"), "{}");
        let requests = found["requests"].as_array().unwrap();
        assert!(requests.iter().all(|request| request["scheme"] == "http"), "{found}");
        requests.iter().map(|request| request["number"].clone()).collect::<Vec<_>>()
    };
    let all = numbers("");
    assert_eq!(all.len(), 3);
    assert_eq!(numbers("?maxRequests=2"), all[1..]);
    assert_eq!(numbers("?maxRequests=1000"), all);
    assert_eq!(numbers("?maxRequests=0"), Vec::<serde_json::Value>::new());
    let reply = running.admin("POST", "/requests/find?maxRequests=many", json!({}).to_string());
    assert_eq!((reply.status, reply.code()), (400, "BadRequest"));
}
