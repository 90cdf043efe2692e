//! Endpoints of event subscriptions: set, shown without secrets, removed.

use eventgrid_emulator::{Emulator, InputSchema, Target};
use serde_json::{Value, json};

use crate::client::Running;

const OF_NAMESPACE: &str = "/topics/orders/eventSubscriptions/billing/pushEndpoint";
const OF_BASIC: &str = "/topics/basicTopic:invoices/eventSubscriptions/billing/pushEndpoint";

fn running() -> Running {
    let builder =
        Emulator::builder().subscription("orders", "billing").basic_topic("invoices", InputSchema::EventGrid);
    let running = Running::start(builder);
    running.ok("PUT", "/topics/basicTopic:invoices/eventSubscriptions/billing", "{}");
    running
}

fn wanted() -> Value {
    json!({
        "endpointUrl": "http://localhost:8080/events?code=hidden",
        "eventDeliverySchema": "CloudEventSchemaV1_0",
        "maxEventsPerBatch": 100,
        "maxDeliveryAttempts": 5,
        "eventTimeToLive": "PT1H",
        "handshake": false,
        "probationAfterFailures": 10,
        "deliveryAttributeMappings": [
            { "name": "authorization", "type": "Static", "value": "Bearer hidden", "isSecret": true },
            { "name": "x-tenant", "type": "Static", "value": "contoso" },
            { "name": "x-id", "type": "Dynamic", "sourceField": "id" },
        ],
    })
}

#[test]
fn an_endpoint_is_given_shown_without_secrets_and_taken_away() {
    let running = running();
    for (path, target) in
        [(OF_NAMESPACE, Target::NamespaceTopic("orders")), (OF_BASIC, Target::BasicTopic("invoices"))]
    {
        let nothing = running.admin("GET", path, "");
        assert_eq!((nothing.status, nothing.code()), (404, "PushEndpointNotFound"));
        let shown = json!({
            "endpointUrl": "http://localhost:8080/events",
            "hasQuery": true,
            "eventDeliverySchema": "CloudEventSchemaV1_0",
            "maxEventsPerBatch": 100,
            "preferredBatchSizeInKilobytes": 64,
            "maxDeliveryAttempts": 5,
            "eventTimeToLive": "PT1H",
            "handshake": false,
            "probationAfterFailures": 10,
            "state": "active",
            "deliveryAttributeMappings": [
                { "name": "authorization", "type": "Static", "isSecret": true },
                { "name": "x-tenant", "type": "Static", "value": "contoso", "isSecret": false },
                { "name": "x-id", "type": "Dynamic", "sourceField": "id", "isSecret": false },
            ],
        });
        assert_eq!(running.ok("PUT", path, wanted().to_string()), shown);
        assert_eq!(running.ok("GET", path, ""), shown);
        let url = running.emulator.with(move |emulator| {
            emulator.push_endpoint(target, "billing").map(|endpoint| endpoint.url().unwrap().to_string())
        });
        assert_eq!(url.as_deref(), Some("http://localhost:8080/events?code=hidden"));
        let subscription = path.strip_suffix("/pushEndpoint").unwrap();
        assert_eq!(running.ok("GET", subscription, "")["pushedTo"], "http://localhost:8080/events");
        assert_eq!(running.admin("DELETE", path, "").status, 204);
        assert_eq!(running.ok("GET", subscription, "")["pushedTo"], Value::Null);
        assert_eq!(running.admin("GET", path, "").status, 404);
    }
}

