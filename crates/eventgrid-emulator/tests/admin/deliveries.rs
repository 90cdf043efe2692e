//! The log of deliveries to endpoints.

use eventgrid_emulator::Emulator;
use eventgrid_emulator::broker::PushEndpoint;
use serde_json::{Value, json};

use crate::client::Running;

#[test]
fn what_was_pushed_is_told_by_criteria_and_forgotten() {
    // A port that was just free, so that no connection can be made.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = PushEndpoint::new(&format!("http://{address}/hook?code=s3cret")).unwrap();
    let mut builder = Emulator::builder();
    for name in ["billing", "shipping"] {
        builder = builder.subscription("orders", name);
        builder = builder.subscription_push_endpoint("orders", name, endpoint.clone().without_handshake());
    }
    let running = Running::start(builder);
    running.publish("orders", "17");
    for name in ["billing", "shipping"] {
        let barrier = json!({"topic": "orders", "eventSubscription": name, "condition": {"dead": 1}});
        running.ok("POST", "/barriers", barrier.to_string());
    }
    let all = running.ok("GET", "/deliveries", "");
    assert_eq!((all["deliveries"].as_array().unwrap().len(), &all["forgotten"]), (2, &json!(0)));
    let one = running.ok("GET", "/deliveries?topic=ORDERS&eventSubscription=billing", "");
    let delivery = &one["deliveries"][0];
    assert_eq!(delivery["endpoint"], format!("http://{address}/hook"));
    assert_eq!(
        (&delivery["kind"], &delivery["attempt"], &delivery["status"]),
        (&"events".into(), &1.into(), &Value::Null)
    );
    assert!(delivery["failure"].as_str().unwrap().contains("could not be made"), "{delivery}");
    let event = json!({"id": "17", "sequenceNumber": 0, "attempt": 1, "next": {"dead": "Undeliverable due to client error"}});
    assert_eq!(delivery["events"], json!([event]));
    assert!(!all.to_string().contains("s3cret"));

    for (query, count) in [("?limit=1", 1), ("?limit=0", 0), ("?topic=other", 0)] {
        let found = running.ok("GET", &format!("/deliveries{query}"), "");
        assert_eq!(found["deliveries"].as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(running.admin("GET", "/deliveries?limit=many", "").status, 400);
    assert_eq!(running.admin("GET", "/deliveries?other=1", "").status, 400);
    let metrics = running.admin("GET", "/metrics", "").body;
    let line = r#"eventgrid_emulator_push_requests_total{kind="events",status="none"} 2"#;
    assert!(metrics.as_str().unwrap().lines().any(|other| other == line), "{metrics}");
    assert_eq!(running.admin("DELETE", "/deliveries", "").status, 204);
    assert_eq!(running.ok("GET", "/deliveries", ""), json!({"deliveries": [], "forgotten": 0}));
}
