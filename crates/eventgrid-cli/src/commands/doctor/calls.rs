//! Requests that change nothing, and what their responses say of the key, the names, the clock and
//! the API version.

use std::error::Error as StdError;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::sas::SasResource;
use eventgrid::target::{AnyTarget, Target as _};
use eventgrid::{
    Endpoint, EndpointKind, Error, RawRequest, RawResponse, Subscription, TransportError, TransportErrorKind,
    with_causes,
};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::findings::{Findings, Outcome};
use crate::arguments::SubscriptionArgument;
use crate::connection::Connection;
use crate::failure::{Failure, FailureKind, push_advice};
use crate::interruption::Interruption;

/// How far the clocks may be apart, in seconds. SAS tokens are made for hours.
const CLOCK_TOLERANCE: i64 = 60;

/// A batch that a namespace refuses with status 400: the service is known to do so from recordings
/// of Microsoft's SDK for Go, whose test `TestSimpleErrors` sends the same.
const NO_EVENT: &[u8] = br#"[{"id":"","source":"","specversion":"","type":""}]"#;

/// What no schema of a topic, a domain or a partner namespace can be: it is not JSON.
const NO_JSON: &[u8] = b"[{";

/// A lock token that nobody has: nothing is renewed by it. The service is known to name such tokens
/// in a response with status 200.
const NO_LOCK: &[u8] = br#"{"lockTokens":["egrid-doctor"]}"#;

/// What to do where an endpoint of http does not speak it.
const HTTPS_ADVICE: &str =
    "; if it is meant to be reached over https, write https:// before the endpoint's host";

/// Whether the key may publish: by an event that is refused before anything is stored.
pub(super) fn check_publish(connection: &Connection, findings: &mut Findings) {
    let checked = connection.target().and_then(|target| {
        let kind = target.endpoint_kind();
        let (path, content_type, body) = match &target {
            AnyTarget::NamespaceTopic(topic) => (
                format!("{}:publish", path_of(topic, topic.endpoint())),
                "application/cloudevents-batch+json; charset=utf-8",
                NO_EVENT,
            ),
            _ => ("/api/events".to_owned(), "application/json; charset=utf-8", NO_JSON),
        };
        let channel = match &target {
            AnyTarget::PartnerChannel(channel) => Some(channel.channel().to_owned()),
            _ => None,
        };
        let request = RawRequest::new("POST", &path).header("content-type", content_type).body(body);
        let request = match &channel {
            Some(channel) => request.header("aeg-channel-name", channel),
            None => request,
        };
        let publisher = Publisher::new(connection.client(&Interruption::default())?, target);
        add_response("publish", kind, connection, &publisher.send_request(&request), findings);
        Ok(())
    });
    if let Err(failure) = checked {
        add_failure("publish", &failure, findings);
    }
}

/// Whether the key may receive: by renewing a lock that nobody has.
pub(super) fn check_receive(connection: &Connection, given: &SubscriptionArgument, findings: &mut Findings) {
    match connection.subscription(given) {
        Ok(subscription) => renew_nothing(connection, subscription, findings),
        Err(failure) => add_failure("receive", &failure, findings),
    }
}

fn renew_nothing(connection: &Connection, subscription: Subscription<'static>, findings: &mut Findings) {
    let path = format!("{}:renewLock", path_of(&subscription, subscription.endpoint()));
    let request = RawRequest::new("POST", &path).header("content-type", "application/json").body(NO_LOCK);
    match connection.client(&Interruption::default()) {
        Ok(client) => {
            let response = Consumer::new(client, subscription).send_request(&request);
            add_response("receive", EndpointKind::Namespace, connection, &response, findings);
        }
        Err(failure) => findings.problem("receive", failure.kind(), failure.in_one_line()),
    }
}

/// Why a request was not made. What is not valid has to be mended; what was not named is not
/// checked.
fn add_failure(check: &'static str, failure: &Failure, findings: &mut Findings) {
    if failure.has_cause() {
        findings.problem(check, failure.kind(), failure.in_one_line());
    } else {
        findings.add(check, Outcome::Skipped, failure.in_one_line());
    }
}

/// The path of a resource below its endpoint.
fn path_of<'r>(resource: impl Into<SasResource<'r>>, endpoint: &Endpoint<'_>) -> String {
    let url = resource.into().to_string();
    url.strip_prefix(&endpoint.to_string()).unwrap_or_default().to_owned()
}

