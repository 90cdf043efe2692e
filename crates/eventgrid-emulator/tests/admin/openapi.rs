//! The OpenAPI document: what it says is what is served.

use eventgrid_emulator::Emulator;
use serde_json::Value;

use crate::client::Running;

#[test]
fn the_document_has_an_operation_for_each_path_and_method_that_is_served() {
    let running = Running::start(Emulator::builder());
    let document = running.ok("GET", "/openapi.json", "");
    assert_eq!(document["openapi"], "3.1.0");
    let mut operations = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let documented: Vec<_> = methods.as_object().unwrap().keys().map(|it| it.to_uppercase()).collect();
        let reply = running.admin("TRACE", path, "");
        let mut served: Vec<_> = reply.header("allow").unwrap().split(", ").map(str::to_owned).collect();
        served.sort();
        assert_eq!(documented, served, "{path}");
        operations += documented.len();
    }
    assert!(operations >= 3);
}

/// Every `$ref` of a value.
fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(elements) => elements.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_reference_of_the_document_leads_to_a_schema() {
    let running = Running::start(Emulator::builder());
    let document = running.ok("GET", "/openapi.json", "");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
}
