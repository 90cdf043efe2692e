//! Dead letters: listed, resent, removed, and where they go.

use serde_json::{Value, json};

use crate::client::Running;
use eventgrid_emulator::{Emulator, InputSchema};

const BILLING: &str = "/topics/orders/eventSubscriptions/billing";

/// An emulator that keeps the dead letters `a`, `b` and `c`.
fn started() -> Running {
    let builder = Emulator::builder().subscription("orders", "billing").subscription("dead", "audit");
    let running = Running::start(builder.basic_topic("grid", InputSchema::EventGrid));
    running.ok("PATCH", BILLING, r#"{"deadLetterDestination":"list"}"#);
    for id in ["a", "b", "c"] {
        running.publish("orders", id);
    }
    reject(&running, &[0, 1, 2]);
    running
}

fn reject(running: &Running, numbers: &[u64]) {
    let body = json!({ "action": "reject", "sequenceNumbers": numbers }).to_string();
    let results = running.ok("POST", &format!("{BILLING}/settle"), body);
    assert_eq!(results["failed"], json!([]));
}

/// The ids of the dead letters on a page, and where to go on.
fn listed(running: &Running, query: &str) -> (Vec<String>, Value) {
    let page = running.ok("GET", &format!("{BILLING}/deadLetters{query}"), "");
    let letters = page["deadLetters"].as_array().unwrap();
    let id = |letter: &Value| letter["event"]["id"].as_str().unwrap().to_owned();
    (letters.iter().map(id).collect(), page["next"].clone())
}

/// The settings that say where dead letters go.
fn destination(running: &Running, path: &str) -> (Value, Value) {
    let mut settings = running.ok("GET", path, "")["settings"].take();
    (settings["deadLetterDestination"].take(), settings["deadLetterDelayInSeconds"].take())
}

#[test]
fn dead_letters_are_listed_by_pages() {
    let running = started();
    assert_eq!(listed(&running, ""), (vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], Value::Null));
    assert_eq!(listed(&running, "?maxDeadLetters=2"), (vec!["a".to_owned(), "b".to_owned()], json!(2)));
    assert_eq!(listed(&running, "?from=2&maxDeadLetters=2"), (vec!["c".to_owned()], Value::Null));
    let subscription = running.ok("GET", BILLING, "");
    assert_eq!((&subscription["deadLetters"], &subscription["counts"]["dead"]), (&json!(3), &json!(3)));
    for query in ["maxDeadLetters=0", "maxDeadLetters=1001", "from=x"] {
        assert_eq!(
            running.admin("GET", &format!("{BILLING}/deadLetters?{query}"), "").status,
            400,
            "{query}"
        );
    }
}

#[test]
fn one_dead_letter_is_looked_at_and_removed() {
    let running = started();
    let path = format!("{BILLING}/deadLetters/1");
    let letter = running.ok("GET", &path, "");
    assert_eq!((&letter["reason"], &letter["deliveryCount"]), (&json!("rejected"), &json!(0)));
    assert_eq!((&letter["event"]["id"], letter.get("lastDelivered")), (&json!("b"), None));
    assert!(letter["published"].is_string() && letter["died"].is_string() && letter.get("leaves").is_none());
    assert_eq!(running.admin("DELETE", &path, "").status, 204);
    for method in ["GET", "DELETE"] {
        let gone = running.admin(method, &path, "");
        assert_eq!((gone.status, gone.code()), (404, "DeadLetterNotFound"));
    }
    assert_eq!(running.admin("GET", &format!("{BILLING}/deadLetters/x"), "").status, 400);
    assert_eq!(listed(&running, "").0, ["a", "c"]);
}

#[test]
fn dead_letters_are_sent_again_and_received_with_their_ids() {
    let running = started();
    let body = r#"{"sequenceNumbers":[1,7]}"#;
    let results = running.ok("POST", &format!("{BILLING}/resendDeadLetters"), body);
    assert_eq!(results["succeeded"], json!([{ "sequenceNumber": 1 }]));
    assert_eq!(results["failed"][0]["sequenceNumber"], 7);
    assert_eq!(running.receive(10).len(), 1);
    let again = running.ok("GET", &format!("{BILLING}/events"), "")["events"][0].take();
    assert_eq!((&again["event"]["id"], &again["deliveryCount"]), (&json!("b"), &json!(1)));
    assert_eq!(again["sequenceNumber"], 3);

    assert_eq!(running.ok("POST", &format!("{BILLING}/resendAllDeadLetters"), "")["count"], 2);
    assert_eq!(running.receive(10).len(), 2);
    assert_eq!(listed(&running, "").0.len(), 0);
}

