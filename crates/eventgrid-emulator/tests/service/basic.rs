//! An emulator with basic topics, domains and partner namespaces, and short ways to send requests
//! to it.

use bytes::Bytes;
use eventgrid_emulator::{Accepted, Emulator, InputSchema, Limits, Outcome, UnixTime};
use http::{Request, Response, StatusCode};
use serde_json::Value;

/// 2023-11-03 12:00 UTC.
pub(crate) const NOON: UnixTime = UnixTime::from_secs(1_699_012_800);

/// Base64 text, so that it can sign.
pub(crate) const KEY: &str = "c2VjcmV0LWtleS1vZi10aGlydHktdHdvLWJ5dGVzISE=";

pub(crate) const VERSION: &str = "api-version=2018-01-01";

pub(crate) const EVENT_GRID: &str = r#"{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1","data":{"a":1}}"#;
pub(crate) const CLOUD: &str =
    r#"{"specversion":"1.0","id":"1","source":"shop","type":"Ordered","data":{"a":1}}"#;
pub(crate) const CUSTOM: &str = r#"{"ver":"1.0","payload":{"a":[1.50]}}"#;

pub(crate) const JSON: &str = "application/json; charset=utf-8";
pub(crate) const ONE: &str = "application/cloudevents+json; charset=utf-8";
pub(crate) const BATCH: &str = "application/cloudevents-batch+json; charset=utf-8";

pub(crate) struct Basic {
    pub(crate) emulator: Emulator,
}

impl Basic {
    pub(crate) fn new() -> Self {
        Self::with(Limits::Strict)
    }

    pub(crate) fn with(limits: Limits) -> Self {
        let builder = Emulator::builder()
            .limits(limits)
            .key(KEY)
            .bearer_token("a-bearer-token")
            .seed(1)
            .subscription("orders", "billing")
            .basic_topic_at_root()
            .basic_topic("grid", InputSchema::EventGrid)
            .basic_topic("cloud", InputSchema::CloudEvents)
            .basic_topic("custom", InputSchema::Custom)
            .domain("grid-domain", InputSchema::EventGrid)
            .domain("cloud-domain", InputSchema::CloudEvents)
            .domain("custom-domain", InputSchema::Custom)
            .partner_channel("partner", "grid", InputSchema::EventGrid)
            .partner_channel("partner", "cloud", InputSchema::CloudEvents)
            .partner_channel("partner", "custom", InputSchema::Custom);
        Self { emulator: builder.build().unwrap() }
    }

    /// A request as it is.
    pub(crate) fn request(
        &mut self,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Response<Bytes> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match self.emulator.begin(NOON, &request.body(body.into()).unwrap()) {
            Outcome::Done(reply) => reply,
            other => panic!("{uri}: {other:?}"),
        }
    }

    /// A publish with a good key.
    pub(crate) fn publish(
        &mut self,
        path: &str,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Response<Bytes> {
        let headers =
            [("host", "emulator.example:6500"), ("aeg-sas-key", KEY), ("content-type", content_type)];
        self.request("POST", &format!("{path}?{VERSION}"), &headers, body)
    }

    /// A publish to a channel of the partner namespace.
    pub(crate) fn publish_to_channel(
        &mut self,
        channel: &str,
        content_type: &str,
        body: impl Into<Bytes>,
    ) -> Response<Bytes> {
        let headers = [("aeg-sas-key", KEY), ("content-type", content_type), ("aeg-channel-name", channel)];
        self.request("POST", &format!("/partner/api/events?{VERSION}"), &headers, body)
    }

    /// What was accepted since the last call: one publish.
    pub(crate) fn accepted(&mut self) -> Accepted {
        let mut accepted = self.emulator.accepted();
        assert_eq!(accepted.len(), 1);
        self.emulator.clear_accepted();
        accepted.remove(0)
    }
}

/// Code, code of the details, and message without its report; checks that the message is there
/// twice.
pub(crate) fn refusal(reply: &Response<Bytes>) -> (u16, String, String, String) {
    let body: Value = serde_json::from_slice(reply.body()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (error, detail) = (&body["error"], &body["error"]["details"][0]);
    assert_eq!(error["message"], detail["message"]);
    let message = text(&error["message"]);
    let message = message.split(" Report '").next().unwrap().to_owned();
    (reply.status().as_u16(), text(&error["code"]), text(&detail["code"]), message)
}

/// That a publish is refused as bad input, and with which message.
#[track_caller]
pub(crate) fn input_refused(reply: &Response<Bytes>) -> String {
    let (status, code, detail_code, message) = refusal(reply);
    assert_eq!((status, code.as_str(), detail_code.as_str()), (400, "BadRequest", "InputJsonInvalid"));
    message
}

#[track_caller]
pub(crate) fn is_success(reply: &Response<Bytes>) {
    assert_eq!((reply.status(), reply.body().as_ref()), (StatusCode::OK, &b""[..]), "{reply:?}");
}
