//! Whatever is misplaced in a request, the error says so in the terms of the API.

use eventgrid_emulator::{Emulator, InputSchema};
use serde_json::{Value, json};

use crate::client::Running;

/// Words of Rust and of its libraries, which mean nothing to users of the API.
const FOREIGN: [&str; 14] = [
    "struct ",
    "variant",
    "tuple",
    "enum",
    "invalid type",
    "invalid value",
    "invalid digit",
    "invalid length",
    "did not match",
    "u16",
    "u32",
    "u64",
    "f64",
    "Option",
];

/// Values of every kind.
fn hostile() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!("nonsense"),
        json!([[]]),
        json!({ "nonsense": 1 }),
        json!({ "available": -1 }),
    ]
}

/// Every value that is like this one but for one place.
fn spoilt(value: &Value) -> Vec<Value> {
    let mut all = hostile();
    match value {
        Value::Object(members) => {
            for name in members.keys() {
                let mut without = value.clone();
                without.as_object_mut().unwrap().remove(name);
                all.push(without);
                for other in spoilt(&value[name]) {
                    let mut changed = value.clone();
                    changed[name] = other;
                    all.push(changed);
                }
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                for other in spoilt(element) {
                    let mut changed = value.clone();
                    changed[index] = other;
                    all.push(changed);
                }
            }
        }
        _ => {}
    }
    all
}

fn check(message: &str, of: &str) {
    for word in FOREIGN {
        // What the request itself had may be quoted.
        assert!(!message.replace("nonsense", "").contains(word), "{word} in {message:?} of {of}");
    }
}

fn path_of(path: &str) -> String {
    path.replace("{topic}", "orders")
        .replace("{eventSubscription}", "billing")
        .replace("{sequenceNumber}", "0")
}

#[test]
fn no_error_of_a_body_is_in_the_words_of_a_programming_language() {
    let builder =
        Emulator::builder().subscription("orders", "billing").basic_topic("grid", InputSchema::EventGrid);
    let running = Running::start(builder);
    let document = running.ok("GET", "/openapi.json", "");
    let mut refused = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let example = &operation["requestBody"]["content"]["application/json"]["example"];
            // A barrier that makes sense waits, and time that passes is looked at elsewhere.
            if example.is_null() || path.starts_with("/barriers") {
                continue;
            }
            for body in
                spoilt(example).iter().map(Value::to_string).chain(["{".to_owned(), "nonsense".to_owned()])
            {
                let reply = running.admin(&method.to_uppercase(), &path_of(path), body.clone());
                assert!(reply.status < 500, "{method} {path} {body}: {reply:?}");
                if reply.status >= 400 {
                    refused += 1;
                    check(reply.message(), &format!("{method} {path} {body}"));
                }
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn no_error_of_a_barrier_is_in_the_words_of_a_programming_language() {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    let example = json!({ "topic": "orders", "eventSubscription": "billing", "condition": "drained", "timeoutInSeconds": 0 });
    for body in spoilt(&example) {
        let reply = running.admin("POST", "/barriers", body.to_string());
        check(reply.message(), &body.to_string());
    }
    let reply = running.admin(
        "POST",
        "/barriers",
        r#"{"topic":"orders","eventSubscription":"billing","condition":"available"}"#,
    );
    let message = "condition: \"available\" needs a value: write {\"available\": ...}";
    assert!(reply.message().contains(message), "{}", reply.message());
}

#[test]
fn no_error_of_a_parameter_is_in_the_words_of_a_programming_language() {
    let running = Running::start(Emulator::builder().subscription("orders", "billing"));
    let document = running.ok("GET", "/openapi.json", "");
    let mut refused = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for parameter in
                operation["parameters"].as_array().into_iter().flatten().filter(|it| it["in"] == "query")
            {
                let name = parameter["name"].as_str().unwrap();
                for value in ["", "nonsense", "-1", "%2B5", "1.5", "99999999999999999999", "%00"] {
                    let path = format!("{}?{name}={value}", path_of(path));
                    let body = operation["requestBody"]["content"]["application/json"].get("example");
                    let body = body.map(Value::to_string).unwrap_or_default();
                    let reply = running.admin(&method.to_uppercase(), &path, body);
                    if reply.status >= 400 {
                        refused += 1;
                        check(reply.message(), &path);
                        assert!(reply.message().contains(name), "{path}: {}", reply.message());
                    }
                }
            }
        }
    }
    assert!(refused > 10, "{refused}");
}
