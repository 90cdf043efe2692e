//! Publishing to a namespace topic.

use eventgrid::event::{CloudEventView, MalformedEvent};
use eventgrid::json::RawJson;
use eventgrid::{CallOptions, CloudEvent, Data, RawRequest};

use super::{Call, Case, EVENTS, same};
use crate::captured_requests::calls::{TIME, cncf, dict, event, json, numbered, published, publisher, topic};

pub(super) fn cases() -> Vec<Case> {
    use Call::{OneEvent, Request};
    vec![
        same(
            "namespace: CloudEvent, dict data, all attributes, 3 extensions",
            OneEvent(|| {
                event()
                    .with_subject("sub")
                    .with_data_schema("http://x/y")
                    .with_data_content_type("application/json")
                    .with_extension("ext1", "v")
                    .with_extension("extint", 5)
                    .with_extension("extbool", true)
                    .with_data(json(r#"{"b":1,"a":[1,2,null,1.5,true]}"#))
            }),
        ),
        same("namespace: str data", OneEvent(|| event().with_data(Data::text("hello")))),
        same("namespace: bytes data", OneEvent(|| event().with_data(Data::bytes(b"\x01\x02\xff")))),
        same("namespace: data omitted (None)", OneEvent(event)),
        same("namespace: explicit null data", OneEvent(|| event().with_data(json("null")))),
        same("namespace: int 0 data", OneEvent(|| event().with_data(json("0")))),
        same("namespace: non-ASCII str data", OneEvent(|| event().with_data(Data::text("hé中😀")))),
        same(
            "namespace: list of two",
            Request(|| {
                let second = CloudEvent::new("2", "/s", "t").with_time(TIME).with_data(Data::text("x"));
                published("orders", &[numbered(), second])
            }),
        ),
        same(
            "namespace: dict input, time with +02:00 offset (azure-core drops the offset)",
            OneEvent(|| {
                dict(
                    r#"{"id":"1","source":"/s","type":"t","specversion":"1.0",
                        "time":"2024-06-01T12:00:00+02:00","data":{"x":1},"ext":"1"}"#,
                )
            }),
        )
        .differs("A `time` with an offset keeps it.", |request| {
            *request.member("time") = "2024-06-01T12:00:00+02:00".into();
        }),
        same(
            "namespace: dict input with data_base64",
            OneEvent(|| {
                dict(r#"{"source":"/s","type":"t","id":"1","specversion":"1.0","data_base64":"AQI="}"#)
            }),
        ),
        same(
            "namespace: dict input with both data and data_base64 (sent as is)",
            Request(|| {
                let both =
                    r#"{"source":"/s","type":"t","id":"1","specversion":"1.0","data":1,"data_base64":"AQI="}"#;
                let refused = CloudEventView::parse(RawJson::parse(both).unwrap()).unwrap_err();
                assert_eq!(refused, MalformedEvent::DataTwice);
                let body = format!("[{both}]");
                let request = RawRequest::new("POST", "/topics/orders:publish")
                    .query("api-version", "2024-06-01")
                    .header("content-type", EVENTS)
                    .body(body.as_bytes());
                publisher(topic("orders"), |publisher| publisher.send_request(&request).map(drop))
            }),
        )
        .differs(
            "An event with both `data` and `data_base64` is not a CloudEvent; only a raw request can send it.",
            |_| {},
        ),
        same("namespace: CNCF CloudEvent bytes", OneEvent(|| cncf().with_data(Data::bytes(b"\x01\x02")))),
        same("namespace: CNCF CloudEvent None data", OneEvent(cncf)),
        same("namespace: topic name needing escapes", Request(|| published("my topic/1", &[numbered()]))),
        same(
            "namespace: content_type override (body is still an array)",
            Request(|| {
                let options = CallOptions::new().content_type("application/cloudevents+json");
                publisher(topic("orders"), |publisher| publisher.send_with(&[numbered()], &options))
            }),
        ),
    ]
}
