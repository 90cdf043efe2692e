//! The OpenAPI document describes what is served.

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

/// A value for each segment that a request chooses, so that every documented request makes sense.
fn path_of(path: &str) -> String {
    path.replace("{topic}", "orders")
        .replace("{eventSubscription}", "billing")
        .replace("{sequenceNumber}", "0")
}

#[test]
fn every_documented_request_is_served_as_documented() {
    let builder = || Emulator::builder().subscription("orders", "billing");
    let document = Running::start(builder()).ok("GET", "/openapi.json", "");
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            // Each begins with the same state.
            let running = Running::start(builder());
            let billing = "/topics/orders/eventSubscriptions/billing";
            running.ok("PATCH", billing, r#"{"deadLetterDestination":"list"}"#);
            running.publish("orders", "1");
            running.ok("POST", &format!("{billing}/settle"), r#"{"action":"reject","sequenceNumbers":[0]}"#);
            if method == "get" && path.ends_with("/pushEndpoint") {
                let body = &methods["put"]["requestBody"]["content"]["application/json"]["example"];
                running.ok("PUT", &path_of(path), body.to_string());
            }
            let path = path_of(path);
            if operation["operationId"] == "createEventSubscription" {
                running.ok("DELETE", &path, "");
            }
            let content = &operation["requestBody"]["content"]["application/json"];
            let body = content.get("example").map(Value::to_string).unwrap_or_default();
            if content.is_object() {
                let mut other: Value = serde_json::from_str(&body).unwrap();
                other["no such field"] = 1.into();
                let refused = running.admin(&method.to_uppercase(), &path, other.to_string());
                assert_eq!(refused.status, 400, "{method} {path} takes unknown fields");
            }
            let reply = running.admin(&method.to_uppercase(), &path, body.clone());
            let responses = operation["responses"].as_object().unwrap();
            let documented = responses.get(&reply.status.to_string());
            let documented = documented.unwrap_or_else(|| panic!("{method} {path}: {reply:?}"));
            assert!(reply.status < 300, "{method} {path}: {reply:?}");
            let content_of_response =
                documented["content"].as_object().and_then(|content| content.values().next());
            let schema = content_of_response.map_or(&Value::Null, |content| &content["schema"]);
            if schema.is_null() {
                assert!(reply.body.is_null(), "{method} {path}: {reply:?}");
            } else {
                check(&reply.body, schema, &document, &format!("{method} {path}"));
            }
            if content.is_object() {
                let example = serde_json::from_str(&body).unwrap();
                check(&example, &content["schema"], &document, &format!("{method} {path}: the example"));
            }
        }
    }
}

/// Whether a value has the members that its schema requires and no others, all the way down.
fn check(value: &Value, schema: &Value, document: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        return check(value, document.pointer(&reference[1..]).unwrap(), document, place);
    }
    if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(members.contains_key(required.as_str().unwrap()), "{place} has no {required}");
        }
        for (name, value) in members {
            let property =
                properties.get(name).unwrap_or_else(|| panic!("{place} has the undocumented {name}"));
            check(value, property, document, &format!("{place}.{name}"));
        }
    }
    for element in value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
        check(element, &schema["items"], document, &format!("{place}[]"));
    }
}
