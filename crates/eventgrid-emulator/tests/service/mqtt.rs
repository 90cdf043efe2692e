//! The HTTP interface of the MQTT broker: messages are published, and retained ones are read.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use eventgrid_emulator::{
    Emulator, EmulatorBuilder, Fault, FaultCondition, FaultEffect, Limits, Operation, Outcome,
    RequestCriteria, Role, UnixTime,
};
use http::{Request, Response};
use serde_json::{Value, json};

pub(crate) const PUBLISH: &str = "/mqtt/messages?api-version=2025-08-01-preview";
pub(crate) const GET: &str = "/mqtt/retainedMessages/message?api-version=2025-11-16-preview";
pub(crate) const LIST: &str = "/mqtt/retainedMessages?api-version=2025-11-16-preview";

/// A broker with a clock to move.
pub(crate) struct Broker {
    pub(crate) emulator: Emulator,
    pub(crate) now: UnixTime,
}

impl Broker {
    pub(crate) fn with(settings: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder) -> Self {
        let builder = Emulator::builder().key("c2VjcmV0").seed(1).topic("orders").bearer_token("everything");
        let builder = builder
            .bearer_token_with_roles("publishes", [Role::TopicSpacesPublisher])
            .bearer_token_with_roles("reads", [Role::TopicSpacesSubscriber])
            .bearer_token_with_roles("events", [Role::DataContributor]);
        let emulator = settings(builder).build().unwrap();
        Self { emulator, now: UnixTime::from_secs(1_699_012_800) }
    }

    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn relaxed() -> Self {
        Self::with(|builder| builder.limits(Limits::Relaxed))
    }

    /// A request with these headers alone.
    pub(crate) fn request(
        &mut self,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Response<Bytes> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, value.as_bytes());
        }
        let request = request.body(body.into()).unwrap();
        let Outcome::Done(response) = self.emulator.begin(self.now, &request) else { panic!("it waits") };
        response
    }

    /// Publishes a message with a token for everything.
    pub(crate) fn publish(
        &mut self,
        query: &str,
        headers: &[(&str, &str)],
        payload: impl Into<Bytes>,
    ) -> Response<Bytes> {
        let base = [("authorization", "Bearer everything"), ("host", "contoso.westeurope-1.ts.example:6500")];
        self.request("POST", &format!("{PUBLISH}&{query}"), &[&base, headers].concat(), payload)
    }

    /// Retains a message.
    pub(crate) fn retain(&mut self, topic: &str, payload: &str) {
        let query = format!("topic={}&retain=1", topic.replace('/', "%2F"));
        assert_eq!(self.publish(&query, &[], payload.to_owned()).status(), 204, "{topic}");
    }

    pub(crate) fn read(&mut self, uri: &str) -> Response<Bytes> {
        let headers = [("authorization", "Bearer everything"), ("host", "contoso.example:6500")];
        self.request("GET", uri, &headers, "")
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.emulator.advance(self.now);
    }
}

fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

fn header<'r>(response: &'r Response<Bytes>, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// The status, the error's code and its message.
fn refusal(response: &Response<Bytes>) -> (u16, String, String) {
    let body = json(response);
    let text = |name: &str| body["error"][name].as_str().unwrap().to_owned();
    assert_eq!(header(response, "broker-errorcode"), Some(&*text("code")));
    (response.status().as_u16(), text("code"), text("message"))
}

#[test]
fn a_message_is_published_and_retained_if_it_says_so() {
    let mut broker = Broker::new();
    let published = broker.publish("topic=devices%2F17", &[("content-type", "text/plain")], "21.5");
    assert_eq!((published.status().as_u16(), published.body().len()), (204, 0));
    assert_eq!(broker.read(&format!("{GET}&topic=devices%2F17")).status(), 404, "it was not retained");

    for (query, headers, qos) in [
        ("topic=devices%2F17&retain=1&qos=0", &[][..], "0"),
        ("topic=devices%2F17", &[("mqtt-retain", "1"), ("mqtt-qos", "0")], "0"),
        ("topic=devices%2F17&retain=1&qos=1", &[("mqtt-retain", "0"), ("mqtt-qos", "0")], "1"),
        ("topic=devices%2F17&retain=1", &[], "1"),
    ] {
        assert_eq!(broker.publish(query, headers, &b"\xff\0"[..]).status(), 204, "{query}");
        let got = broker.read(&format!("{GET}&topic=devices%2F17"));
        assert_eq!((got.status().as_u16(), got.body().as_ref()), (200, &b"\xff\0"[..]));
        for (name, value) in [
            ("content-type", Some("application/octet-stream")),
            ("x-ms-mqtt-topic", Some("devices/17")),
            ("x-ms-mqtt-qos", Some(qos)),
            // A byte of type, one of length, the topic with its length, an identifier unless the
            // quality of service is 0, a byte for no properties, the payload.
            ("x-ms-mqtt-size", Some(if qos == "0" { "17" } else { "19" })),
            ("x-ms-mqtt-expiry", None),
            ("x-ms-mqtt-last-modified", Some("2023-11-03T12:00:00.000000000+00:00")),
        ] {
            assert_eq!(header(&got, name), value, "{query} {name}");
        }
        assert_eq!(broker.publish("topic=devices%2F17&retain=1", &[], "").status(), 204);
        assert_eq!(broker.read(&format!("{GET}&topic=devices%2F17")).status(), 404, "it was deleted");
    }
}

