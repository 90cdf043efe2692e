//! The API versions of a namespace, and how they differ.

use serde_json::Value;

use crate::namespace::{JSON, Namespace, ONE, event, received, text};

const FIRST: &str = "2023-06-01-preview";

fn billing(operation: &str, version: &str) -> String {
    format!("/topics/orders/eventsubscriptions/billing:{operation}?api-version={version}")
}

#[test]
fn each_publishes_receives_and_settles() {
    for version in [FIRST, "2023-10-01-preview", "2023-11-01", "2024-06-01"] {
        let mut namespace = Namespace::new();
        let publish = format!("/topics/orders:publish?api-version={version}");
        assert_eq!(namespace.send(&publish, ONE, event("1")).status(), 200);
        assert_eq!(namespace.emulator.accepted()[0].api_version.as_deref(), Some(version));
        let token = received(&namespace.send(&billing("receive", version), JSON, "")).remove(0).lock_token;
        let body = serde_json::json!({ "lockTokens": ["faketoken", token] }).to_string();
        let reply = text(&namespace.send(&billing("acknowledge", version), JSON, body));
        let failed = if version == FIRST {
            r#"{"lockToken":"faketoken","errorCode":"BadToken","errorDescription":"Cannot decode lockToken"}"#
        } else {
            r#"{"lockToken":"faketoken","error":{"code":"BadToken","message":"Cannot decode lockToken"}}"#
        };
        assert_eq!(reply, format!(r#"{{"succeededLockTokens":["{token}"],"failedLockTokens":[{failed}]}}"#));
    }
}

#[test]
fn the_first_preview_has_no_renewing_of_locks() {
    let mut namespace = Namespace::new();
    let body = r#"{"lockTokens":["faketoken"]}"#;
    let reply = namespace.send(&billing("renewLock", FIRST), JSON, body);
    assert_eq!(reply.status(), 404);
    assert_eq!(reply.headers()["broker-errorcode"], "NotFound");
    for version in ["2023-10-01-preview", "2023-11-01", "2024-06-01"] {
        assert_eq!(namespace.send(&billing("renewLock", version), JSON, body).status(), 200);
    }
}

#[test]
fn the_first_preview_ignores_a_release_delay() {
    for (version, delayed) in [(FIRST, 0), ("2023-10-01-preview", 1), ("2023-11-01", 1)] {
        let mut namespace = Namespace::new();
        namespace.publish(&["1"]);
        let token = namespace.receive().remove(0).lock_token;
        let path = format!("{}&releaseDelayInSeconds=600", billing("release", version));
        namespace.send(&path, JSON, format!(r#"{{"lockTokens":["{token}"]}}"#));
        assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().delayed, delayed, "{version}");
    }
}

#[test]
fn the_first_preview_says_what_it_cannot_read() {
    let message = |version| {
        let path = format!("{}&maxWaitTime=-20", billing("receive", version));
        let body: Value = serde_json::from_slice(Namespace::new().send(&path, JSON, "").body()).unwrap();
        body["error"]["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(message(FIRST), "Error parsing query parameters: invalid digit found in string");
    assert_eq!(message("2023-11-01"), "Error parsing query parameters");
}