#[test]
fn a_receive_that_waits_gets_a_dead_letter_that_is_sent_again() {
    let running = started();
    let tokens = std::thread::scope(|scope| {
        let receive = scope.spawn(|| running.receive(1));
        while running.emulator.waiting() == 0 {
            std::thread::yield_now();
        }
        running.ok("POST", &format!("{BILLING}/resendAllDeadLetters"), "");
        receive.join().unwrap()
    });
    assert_eq!(tokens.len(), 1);
}

#[test]
fn all_dead_letters_are_removed() {
    let running = started();
    assert_eq!(running.ok("DELETE", &format!("{BILLING}/deadLetters"), "")["count"], 3);
    assert_eq!(running.ok("DELETE", &format!("{BILLING}/deadLetters"), "")["count"], 0);
    assert_eq!(running.ok("GET", BILLING, "")["counts"]["dead"], 3, "their deaths stay counted");
}

#[test]
fn the_destination_is_changed_and_shown() {
    let running = started();
    assert_eq!(destination(&running, BILLING), (json!("list"), json!(300.0)));
    let changed = r#"{"deadLetterDestination":{"topic":"dead"},"deadLetterDelayInSeconds":86400}"#;
    running.ok("PATCH", BILLING, changed);
    assert_eq!(destination(&running, BILLING), (json!({ "topic": "dead" }), json!(86400.0)));
    running.ok("PATCH", BILLING, r#"{"deadLetterDelayInSeconds":0}"#);
    assert_eq!(destination(&running, BILLING), (json!({ "topic": "dead" }), json!(0.0)));
    running.ok("PATCH", BILLING, r#"{"maxDeliveryCount":3}"#);
    assert_eq!(destination(&running, BILLING).0, json!({ "topic": "dead" }), "it says nothing of it");
    running.ok("PATCH", BILLING, r#"{"deadLetterDestination":"none"}"#);
    assert_eq!(destination(&running, BILLING), (Value::Null, Value::Null));

    let path = "/topics/basicTopic:grid/eventSubscriptions/audit";
    let folder = json!({ "folder": "dead-letters" });
    running.ok("PUT", path, json!({ "deadLetterDestination": folder }).to_string());
    assert_eq!(destination(&running, path), (folder, json!(300.0)));
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let running = started();
    for (body, words) in [
        (r#"{"deadLetterDestination":{"topic":"ORDERS"}}"#, "the topic that they come from"),
        (r#"{"deadLetterDestination":{"topic":"fake"}}"#, "which does not exist"),
        (r#"{"deadLetterDestination":{"folder":""}}"#, "is empty"),
        (
            r#"{"deadLetterDestination":"blob"}"#,
            "deadLetterDestination: \"blob\" is not one of none, list, folder, topic",
        ),
        (r#"{"deadLetterDelayInSeconds":-1}"#, "0 to 86400"),
        (r#"{"deadLetterDestination":"none","deadLetterDelayInSeconds":1}"#, "give a deadLetterDestination"),
        (r#"{"deadLetterDestination":"none","filter":{"isSubjectCaseSensitive":1}}"#, "not valid"),
    ] {
        let refused = running.admin("PATCH", BILLING, body);
        assert_eq!(refused.status, 400, "{body}");
        assert!(refused.message().contains(words), "{body}: {}", refused.message());
    }
    assert_eq!(destination(&running, BILLING), (json!("list"), json!(300.0)));
    let path = "/topics/basicTopic:grid/eventSubscriptions/audit";
    let refused = running.admin("PUT", path, r#"{"deadLetterDestination":{"topic":"dead"}}"#);
    assert!(refused.message().contains("another schema than CloudEvents"), "{}", refused.message());
    assert_eq!(running.admin("GET", path, "").status, 404, "it was not created");
}