#[test]
fn a_retained_message_expires_by_the_clock() {
    let mut broker = Broker::new();
    broker.publish("topic=a&retain=1", &[("mqtt-message-expiry", "60")], "x");
    broker.publish("topic=b&retain=1", &[("mqtt-message-expiry", "0")], "x");
    assert_eq!(broker.read(&format!("{GET}&topic=b")).status(), 404);
    broker.pass(59);
    let got = broker.read(&format!("{GET}&topic=a"));
    assert_eq!(header(&got, "x-ms-mqtt-expiry"), Some("2023-11-03T12:01:00.000000000+00:00"));
    broker.pass(1);
    assert_eq!(refusal(&broker.read(&format!("{GET}&topic=a"))).0, 404);
    assert_eq!(json(&broker.read(&format!("{LIST}&topicFilter=%23")))["retainedMessages"], json!([]));
}

#[test]
fn retained_messages_are_listed_page_by_page() {
    let mut broker = Broker::new();
    for topic in ["a/1", "a/2", "a/2/x", "a/3", "b"] {
        broker.retain(topic, "x");
    }
    let listed = broker.read(&format!("{LIST}&topicFilter=a%2F1"));
    assert_eq!(header(&listed, "content-type"), Some("application/json"));
    let time = "2023-11-03T12:00:00.000000000+00:00";
    let message = json!({ "topic": "a/1", "qos": 1, "size": 11, "expiry": null, "lastModifiedTime": time });
    assert_eq!(json(&listed), json!({ "nextLink": null, "retainedMessages": [message] }));

    for (filter, topics) in [
        ("%23", &["a/1", "a/2", "a/2/x", "a/3", "b"][..]),
        ("a%2F%23", &["a/1", "a/2", "a/2/x", "a/3"]),
        ("a/+", &["a/1", "a/2", "a/3"]),
        ("a%2F%2B", &["a/1", "a/2", "a/3"]),
        ("c", &[]),
    ] {
        for count in ["1", "2", "100"] {
            let mut found = Vec::new();
            let mut uri = format!("{LIST}&topicFilter={filter}&maxResults={count}");
            loop {
                let page = json(&broker.read(&uri));
                let messages = page["retainedMessages"].as_array().unwrap();
                assert!(messages.len() <= count.parse().unwrap());
                found.extend(messages.iter().map(|it| it["topic"].as_str().unwrap().to_owned()));
                let Some(next) = page["nextLink"].as_str() else { break };
                assert!(next.starts_with("http://contoso.example:6500/mqtt/retainedMessages?"), "{next}");
                uri = next.to_owned();
            }
            assert_eq!(found, topics, "{filter} {count}");
        }
    }
}

