//! Accepted events, as the admin API reports them.

use eventgrid_emulator::{Emulator, InputSchema};
use serde_json::json;

use crate::client::{KEY, Running};

#[test]
fn what_was_accepted_is_told_and_forgotten() {
    let running =
        Running::start(Emulator::builder().partner_channel("partner", "cloud", InputSchema::CloudEvents));
    let event = r#"{"specversion":"1.0","id":"1","source":"shop","type":"Ordered","data":{"a":1}}"#;
    let batch = "application/cloudevents-batch+json; charset=utf-8";
    let headers = [
        ("aeg-sas-key", KEY),
        ("aeg-channel-name", "cloud"),
        ("content-type", batch),
        ("user-agent", "test/1"),
        ("x-ms-client-request-id", "17"),
        ("traceparent", "00-1-2-00"),
        ("tracestate", "a=b"),
        ("tracestate", "c=d"),
        ("x-other", "not kept"),
    ];
    let path = "/partner/api/events?api-version=2018-01-01";
    assert_eq!(running.data_with(path, &headers, &format!("[{event}]")).status, 200);
    let expected = json!([{
        "target": "partnerChannel",
        "name": "partner",
        "channel": "cloud",
        "schema": "cloudevents",
        "apiVersion": "2018-01-01",
        "headers": {
            "aeg-channel-name": "cloud",
            "content-type": batch,
            "user-agent": "test/1",
            "x-ms-client-request-id": "17",
            "traceparent": "00-1-2-00",
            "tracestate": "a=b, c=d",
        },
        "events": [serde_json::from_str::<serde_json::Value>(event).unwrap()],
    }]);
    let reply = running.admin("GET", "/accepted", "");
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert_eq!(reply.body, expected);

    let reply = running.admin("DELETE", "/accepted", "");
    assert_eq!((reply.status, reply.body), (204, serde_json::Value::Null));
    assert_eq!(running.ok("GET", "/accepted", ""), json!([]));
}
