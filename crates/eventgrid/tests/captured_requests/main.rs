//! What the Python SDK (azure-eventgrid 4.22.1) sends, against what this crate sends for the same calls.
//!
//! The captured requests are read from the folder that `EVENTGRID_VECTORS` names. Without it, some of them that are restated here
//! are compared all the same.

#![cfg(all(feature = "std", feature = "base64", feature = "serde"))]

mod calls;
mod cases;
mod http;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use calls::published;
use cases::{ALONE, Call, Case, alone};
use http::HttpRequest;

/// Asserts that the case makes the request of the Python SDK, but for its difference.
fn compare(case: &Case, mut theirs: HttpRequest) {
    if let Some(difference) = &case.difference {
        (difference.correct)(&mut theirs);
    }
    match case.call {
        Call::Request(request) => assert_eq!(request(), theirs, "{}", case.name),
        Call::OneEvent(event) => {
            let event = event();
            let as_batch = published("orders", std::slice::from_ref(&event));
            assert_eq!(as_batch, theirs, "{}", case.name);
            assert_eq!(published("orders", &event), alone(theirs), "{}, alone", case.name);
        }
    }
}

#[test]
fn every_captured_request_is_made() {
    let Some(folder) = std::env::var_os("EVENTGRID_VECTORS").map(PathBuf::from) else { return };
    let file = folder.join("captured").join("python_sdk_4.22.1_requests.json");
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let captured = document["requests"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();

    let cases = cases::all();
    let names: BTreeSet<String> = cases.iter().map(|case| case.name.to_owned()).collect();
    assert_eq!(names, captured.iter().map(|theirs| text(&theirs["case"])).collect());
    assert_eq!((cases.len(), captured.len()), (37, 37), "each name stands there once");

    for theirs in captured {
        let case = cases.iter().find(|case| theirs["case"] == case.name).unwrap();
        let headers = theirs["headers"].as_object().unwrap();
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
        let (method, target) = (text(&theirs["method"]), text(&theirs["target"]));
        compare(case, HttpRequest::new(&method, &target, headers, &text(&theirs["body"])));
    }
}

#[test]
fn some_that_are_restated_here_are_made() {
    let cases = cases::all();
    for (name, wire) in [
        (
            "namespace: list of two",
            "POST /topics/orders:publish?api-version=2024-06-01 HTTP/1.1\n\
             Authorization: SharedAccessKey c2VjcmV0a2V5\n\
             content-type: application/cloudevents-batch+json; charset=utf-8\n\n\
             [{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"2024-06-01T12:00:00.123456Z\",\"data\":1},\
             {\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"2024-06-01T12:00:00.123456Z\",\"data\":\"x\"}]",
        ),
        (
            "namespace: dict input, time with +02:00 offset (azure-core drops the offset)",
            "POST /topics/orders:publish?api-version=2024-06-01 HTTP/1.1\n\
             Authorization: SharedAccessKey c2VjcmV0a2V5\n\
             content-type: application/cloudevents-batch+json; charset=utf-8\n\n\
             [{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"2024-06-01T12:00:00Z\",\"data\":{\"x\":1},\"ext\":\"1\"}]",
        ),
        (
            "consumer: receive(max_events=100,max_wait_time=10)",
            "POST /topics/orders/eventsubscriptions/sub1:receive?maxWaitTime=10&maxEvents=100&api-version=2024-06-01 HTTP/1.1\n\
             Authorization: SharedAccessKey c2VjcmV0a2V5\n\n",
        ),
        (
            "consumer: release with delay",
            "POST /topics/orders/eventsubscriptions/sub1:release?api-version=2024-06-01&releaseDelayInSeconds=3600 HTTP/1.1\n\
             Authorization: SharedAccessKey c2VjcmV0a2V5\n\
             Content-Type: application/json\n\n\
             {\"lockTokens\":[\"t1\"]}",
        ),
        (
            "basic: EventGridEvent data=None (data member dropped)",
            "POST /api/events?api-version=2018-01-01 HTTP/1.1\n\
             aeg-sas-key: c2VjcmV0a2V5\n\
             Content-Type: application/json; charset=utf-8\n\n\
             [{\"id\":\"1\",\"subject\":\"s\",\"eventType\":\"t\",\"eventTime\":\"2024-06-01T12:00:00.123456Z\",\"dataVersion\":\"1.0\"}]",
        ),
        (
            "basic: partner channel",
            "POST /api/events?api-version=2018-01-01 HTTP/1.1\n\
             aeg-channel-name: ch1\n\
             aeg-sas-key: c2VjcmV0a2V5\n\
             Content-Type: application/cloudevents-batch+json; charset=utf-8\n\n\
             [{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"2024-06-01T12:00:00.123456Z\",\"data\":1}]",
        ),
        (
            "basic: SAS token credential",
            "POST /api/events?api-version=2018-01-01 HTTP/1.1\n\
             aeg-sas-token: r=x&e=y&s=z\n\
             Content-Type: application/json; charset=utf-8\n\n\
             [{\"id\":\"1\",\"subject\":\"s\",\"data\":{\"a\":1},\"eventType\":\"t\",\"eventTime\":\"2024-06-01T12:00:00.123456Z\",\"dataVersion\":\"1.0\"}]",
        ),
    ] {
        compare(cases.iter().find(|case| case.name == name).unwrap(), HttpRequest::parse(wire));
    }
}

#[test]
fn every_difference_is_documented() {
    let page = include_str!("../../PYTHON.md");
    let cases = cases::all();
    let reasons = cases.iter().filter_map(|case| Some(case.difference.as_ref()?.reason));
    for reason in reasons.chain([ALONE]) {
        assert!(page.contains(reason), "PYTHON.md does not say: {reason}");
    }
}
