//! What the Python SDK (azure-eventgrid 4.22.1) sends, compared with what this crate sends for the
//! same calls.
//!
//! Each of its requests was captured once by calling it against a local server, and is restated in
//! `captured`.

#![cfg(all(feature = "std", feature = "base64", feature = "serde"))]

mod calls;
mod captured;
mod cases;
mod http;

use std::collections::BTreeSet;

use calls::published;
use captured::CAPTURED;
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
    let cases = cases::all();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names, CAPTURED.iter().map(|theirs| theirs.name).collect());
    assert_eq!((cases.len(), names.len()), (37, 37), "each name is there once");

    for theirs in CAPTURED {
        let case = cases.iter().find(|case| case.name == theirs.name).unwrap();
        let headers = theirs.headers.iter().copied();
        compare(case, HttpRequest::new("POST", theirs.target, headers, theirs.body));
    }
}

#[test]
fn every_difference_is_documented() {
    let page = include_str!("../../../PYTHON.md");
    let cases = cases::all();
    let reasons = cases.iter().filter_map(|case| Some(case.difference.as_ref()?.reason));
    for reason in reasons.chain([ALONE]) {
        assert!(page.contains(reason), "PYTHON.md does not say: {reason}");
    }
}
