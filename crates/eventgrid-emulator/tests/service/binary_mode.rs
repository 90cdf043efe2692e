//! Binary content mode: attributes as headers, data as the body.

use bytes::Bytes;
use eventgrid_emulator::Outcome;
use http::{Request, Response};
use serde_json::{Value, json};

use crate::namespace::{BATCH, JSON, Namespace, ONE, PUBLISH, billing, event};

const REQUIRED: [(&str, &str); 4] =
    [("ce-id", "1"), ("ce-source", "/shop"), ("ce-type", "Ordered"), ("ce-specversion", "1.0")];

fn publish(namespace: &mut Namespace, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Response<Bytes> {
    let mut request = Request::post(PUBLISH).header("aeg-sas-key", "c2VjcmV0");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    match namespace.emulator.begin(namespace.now, &request.body(body.into()).unwrap()) {
        Outcome::Done(reply) => reply,
        other => panic!("a publish does not wait: {other:?}"),
    }
}

/// Publishes an event with the required attributes and these headers; gives what a consumer
/// receives.
fn received(headers: &[(&str, &str)], body: impl Into<Bytes>) -> Value {
    let mut namespace = Namespace::new();
    let reply = publish(&mut namespace, &[&REQUIRED, headers].concat(), body);
    assert_eq!((reply.status().as_u16(), reply.body().as_ref()), (200, &b"{}"[..]), "{reply:?}");
    let reply = namespace.send(&billing("receive"), JSON, "");
    let mut body: Value = serde_json::from_slice(reply.body()).unwrap();
    let event = body["value"][0]["event"].take();
    let accepted = namespace.emulator.accepted();
    assert_eq!(accepted[0].events[0].deserialize::<Value>().unwrap(), event);
    assert_eq!(accepted[0].headers["ce-id"], "1");
    event
}

fn refused(headers: &[(&str, &str)], body: &'static str) -> String {
    let mut namespace = Namespace::new();
    let reply = publish(&mut namespace, headers, body);
    assert_eq!(reply.status(), 400, "{reply:?}");
    assert_eq!(namespace.emulator.stats("orders", "billing").unwrap().published, 0);
    let body: Value = serde_json::from_slice(reply.body()).unwrap();
    body["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn data_arrives_as_its_media_type_says() {
    for (content_type, body, name, data) in [
        ("text/xml", &b"<?xml version=\"1.0\"?><a/>"[..], "data", json!("<?xml version=\"1.0\"?><a/>")),
        ("text/plain; charset=utf-8", "grüße \u{1}".as_bytes(), "data", json!("grüße \u{1}")),
        ("Application/Atom+XML", b"<a/>", "data", json!("<a/>")),
        ("application/customcontenttype", &[1, 2, 3], "data_base64", json!("AQID")),
        ("application/octet-stream", b"text", "data_base64", json!("dGV4dA==")),
        ("text/plain", &[0xff], "data_base64", json!("/w==")),
        ("application/json", b" {\"b\": [1.50]} ", "data", json!({"b": [1.5]})),
        ("Application/Vnd.Shop+JSON", b"null", "data", json!(null)),
        ("image/json", b"\"x\"", "data", json!("x")),
        ("nonsense", b"{}", "data_base64", json!("e30=")),
    ] {
        let event = received(&[("content-type", content_type)], body);
        let expected = json!({
            "id": "1", "source": "/shop", "type": "Ordered", "specversion": "1.0",
            "datacontenttype": content_type, name: data,
        });
        assert_eq!(event, expected);
    }
    let event = received(&[("content-type", "text/plain")], "");
    assert_eq!((event.get("data"), event.get("data_base64")), (None, None));
}

#[test]
fn attributes_are_decoded_and_extensions_are_text() {
    let event = received(
        &[
            ("content-type", "text/plain"),
            ("ce-subject", "my subject %E2%82%AC%2525"),
            ("ce-time", "2023-11-05 16:19:34.136651+00:00"),
            ("ce-dataschema", "\"https://example.com/\\\"s\""),
            ("ce-extensiondataint", "101"),
            ("CE-flag", "true"),
            ("x-ce-other", "ignored"),
        ],
        "x",
    );
    let expected = json!({
        "id": "1", "source": "/shop", "type": "Ordered", "specversion": "1.0",
        "subject": "my subject €%25", "time": "2023-11-05T16:19:34.136651Z", "dataschema": "https://example.com/\"s",
        "extensiondataint": "101", "flag": "true", "datacontenttype": "text/plain", "data": "x",
    });
    assert_eq!(event, expected);
}

#[test]
fn a_structured_media_type_makes_headers_of_no_concern() {
    let mut namespace = Namespace::new();
    for (content_type, body) in [(ONE, event("structured")), (BATCH, format!("[{}]", event("structured")))] {
        let headers =
            [("content-type", content_type), ("ce-id", "header"), ("ce-datacontenttype", "x"), ("ce-", "")];
        assert_eq!(publish(&mut namespace, &headers, body).status(), 200);
        assert_eq!(namespace.receive()[0].id, "structured");
    }
    let headers = [&REQUIRED[..], &[("content-type", "application/cloudevents+avro")]].concat();
    assert_eq!(publish(&mut namespace, &headers, "x").status(), 415);
    assert_eq!(publish(&mut namespace, &[("content-type", "text/plain")], "x").status(), 415);
}

#[test]
fn what_is_missing_or_wrong() {
    let text = ("content-type", "text/plain");
    assert_eq!(refused(&REQUIRED, "x"), "CONTENT-TYPE is not provided");
    assert_eq!(
        refused(&[&REQUIRED[..], &[("content-type", " ")]].concat(), "x"),
        "CONTENT-TYPE is not provided"
    );
    for (index, (name, _)) in REQUIRED.iter().enumerate() {
        let attribute = name.strip_prefix("ce-").unwrap();
        let mut headers = REQUIRED.to_vec();
        headers[index].1 = "";
        headers.push(text);
        assert_eq!(refused(&headers, "x"), format!("`{attribute}` must be non-empty string"));
        headers.remove(index);
        assert_eq!(refused(&headers, "x"), format!("`{attribute}` attribute is required"));
    }
    let base = [&REQUIRED[..], &[text]].concat();
    for (name, value, message) in [
        ("ce-id", "2", "duplicate attribute `id`"),
        ("ce-datacontenttype", "text/plain", "`datacontenttype` is not a valid attribute name"),
        ("ce-data", "x", "`data` is not a valid attribute name"),
        ("ce-data_base64", "x", "`data_base64` is not a valid attribute name"),
        ("ce-my_ext", "x", "`my_ext` is not a valid attribute name"),
        ("ce-", "x", "`` is not a valid attribute name"),
        ("ce-time", "yesterday", "`time` must be RFC 3339 timestamp"),
        ("ce-ext", "%C0%A0", "`ext` is not percent-encoded UTF-8"),
    ] {
        assert_eq!(refused(&[&base[..], &[(name, value)]].concat(), "x"), message);
    }
    let headers = [&REQUIRED[..], &[("content-type", "application/json")]].concat();
    assert!(refused(&headers, "{").starts_with("Error parsing request body: "));
}
