//! The table of scenarios.

use eventgrid::RawRequest;

use crate::AnyError;
use crate::event::event;
use crate::namespace::Namespace;
use crate::response::Delivered;
use crate::settling::{drain, hold, settle, settle_with};

/// A few requests, and what is observed.
pub(crate) struct Scenario {
    pub(crate) id: &'static str,
    pub(crate) case: &'static str,
    pub(crate) observe: fn(&Namespace) -> Result<Vec<String>, AnyError>,
}

type Lines = Result<Vec<String>, AnyError>;

macro_rules! scenarios {
    ($($id:literal, $case:literal, $observe:expr;)*) => {
        &[$(Scenario { id: $id, case: $case, observe: $observe }),*]
    };
}

/// The ids are those of `crates/eventgrid-emulator/FACTS.md` where there is one.
pub(crate) const SCENARIOS: &[Scenario] = scenarios! {
    "publish", "an event, published and received", |it| published(it, r#""subject":"a/b","data":{"b":1,"a":[null]}"#);
    "attribute-order", "members of data, in the order in which they are delivered",
        |it| published(it, r#""data":{"z":1,"a":{"y":2,"b":3}}"#);
    "extension-name-length", "the name of an extension attribute has 21 characters",
        |it| published(it, r#""abcdefghijklmnopqrstu":"x""#);
    "extension-value-type", "an extension attribute is an object", |it| published(it, r#""extension":{"a":1}"#);
    "extension-value-kept", "extension attributes are a number and a boolean",
        |it| published(it, r#""number":5,"flag":true"#);
    "datacontenttype-data", "data is an object although its media type is text",
        |it| published(it, r#""datacontenttype":"text/plain","data":{"a":1}"#);
    "dataschema-any-string", "dataschema is not a URI", |it| published(it, r##""dataschema":"#""##);
    "null-attribute", "subject is null", |it| published(it, r#""subject":null"#);
    "null-data", "data is null", |it| published(it, r#""data":null"#);
    "data-text", "data is a text", |it| published(it, r#""datacontenttype":"text/plain","data":"a\u0062\/\n""#);
    "data-base64", "data is binary", |it| published(it, r#""datacontenttype":"image/png","data_base64":"AAEC""#);
    "name-twice", "a member is there twice", |it| published(it, r#""subject":"a","subject":"b""#);
    "time-format", "a time has an offset and ten digits of fraction",
        |it| published(it, r#""time":"2024-02-29T23:59:59.1234567891+02:00""#);
    "time-range", "a time has a leap second", |it| published(it, r#""time":"2016-12-31T23:59:60Z""#);
    "time-format-space", "a time has a space for the T", |it| published(it, r#""time":"2024-02-29 23:59:59Z""#);
    "specversion", "the version of CloudEvents is 0.3",
        |it| refused(it, r#"{"specversion":"0.3","id":"1","source":"SOURCE","type":"t"}"#);
    "refusal-words", "an event has no id", |it| refused(it, r#"{"specversion":"1.0","source":"SOURCE","type":"t"}"#);
    "source-empty", "the source is empty",
        |it| refused(it, r#"{"specversion":"1.0","id":"1","source":"","type":"t"}"#);
    "not-json", "the body is not JSON", |it| refused(it, r#"{"specversion""#);
    "empty-batch", "a batch has no events", |it| refused(it, "[]");
    "bad-event-in-batch", "one event of a batch is refused", |it| {
        let batch = format!(r#"[{},{{"specversion":"1.0","source":"/a","type":"t"}}]"#, event(it, "good", ""));
        let response = it.publish(&batch)?.line();
        with_events(it, response)
    };
    "namespace-events-per-request", "a batch has 1,001 events, of which the last one has no id", |it| {
        let mut events = vec![r#"{"specversion":"1.0","id":"1","source":"SOURCE","type":"t"}"#; 1000];
        events.push(r#"{"specversion":"1.0","source":"SOURCE","type":"t"}"#);
        refused(it, &format!("[{}]", events.join(",")))
    };
    "media-type-missing", "a request has no media type", |it| {
        let path = format!("/topics/{}:publish", it.topic());
        Ok(vec![it.send(&RawRequest::new("POST", &path).body(b"{}"))?.line()])
    };
    "media-type-other", "a request has a media type of something else",
        |it| Ok(vec![it.publish_as(b"<a/>", "application/xml")?.line()]);
    "binary-mode-data", "an event in binary content mode", binary_mode;
    "topic-unknown", "there is no such topic",
        |it| Ok(vec![it.send(&RawRequest::new("POST", "/topics/no-such-topic:publish").body(b"{}"))?.line()]);
    "subscription-unknown", "there is no such event subscription", |it| {
        let path = format!("/topics/{}/eventsubscriptions/no-such-one:receive", it.topic());
        Ok(vec![it.send(&RawRequest::new("POST", &path))?.line()])
    };
    "namespace-statuses", "another method, another path, another api-version, a wrong key", statuses;
    "name-case", "the names in other letter case", |it| {
        let (topic, subscription) = (it.topic().to_uppercase(), it.subscription().to_uppercase());
        let path = format!("/topics/{topic}/eventsubscriptions/{subscription}:acknowledge");
        let request = RawRequest::new("POST", &path).header("content-type", "application/json");
        Ok(vec![it.send(&request.body(br#"{"lockTokens":["x"]}"#))?.line()])
    };
    "path-prefix", "something stands before /topics/", |it| {
        let path = format!("/api/events{}", it.subscription_path("acknowledge"));
        let request = RawRequest::new("POST", &path).header("content-type", "application/json");
        Ok(vec![it.send(&request.body(br#"{"lockTokens":["x"]}"#))?.line()])
    };
    "receive-parameters", "parameters of a receive out of their ranges", receive_parameters;
    "lock-token-unknown", "a lock token that never was one", |it| {
        let actions = ["acknowledge", "release", "reject", "renewLock"].iter();
        actions.map(|action| Ok(settle(it, action, &["never-a-token"])?.line())).collect()
    };
    "lock-tokens-per-request", "a request has no lock tokens",
        |it| Ok(vec![settle(it, "acknowledge", &[])?.line()]);
    "lock-token-twice", "a lock token is twice in one request", |it| {
        let held = hold(it, "twice")?;
        let token = held.broker_properties.lock_token.as_str();
        Ok(vec![settle(it, "renewLock", &[token, token])?.line(), settle(it, "acknowledge", &[token, token])?.line()])
    };
    "acknowledge-twice", "an event is acknowledged, and then settled in each way again", |it| {
        let held = hold(it, "acknowledged")?;
        let token = held.broker_properties.lock_token.as_str();
        let actions = ["acknowledge", "acknowledge", "release", "reject", "renewLock"].iter();
        actions.map(|action| Ok(settle(it, action, &[token])?.line())).collect()
    };
    "release", "an event is released, and comes again", |it| {
        let held = hold(it, "released")?;
        let released = settle(it, "release", &[&held.broker_properties.lock_token])?.line();
        with_events(it, released)
    };
    "release-delay", "a release with a delay that there is not", |it| {
        let held = hold(it, "delayed")?;
        let token = held.broker_properties.lock_token.as_str();
        let refused = settle_with(it, "release", &[token], Some(("releaseDelayInSeconds", "5")))?.line();
        Ok(vec![refused, settle(it, "acknowledge", &[token])?.line()])
    };
    "reject", "an event is rejected, and does not come again", |it| {
        let held = hold(it, "rejected")?;
        let rejected = settle(it, "reject", &[&held.broker_properties.lock_token])?.line();
        with_events(it, rejected)
    };
    "namespace-request-size", "the body of a request has 1,048,577 bytes", |it| {
        let empty = event(it, "large", r#""data":"""#);
        let padding = "x".repeat(1_048_577 - empty.len());
        let response = it.publish(&event(it, "large", &format!(r#""data":"{padding}""#)))?.line();
        let arrived = drain(it)?.iter().map(Delivered::id).collect::<Vec<_>>();
        Ok(vec![response, format!("{arrived:?}")])
    };
};

/// Publishes an event with these members. The response, and what arrives of it.
fn published(namespace: &Namespace, members: &str) -> Lines {
    let response = namespace.publish(&event(namespace, "1", members))?.line();
    with_events(namespace, response)
}

/// A response, and the events that arrive after it.
fn with_events(namespace: &Namespace, response: String) -> Lines {
    let arrived = drain(namespace)?;
    Ok([response].into_iter().chain(arrived.iter().map(Delivered::line)).collect())
}

/// Publishes what should be refused, with this run's source for `SOURCE`. The response, and how
/// many events arrive all the same.
fn refused(namespace: &Namespace, body: &str) -> Lines {
    let response = namespace.publish(&body.replace("SOURCE", &namespace.source()))?.line();
    Ok(vec![response, format!("{} arrive", drain(namespace)?.len())])
}

fn binary_mode(namespace: &Namespace) -> Lines {
    let path = format!("/topics/{}:publish", namespace.topic());
    let source = namespace.source();
    let mut lines = Vec::new();
    for (media_type, body) in
        [("application/json", "{\"b\":1,\"a\":2}"), ("text/plain", "five"), ("image/png", "\0\x01")]
    {
        let request = RawRequest::new("POST", &path)
            .header("content-type", media_type)
            .header("ce-specversion", "1.0")
            .header("ce-id", "1")
            .header("ce-source", &source)
            .header("ce-type", "Comparison")
            .header("ce-subject", "Euro%20%E2%82%AC")
            .body(body.as_bytes());
        let response = namespace.send(&request)?.line();
        lines.extend(with_events(namespace, response)?);
    }
    Ok(lines)
}

fn statuses(namespace: &Namespace) -> Lines {
    let publish = format!("/topics/{}:publish", namespace.topic());
    let receive = namespace.subscription_path("receive");
    Ok(vec![
        namespace.send(&RawRequest::new("PUT", &publish).body(b"{}"))?.line(),
        namespace.send(&RawRequest::new("GET", &receive))?.line(),
        namespace.send(&RawRequest::new("POST", "/no/such/path"))?.line(),
        namespace.send(&RawRequest::new("POST", &receive).query("api-version", "2000-01-01"))?.line(),
        namespace.send_as_stranger(&RawRequest::new("POST", &receive))?.line(),
    ])
}

fn receive_parameters(namespace: &Namespace) -> Lines {
    let path = namespace.subscription_path("receive");
    let out_of_range = [
        ("maxEvents", "0"),
        ("maxEvents", "101"),
        ("maxEvents", "-1"),
        ("maxEvents", "+5"),
        ("maxEvents", "many"),
        ("maxWaitTime", "9"),
        ("maxWaitTime", "121"),
    ];
    let lines = out_of_range.iter().map(|(name, value)| {
        // If it is accepted all the same, there is an event to return at once.
        namespace.publish(&event(namespace, "waiting", ""))?;
        let response = namespace.send(&RawRequest::new("POST", &path).query(name, value))?;
        for delivered in response.deliveries().unwrap_or_default() {
            settle(namespace, "acknowledge", &[&delivered.broker_properties.lock_token])?;
        }
        drain(namespace)?;
        let line = if response.deliveries().is_some() { "200".to_owned() } else { response.line() };
        Ok(format!("{name}={value}: {line}"))
    });
    lines.collect()
}