/// What the response to a request that changes nothing says.
fn add_response<T: TransportError + StdError + 'static>(
    check: &'static str,
    kind: EndpointKind,
    connection: &Connection,
    result: &Result<RawResponse, Error<'static, T>>,
    findings: &mut Findings,
) {
    let response = match result {
        Ok(response) => response,
        Err(error) => {
            let mut text = with_causes(error).to_string();
            // A server that expects TLS answers plain http by an alert, or not at all.
            let is_no_http = matches!(error, Error::Transport { error, .. }
                if matches!(error.kind(), TransportErrorKind::Interrupted | TransportErrorKind::Other));
            if is_no_http && Endpoint::new(connection.endpoint()).is_ok_and(|endpoint| !endpoint.is_https()) {
                text.push_str(HTTPS_ADVICE);
            }
            findings.problem(check, FailureKind::of_call(error), text);
            return;
        }
    };
    add_clock(response, findings);
    let status = response.status();
    let body = String::from_utf8_lossy(response.body());
    let is_event_grid = Form::of(response.body()) != Form::Unknown;
    if is_event_grid {
        add_api_version(kind, response, findings);
    }
    match status {
        401 | 403 => {
            let unless = if is_event_grid { "" } else { ", or this is not Event Grid" };
            let text = format!("the service does not accept the key for this{unless} (status {status})");
            findings.problem(check, FailureKind::Authentication, text);
        }
        404 if is_event_grid => {
            findings.problem(check, FailureKind::NotFound, "the service does not know the name (status 404)");
        }
        429 if is_event_grid => {
            findings.add(check, Outcome::Warning, "the service asks to slow down (status 429)");
        }
        300..=399 | 500.. => {
            let text = format!("the service failed, or this is not Event Grid (status {status})");
            findings.problem(check, FailureKind::Service, text);
        }
        200..=299 if check == "publish" => {
            let text =
                format!("an event that is not valid was accepted (status {status}): is this Event Grid?");
            findings.add(check, Outcome::Warning, text);
        }
        _ if !is_event_grid => {
            let text = format!(
                "this is not a response of Event Grid: check host, port and kind of the endpoint (status {status}: {})",
                beginning_of(&body)
            );
            let kind = if status == 404 { FailureKind::NotFound } else { FailureKind::Service };
            findings.problem(check, kind, text);
        }
        _ if check == "publish" => {
            let text =
                format!("reached; the key is accepted, an event that is not valid is not (status {status})");
            findings.add(check, Outcome::Ok, text);
        }
        400..=499 => {
            let reason = reason_of(response.body());
            let text = match push_advice(&reason) {
                Some(advice) => format!("{advice} (status {status}: {reason})"),
                None => format!("the service does not let events be received (status {status}: {reason})"),
            };
            findings.problem(check, FailureKind::Service, text);
        }
        _ => findings.add(check, Outcome::Ok, format!("reached; the key is accepted (status {status})")),
    }
}

/// What a body is, among those that Event Grid sends in response to the requests of this file.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    /// An error of the service.
    Error,
    /// The result for each lock token.
    Settlement,
    /// Something else, such as the page of a web server.
    Unknown,
}

impl Form {
    fn of(body: &[u8]) -> Self {
        let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        match () {
            () if json["error"].is_object() => Self::Error,
            () if json["failedLockTokens"].is_array() => Self::Settlement,
            () => Self::Unknown,
        }
    }
}

/// What the service says of an error, or the beginning of the body if that is in no form that is
/// known.
fn reason_of(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let message = json.as_ref().and_then(|json| json.pointer("/error/message")?.as_str());
    match message {
        Some(message) => message.to_owned(),
        None => beginning_of(&String::from_utf8_lossy(body)),
    }
}

fn beginning_of(body: &str) -> String {
    const MOST_SHOWN: usize = 200;
    match body.trim() {
        "" => "no body".to_owned(),
        body => body.chars().take(MOST_SHOWN).collect(),
    }
}

fn add_clock(response: &RawResponse, findings: &mut Findings) {
    if findings.has("clock") {
        return;
    }
    let date = response.header("date").and_then(|date| std::str::from_utf8(date).ok());
    let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
    match date.map(|date| Timestamp::now().as_second() - date.as_second()) {
        None => findings.add("clock", Outcome::Skipped, "the response has no date"),
        Some(skew) if skew.abs() <= CLOCK_TOLERANCE => {
            findings.add("clock", Outcome::Ok, format!("{} s from that of the service", skew.abs()));
        }
        Some(skew) => {
            let way = if skew > 0 { "ahead of" } else { "behind" };
            let text = format!("{} s {way} that of the service: set it, or tokens fail", skew.abs());
            findings.add("clock", Outcome::Warning, text);
        }
    }
}

/// A topic, a domain or a partner namespace lists the versions that it supports. A namespace does
/// not; it is not known how one refuses a version.
fn add_api_version(kind: EndpointKind, response: &RawResponse, findings: &mut Findings) {
    const CHECK: &str = "api-version";
    if findings.has(CHECK) {
        return;
    }
    let version = kind.newest_api_version();
    let version = version.as_str();
    let listed = response.header("api-supported-versions").map(String::from_utf8_lossy);
    let is_refused = response.status() == 400
        && String::from_utf8_lossy(response.body())
            .to_lowercase()
            .replace(['-', ' '], "")
            .contains("apiversion");
    match listed {
        Some(listed) if listed.split(',').any(|listed| listed.trim() == version) => {
            findings.add(CHECK, Outcome::Ok, format!("{version}, which the service lists"));
        }
        Some(listed) => {
            let text = format!("{version}, but the service lists {listed}: is there a newer egrid?");
            findings.problem(CHECK, FailureKind::Service, text);
        }
        None if is_refused => {
            let text = format!(
                "the service does not accept {version}: check the kind of the endpoint, or whether there is a newer egrid ({})",
                reason_of(response.body())
            );
            findings.problem(CHECK, FailureKind::Service, text);
        }
        None => {
            let text = format!("{version}, and the service does not object");
            findings.add(CHECK, Outcome::Ok, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_responses_of_event_grid_are_told_from_those_of_others() {
        for (body, form) in [
            (r#"{"error":{"code":"BadRequest","message":"`id` must be non-empty string"}}"#, Form::Error),
            (r#"{"succeededLockTokens":[],"failedLockTokens":[{"lockToken":"a"}]}"#, Form::Settlement),
            ("", Form::Unknown),
            ("ok", Form::Unknown),
            ("{}", Form::Unknown),
            (r#"{"error":"not found"}"#, Form::Unknown),
            ("<html><title>400 Bad Request</title></html>", Form::Unknown),
        ] {
            assert_eq!(Form::of(body.as_bytes()), form, "{body}");
        }
    }

    #[test]
    fn what_is_sent_can_be_no_event() {
        assert!(serde_json::from_slice::<serde_json::Value>(NO_JSON).is_err());
        let events: serde_json::Value = serde_json::from_slice(NO_EVENT).unwrap();
        assert!(events[0].as_object().unwrap().values().all(|value| value == ""));
    }
}