#[test]
fn what_is_not_as_documented_is_refused_with_what_it_takes() {
    let mut broker = Broker::new();
    let base64 = |text: &str| STANDARD.encode(text);
    let (one, other) = (base64(r#"[{"a":"1"}]"#), base64(r#"[{"a":1}]"#));
    let long = format!("topic={}", "a".repeat(257));
    let (long_data, long_text) = (STANDARD.encode(vec![0; 65_536]), "a".repeat(65_536));
    for (query, headers, status, part) in [
        ("", &[][..], 400, "`topic` query parameter is required"),
        ("topic=", &[], 403, "`topic` is not valid: a topic has one character or more"),
        ("topic=a%2F%23", &[], 403, "the topic of a message has no wildcards"),
        ("topic=1/2/3/4/5/6/7/8/9", &[], 403, "at most 8 levels"),
        (&*long, &[], 403, "at most 256 bytes"),
        ("topic=%ff", &[], 400, "`topic` query parameter is not percent-encoded UTF-8"),
        ("topic=a&qos=2", &[], 400, "`qos` query parameter is not valid"),
        ("topic=a&qos=", &[], 400, "`qos` query parameter is not valid"),
        ("topic=a", &[("mqtt-qos", "2")], 400, "`mqtt-qos` header is not valid"),
        ("topic=a&retain=true", &[], 400, "`retain` query parameter is not valid"),
        ("topic=a", &[("mqtt-retain", "-1")], 400, "`mqtt-retain` header is not valid"),
        (
            "topic=a",
            &[("mqtt-message-expiry", "4294967296")],
            400,
            "`mqtt-message-expiry` header is not valid",
        ),
        ("topic=a", &[("mqtt-payload-format-indicator", "2")], 400, "`mqtt-payload-format-indicator` header"),
        ("topic=a", &[("mqtt-correlation-data", "%")], 400, "`mqtt-correlation-data` header is not valid"),
        ("topic=a", &[("mqtt-response-topic", "a%2F%2B")], 400, "`mqtt-response-topic` header is not valid"),
        (
            "topic=a",
            &[("mqtt-correlation-data", &long_data)],
            400,
            "`mqtt-correlation-data` header is not valid",
        ),
        ("topic=a", &[("content-type", &long_text)], 400, "`content-type` header is not valid"),
        ("topic=a", &[("mqtt-user-properties", &other)], 400, "`mqtt-user-properties` header is not valid"),
        ("topic=a", &[("mqtt-user-properties", r#"[{"a":"1"}]"#)], 400, "`mqtt-user-properties` header"),
        ("topic=a", &[("mqtt-qos", "1"), ("mqtt-qos", "1")], 400, "`mqtt-qos` header is given twice"),
        ("topic=a&api-version=x", &[("mqtt-user-properties", &one)], 204, ""),
    ] {
        let response = broker.publish(query, headers, "x");
        assert_eq!(response.status(), status, "{query} {headers:?}");
        if status != 204 {
            let (_, code, message) = refusal(&response);
            assert_eq!(code, if status == 403 { "Forbidden" } else { "BadRequest" }, "{query}");
            assert!(message.contains(part), "{query} {headers:?}: {message}");
        }
    }
    for (uri, part) in [
        (GET, "`topic` query parameter is required"),
        (&*format!("{GET}&topic=%23"), "`topic` is not valid"),
        (LIST, "`topicFilter` or `continuationToken` query parameter is required"),
        (&*format!("{LIST}&topicFilter=a%23"), "`topicFilter` is not valid"),
        (&*format!("{LIST}&topicFilter=a&continuationToken=b"), "cannot be given together"),
        (&*format!("{LIST}&continuationToken=nonsense"), "Invalid continuationToken parameter"),
        (&*format!("{LIST}&topicFilter=a&maxResults=0"), "Invalid maxResults parameter"),
        (&*format!("{LIST}&topicFilter=a&maxResults=101"), "Invalid maxResults parameter"),
        ("/mqtt/retainedMessages", "`api-version` query parameter is required"),
        ("/mqtt/retainedMessages?api-version=2025-08-01-preview", "Unsupported `api-version`"),
    ] {
        let (status, _, message) = refusal(&broker.read(uri));
        assert!(status == 400 && message.contains(part), "{uri}: {status} {message}");
    }
    let bearer = [("authorization", "Bearer everything")];
    for (method, uri, allowed) in [("GET", PUBLISH, "POST"), ("POST", GET, "GET"), ("DELETE", LIST, "GET")] {
        let response = broker.request(method, uri, &bearer, "");
        assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, Some(allowed)), "{uri}");
    }
    for path in
        ["/mqtt", "/mqtt/", "/mqtt/message", "/MQTT/messages", "/mqtt/messages/", "/mqtt/retainedmessages"]
    {
        assert_eq!(broker.request("POST", path, &bearer, "").status(), 404, "{path}");
    }
}

#[test]
fn bearer_tokens_alone_give_access_and_only_to_what_their_roles_permit() {
    let mut broker = Broker::new();
    let list = format!("{LIST}&topicFilter=a");
    let publish = format!("{PUBLISH}&topic=a");
    for (credential, publishes, reads) in [
        (("authorization", "Bearer everything"), 204, 200),
        (("authorization", "Bearer publishes"), 204, 403),
        (("authorization", "Bearer reads"), 403, 200),
        (("authorization", "Bearer events"), 403, 403),
        (("authorization", "Bearer other"), 401, 401),
        (("authorization", "SharedAccessKey c2VjcmV0"), 401, 401),
        (("authorization", "Basic c2VjcmV0"), 401, 401),
        (("aeg-sas-key", "c2VjcmV0"), 401, 401),
        (("x-nothing", ""), 401, 401),
    ] {
        for (method, uri, expected) in [("POST", &publish, publishes), ("GET", &list, reads)] {
            let response = broker.request(method, uri, &[credential], "x");
            assert_eq!(response.status(), expected, "{uri} {credential:?}");
            let schemes = (expected == 401).then_some("Bearer");
            assert_eq!(header(&response, "www-authenticate"), schemes, "{uri} {credential:?}");
        }
    }
    let (_, code, message) =
        refusal(&broker.request("POST", &publish, &[("authorization", "Bearer reads")], "x"));
    assert_eq!(code, "Forbidden");
    assert!(message.ends_with("it needs the role EventGrid TopicSpaces Publisher"), "{message}");
    // A token for messages is none for events.
    let events = "/topics/orders:publish?api-version=2024-06-01";
    assert_eq!(broker.request("POST", events, &[("authorization", "Bearer publishes")], "[]").status(), 401);
    let mut open = Broker::with(EmulatorBuilder::without_authentication);
    assert_eq!(open.request("POST", &publish, &[], "x").status(), 204);
}

#[test]
fn limits_are_those_of_the_documentation_unless_they_are_relaxed() {
    let (mut strict, mut relaxed) = (Broker::new(), Broker::relaxed());
    let levels = "topic=1/2/3/4/5/6/7/8/9";
    // 65,536 bytes with the topic `a`: 1 of type, 3 of length, 3 and 2 of topic and identifier, 1
    // of properties.
    for (query, size, expected) in [
        ("topic=a&retain=1", 65_526, 204),
        ("topic=a&retain=1", 65_527, 413),
        ("topic=a", 524_278, 204),
        ("topic=a", 524_279, 413),
        (levels, 1, 403),
    ] {
        let payload = vec![b'x'; size];
        assert_eq!(strict.publish(query, &[], payload.clone()).status(), expected, "{query} {size}");
        assert_eq!(relaxed.publish(query, &[], payload).status(), 204, "{query} {size}");
    }
    assert_eq!(relaxed.publish("topic=a", &[], vec![0; 2_000_000]).status(), 413);
    let plain = [("mqtt-user-properties", r#"[{"a":"1"}]"#)];
    assert_eq!(relaxed.publish("topic=a", &plain, "x").status(), 204);
    let old = "/mqtt/retainedMessages?api-version=2025-08-01-preview&topicFilter=a";
    assert_eq!((strict.read(old).status().as_u16(), relaxed.read(old).status().as_u16()), (400, 200));
}

#[test]
fn the_journal_faults_metrics_snapshots_and_a_reset_know_messages() {
    let mut broker = Broker::new();
    let busy = FaultCondition::new().operation(Operation::PublishMessage).topic("mqtt:a/1").count(1);
    broker.emulator.set_faults(vec![Fault::new(busy, FaultEffect::new().status(503))], Some(1)).unwrap();
    let publish = |broker: &mut Broker| broker.publish("topic=a%2F1&retain=1", &[], "x").status().as_u16();
    assert_eq!((publish(&mut broker), publish(&mut broker)), (503, 204));
    assert_eq!(broker.publish("topic=b", &[], "x").status(), 204);
    broker.read(&format!("{LIST}&topicFilter=%23"));

    let criteria = RequestCriteria::new().operation(Operation::PublishMessage).topic("mqtt:a/1");
    let requests = broker.emulator.requests(&criteria).unwrap();
    assert_eq!(requests.iter().map(|it| it.status).collect::<Vec<_>>(), [Some(503), Some(204)]);
    assert!(requests[0].path.ends_with("&topic=a%2F1&retain=1"), "{}", requests[0].path);
    let line = r#"eventgrid_emulator_requests_total{operation="listRetainedMessages",status="200"} 1"#;
    assert!(broker.emulator.metrics().contains(line), "{}", broker.emulator.metrics());

    let snapshot = serde_json::to_string(&broker.emulator.snapshot()).unwrap();
    broker.emulator.reset();
    assert_eq!(broker.read(&format!("{GET}&topic=a%2F1")).status(), 404);
    let builder = Emulator::builder().bearer_token("everything").without_sas().key("k");
    let other = builder.in_process().unwrap();
    other.restore(&serde_json::from_str(&snapshot).unwrap()).unwrap();
    let again: Value = serde_json::to_value(other.with(|emulator| emulator.snapshot())).unwrap();
    assert_eq!(again["retainedMessages"][0]["topic"], "a/1");
    let damaged = snapshot.replace(r#""qos":1"#, r#""qos":2"#);
    let error = other.restore(&serde_json::from_str(&damaged).unwrap()).unwrap_err().to_string();
    assert!(error.contains("retainedMessages[0]: the qos is 0 or 1"), "{error}");
}