#[test]
fn the_defaults_are_those_of_the_tier() {
    let running = running();
    for (path, attempts, time_to_live) in [(OF_NAMESPACE, 10, "P7D"), (OF_BASIC, 30, "P1D")] {
        let shown = running.ok("PUT", path, r#"{"endpointUrl":"http://localhost/","handshake":false}"#);
        assert_eq!(
            shown,
            json!({
                "endpointUrl": "http://localhost/",
                "hasQuery": false,
                "maxDeliveryAttempts": attempts,
                "eventTimeToLive": time_to_live,
                "handshake": false,
                "state": "active",
                "deliveryAttributeMappings": [],
            })
        );
    }
}

#[test]
fn an_endpoint_that_cannot_be_is_refused_without_its_secrets() {
    let running = running();
    for (field, value, message) in [
        ("endpointUrl", json!("localhost/hidden"), "endpointUrl: an endpoint needs a URL of http or https"),
        (
            "eventDeliverySchema",
            json!("Avro"),
            "eventDeliverySchema: \"Avro\" is not one of EventGridSchema, ",
        ),
        ("eventDeliverySchema", json!("CustomInputSchema"), "the endpoint cannot have that schema: "),
        ("maxEventsPerBatch", json!(0), "maxEventsPerBatch: a batch cannot have up to 0 events"),
        ("preferredBatchSizeInKilobytes", json!(1025), "write a number from 1 to 1024"),
        ("maxDeliveryAttempts", json!(31), "maxDeliveryAttempts: 31 attempts cannot be set"),
        ("eventTimeToLive", json!("P8D"), "write whole minutes, from 1 to "),
        ("eventTimeToLive", json!("1h"), "is not an ISO 8601 duration"),
        (
            "deliveryAttributeMappings",
            json!([{ "name": "a", "type": "Static", "value": 5 }]),
            "give a value that is a string to a static one",
        ),
        (
            "deliveryAttributeMappings",
            json!([{ "name": "a", "type": "static", "value": "hidden" }]),
            "the type must be Static or Dynamic",
        ),
        (
            "deliveryAttributeMappings",
            json!([{ "name": "aeg-a", "type": "Static", "value": "hidden" }]),
            "has a name that a delivery uses itself",
        ),
        ("retry", json!(1), "retry: unknown field; the fields here are endpointUrl, "),
    ] {
        let mut body = wanted();
        body[field] = value;
        let refused = running.admin("PUT", OF_NAMESPACE, body.to_string());
        assert_eq!((refused.status, refused.code()), (400, "BadRequest"), "{body}");
        assert!(refused.message().contains(message), "{}", refused.message());
        assert!(!refused.message().contains("hidden"), "{}", refused.message());
    }
    assert_eq!(running.admin("GET", OF_NAMESPACE, "").status, 404);
    let elsewhere = "/topics/orders/eventSubscriptions/none/pushEndpoint";
    for method in ["GET", "PUT", "DELETE"] {
        let body = if method == "PUT" { wanted().to_string() } else { String::new() };
        assert_eq!(running.admin(method, elsewhere, body).status, 404, "{method}");
    }
}

#[test]
fn how_the_handshake_stands_is_told() {
    let running = running();
    // A name that is never there (RFC 6761, 6.4), so the handshake fails.
    let body = r#"{"endpointUrl":"http://no-such-host.invalid/events?code=hidden"}"#;
    running.ok("PUT", OF_BASIC, body);
    let shown = loop {
        let shown = running.ok("GET", OF_BASIC, "");
        if shown["state"] != "waiting" {
            break shown;
        }
        std::thread::yield_now();
    };
    assert_eq!((&shown["handshake"], &shown["state"]), (&json!(true), &json!("failed")));
    assert!(shown["failure"].is_string() && shown["nextHandshake"].is_string(), "{shown}");
    assert!(!shown.to_string().contains("hidden"), "{shown}");
}

#[test]
fn an_endpoint_that_can_never_be_reached_is_refused() {
    let running = running();
    let own = running.emulator.address();
    let admin = running.emulator.admin_endpoint().unwrap();
    for (url, message) in [
        // Of a range for documentation.
        (
            "http://192.0.2.1/",
            "endpointUrl: events are not pushed to 192.0.2.1, which is 192.0.2.1 and not this machine",
        ),
        (&*format!("http://{own}/"), "which the emulator itself listens on: push them to another program"),
        (&*format!("http://localhost:{}/", own.port()), "which the emulator itself listens on"),
        (&*format!("{admin}/"), "which the emulator itself listens on"),
        ("http://localhost:0/", "without a user name, a fragment and the port 0"),
        ("ftp://localhost/", "endpointUrl: an endpoint needs a URL of http or https"),
    ] {
        let body = json!({ "endpointUrl": url });
        let refused = running.admin("PUT", OF_BASIC, body.to_string());
        assert_eq!((refused.status, refused.code()), (400, "BadRequest"), "{body}");
        assert!(refused.message().contains(message), "{}", refused.message());
    }
    assert_eq!(running.admin("GET", OF_BASIC, "").status, 404);
    // Whether a name leads to this machine is known when it is resolved.
    let body = r#"{"endpointUrl":"http://no-such-host.invalid/","handshake":false}"#;
    let warning = running.ok("PUT", OF_BASIC, body)["warning"].to_string();
    assert!(
        warning.contains("events are not pushed to no-such-host.invalid unless it is this machine"),
        "{warning}"
    );
}

#[test]
fn settings_for_receivers_are_neither_shown_nor_taken_where_events_are_pushed() {
    let running = running();
    let subscription = OF_NAMESPACE.strip_suffix("/pushEndpoint").unwrap();
    let settings = |running: &Running| running.ok("GET", subscription, "")["settings"].clone();
    let before = settings(&running);
    assert_eq!(before["receiveLockDurationInSeconds"], 60.0);
    running.ok("PUT", OF_NAMESPACE, r#"{"endpointUrl":"http://localhost/","handshake":false}"#);
    assert_eq!(settings(&running), json!({}));
    for setting in ["receiveLockDurationInSeconds", "maxDeliveryCount"] {
        let refused = running.admin("PATCH", subscription, json!({ setting: 5 }).to_string());
        assert_eq!((refused.status, refused.code()), (400, "BadRequest"), "{setting}");
        let message = format!("{setting}: this is for events that are received, and these are pushed");
        assert!(refused.message().starts_with(&message), "{}", refused.message());
    }
    running.ok("PATCH", subscription, r#"{"deadLetterDestination":"list"}"#);
    assert_eq!(settings(&running)["deadLetterDestination"], "list");
    running.ok("PATCH", subscription, r#"{"deadLetterDestination":"none"}"#);
    running.admin("DELETE", OF_NAMESPACE, "");
    assert_eq!(settings(&running), before, "they are those of receivers again");
}

#[test]
fn a_basic_topic_feeds_a_topic_of_the_namespace() {
    let running = running();
    let shown = json!({
        "topic": "orders",
        "maxDeliveryAttempts": 5,
        "eventTimeToLive": "P1D",
        "handshake": false,
        "state": "active",
        "deliveryAttributeMappings": [],
    });
    assert_eq!(running.ok("PUT", OF_BASIC, r#"{"topic":"orders","maxDeliveryAttempts":5}"#), shown);
    assert_eq!(running.ok("GET", OF_BASIC, ""), shown);
    let subscription = OF_BASIC.strip_suffix("/pushEndpoint").unwrap();
    assert_eq!(running.ok("GET", subscription, "")["pushedTo"], "namespaceTopic:orders");
    let event = r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1","data":{}}]"#;
    running.emulator.with(|emulator| emulator.publish(Target::BasicTopic("invoices"), event)).unwrap();
    assert_eq!(running.emulator.stats("orders", "billing").unwrap().queued, 1);
    let deliveries = running.ok("GET", "/deliveries", "");
    let delivery = &deliveries["deliveries"][0];
    assert_eq!((&delivery["endpoint"], &delivery["status"]), (&json!("namespaceTopic:orders"), &json!(200)));
    assert_eq!(delivery["events"][0]["next"], "done");

    for (path, body, message) in [
        (OF_NAMESPACE, r#"{"topic":"orders"}"#, "a topic of the namespace feeds no other"),
        (OF_BASIC, r#"{"topic":"none"}"#, "the topic \"none\", which does not exist: create it"),
        (
            OF_BASIC,
            r#"{"topic":"orders","endpointUrl":"http://localhost/"}"#,
            "give either endpointUrl, or the topic",
        ),
        (OF_BASIC, "{}", "give either endpointUrl, or the topic"),
        (OF_BASIC, r#"{"topic":"orders","handshake":true}"#, "handshake: there is none with the topic"),
        (
            OF_BASIC,
            r#"{"topic":"orders","maxEventsPerBatch":5}"#,
            "no batches, delivery properties or probation",
        ),
        (OF_BASIC, r#"{"topic":"orders","probationAfterFailures":5}"#, "no batches, delivery properties or"),
    ] {
        let refused = running.admin("PUT", path, body);
        assert_eq!((refused.status, refused.code()), (400, "BadRequest"), "{body}");
        assert!(refused.message().contains(message), "{}", refused.message());
    }
    assert_eq!(running.ok("GET", OF_BASIC, ""), shown, "nothing was changed");
}
