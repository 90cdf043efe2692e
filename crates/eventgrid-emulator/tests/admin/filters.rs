//! Filters of event subscriptions: set, shown, explained, kept by snapshots.

use eventgrid_emulator::Emulator;
use serde_json::{Value, json};

use crate::client::Running;

const BILLING: &str = "/topics/orders/eventSubscriptions/billing";

fn filter() -> Value {
    json!({
        "includedEventTypes": ["Ordered"],
        "advancedFilters": [{"operatorType": "StringIn", "key": "id", "values": ["1", "2"]}],
    })
}

fn running() -> Running {
    Running::start(Emulator::builder().subscription("orders", "billing").subscription("orders", "audit"))
}

fn counts(running: &Running) -> [Value; 2] {
    ["billing", "audit"].map(|name| {
        running.ok("GET", &format!("/topics/orders/eventSubscriptions/{name}"), "")["counts"]["published"]
            .clone()
    })
}

#[test]
fn a_filter_is_set_shown_and_taken_away() {
    let running = running();
    assert!(running.ok("GET", BILLING, "").get("filter").is_none());
    let set = running.ok("PATCH", BILLING, json!({ "filter": filter() }).to_string());
    assert_eq!(set["filter"], filter());
    assert_eq!(running.ok("GET", BILLING, "")["filter"], filter());
    for id in ["1", "2", "3"] {
        running.publish("orders", id);
    }
    assert_eq!(counts(&running), [2, 3]);
    running.ok("PATCH", BILLING, r#"{"maxDeliveryCount":3}"#);
    assert_eq!(running.ok("GET", BILLING, "")["filter"], filter(), "what is left out stays");
    assert!(running.ok("PATCH", BILLING, r#"{"filter":{}}"#).get("filter").is_none());
    running.publish("orders", "4");
    assert_eq!(counts(&running), [3, 4]);
}

#[test]
fn a_subscription_is_created_with_its_filter_or_not_at_all() {
    let running = running();
    let path = "/topics/orders/eventSubscriptions/new";
    let refused = running.admin(
        "PUT",
        path,
        r#"{"filter":{"advancedFilters":[{"operatorType":"StringIn","key":"id","values":[]}]}}"#,
    );
    assert_eq!((refused.status, refused.code()), (400, "BadRequest"));
    assert_eq!(
        refused.message(),
        "filter: clause 1 (StringIn) has no values: give it one, or remove the clause"
    );
    assert_eq!(running.admin("GET", path, "").status, 404);
    let refused = running.admin("PUT", path, r#"{"filter":{"filters":[]}}"#);
    assert!(
        refused.message().contains("filter.filters: unknown field; the fields here are "),
        "{}",
        refused.message()
    );

    let created = running.admin("PUT", path, json!({ "filter": filter() }).to_string());
    assert_eq!((created.status, &created.body["filter"]), (201, &filter()));
}

#[test]
fn an_explanation_names_the_part_that_does_not_match() {
    let running = running();
    running.ok("PATCH", BILLING, json!({ "filter": filter() }).to_string());
    let path = format!("{BILLING}/explain");
    let event = |id: &str, event_type: &str| {
        json!({ "event": {"specversion": "1.0", "id": id, "source": "/s", "type": event_type} }).to_string()
    };
    assert_eq!(
        running.ok("POST", &path, event("1", "Ordered")),
        json!({ "matches": true, "explanation": "the event matches" })
    );
    assert_eq!(
        running.ok("POST", &path, event("7", "Ordered")),
        json!({
            "matches": false,
            "explanation": r#"clause 1 ("id" StringIn ["1", "2"]) does not match: the value is "7""#,
            "part": "advancedFilters",
            "clause": 1,
        })
    );
    let of_type = running.ok("POST", &path, event("1", "Paid"));
    assert_eq!(of_type["part"], "includedEventTypes");

    running.publish("orders", "9");
    let queued = running.ok("POST", &path, r#"{"sequenceNumber":0,"queue":"audit"}"#);
    assert_eq!(queued["matches"], false);
    let of_audit = "/topics/orders/eventSubscriptions/audit/explain";
    assert_eq!(running.ok("POST", of_audit, r#"{"sequenceNumber":0}"#)["matches"], true);
    for body in [
        r#"{"sequenceNumber":0}"#,
        r#"{"sequenceNumber":0,"queue":"nothing"}"#,
        r#"{"event":[]}"#,
        r#"{"event":{},"sequenceNumber":0}"#,
        r#"{"event":{},"queue":"audit"}"#,
        "{}",
    ] {
        let refused = running.admin("POST", &path, body);
        assert_eq!((refused.status, refused.code()), (400, "BadRequest"), "{body}");
    }
    assert_eq!(running.admin("POST", "/topics/orders/eventSubscriptions/no/explain", "{}").status, 404);
}

#[test]
fn a_snapshot_keeps_filters() {
    let first = running();
    first.ok("PATCH", BILLING, json!({ "filter": filter() }).to_string());
    let mut snapshot = first.ok("GET", "/snapshot", "");
    let second = Running::start(Emulator::builder());
    assert_eq!(second.admin("PUT", "/snapshot", snapshot.to_string()).status, 204);
    assert_eq!(second.ok("GET", BILLING, "")["filter"], filter());
    assert_eq!(second.ok("GET", "/snapshot", "")["topics"], snapshot["topics"]);
    second.publish("orders", "3");
    assert_eq!(counts(&second), [0, 1]);

    let subscriptions = snapshot["topics"][0]["eventSubscriptions"].as_array_mut().unwrap();
    let with_filter =
        subscriptions.iter_mut().find(|subscription| subscription["name"] == "billing").unwrap();
    with_filter["filter"]["filter"]["advancedFilters"][0]["values"] = json!([]);
    let refused = second.admin("PUT", "/snapshot", snapshot.to_string());
    assert_eq!(refused.status, 400);
    assert!(refused.message().contains("orders/billing: clause 1"), "{}", refused.message());
}

#[test]
fn a_number_of_a_filter_is_the_one_that_an_event_has() {
    let running = running();
    let number = "31.245270191439438";
    let filter = format!(
        r#"{{"filter":{{"advancedFilters":[{{"operatorType":"NumberIn","key":"data.v","values":[{number}]}}]}}}}"#
    );
    running.ok("PATCH", BILLING, filter);
    let event = format!(
        r#"{{"event":{{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{{"v":{number}}}}}}}"#
    );
    assert_eq!(running.ok("POST", &format!("{BILLING}/explain"), event)["matches"], true);
}
