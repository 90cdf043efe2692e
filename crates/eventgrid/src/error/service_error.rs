//! Responses of the service that are not a success.

use core::fmt;
use core::time::Duration;

use eventgrid_transport::{ReceivedResponse, RequestId};

use crate::endpoint::EndpointKind;
use crate::http::reason;
use crate::json::{JsonError, JsonStr, Kind, Reader};
use crate::text::Bytes;

/// A response of the service that is not a success: its status, and its message if it has one.
///
/// The service describes errors as `{"error":{"code","message",…}}`. Any other body, such as the
/// page of a proxy or an empty one, does not hide the status; it is in [`body`](Self::body).
#[derive(Clone)]
pub struct ServiceError<'b> {
    endpoint_kind: EndpointKind,
    status: u16,
    retry_after: Option<Duration>,
    truncated: bool,
    /// Whether an earlier attempt of the same call may have been acted on.
    replayed: bool,
    request_id: RequestId,
    body: Bytes<'b>,
}

impl<'b> ServiceError<'b> {
    /// Takes the result of an attempt and the body of the response from this kind of endpoint.
    /// `unix_time` is needed for a `Retry-After` that is a date.
    pub fn new(
        endpoint_kind: EndpointKind,
        received: &ReceivedResponse,
        unix_time: Option<Duration>,
        body: impl Into<Bytes<'b>>,
    ) -> Self {
        Self {
            endpoint_kind,
            status: received.head.status(),
            retry_after: received.head.retry_after(unix_time),
            truncated: received.is_full,
            replayed: false,
            request_id: *received.head.request_id(),
            body: body.into(),
        }
    }

    pub(crate) fn with_replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
        self
    }

    pub(crate) fn is_replayed(&self) -> bool {
        self.replayed
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The standard phrase for the status, such as `Not Found`; `None` if the status is not a
    /// registered one. It is not the phrase that the server sent: HTTP/2 has no such phrase.
    pub fn reason(&self) -> Option<&'static str> {
        reason(self.status)
    }

    /// The service's code, such as `NotFound`.
    pub fn code(&self) -> Option<JsonStr<'_>> {
        self.member("code")
    }

    /// The service's message, such as ``Topic 'orders' is not found``.
    pub fn message(&self) -> Option<JsonStr<'_>> {
        self.member("message")
    }

    /// The id by which the operators of the service can find the request. Give it to their support.
    pub fn tracking_id(&self) -> Option<JsonStr<'_>> {
        self.member("tracking_id")
    }

    /// The service's id of the request (`x-ms-request-id`), which namespaces do not send.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_str()
    }

    /// How long the service asks to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The response's body, whatever its format.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether the body was cut because it did not fit into the buffer.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// The same error, without borrowing the buffer.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> ServiceError<'static> {
        ServiceError {
            endpoint_kind: self.endpoint_kind,
            status: self.status,
            retry_after: self.retry_after,
            truncated: self.truncated,
            replayed: self.replayed,
            request_id: self.request_id,
            body: self.body.into_owned(),
        }
    }

    /// A member of `error`, even if the body was cut after it.
    fn member(&self, name: &str) -> Option<JsonStr<'_>> {
        find(text(&self.body), name).ok().flatten()
    }
}

/// The part of the body that is text, without a byte order mark. A cut may have split a character.
fn text(body: &[u8]) -> &str {
    let text = match core::str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => {
            let valid = body.get(..error.valid_up_to()).unwrap_or_default();
            core::str::from_utf8(valid).unwrap_or_default()
        }
    };
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn find<'b>(body: &'b str, wanted: &str) -> Result<Option<JsonStr<'b>>, JsonError> {
    let mut reader = Reader::new(body);
    reader.begin_object()?;
    while let Some(name) = reader.next_member()? {
        if name != *"error" || reader.kind()? != Kind::Object {
            reader.value()?;
            continue;
        }
        reader.begin_object()?;
        while let Some(name) = reader.next_member()? {
            if name == *wanted && reader.kind()? == Kind::String {
                return reader.string().map(Some);
            }
            reader.value()?;
        }
    }
    Ok(None)
}

/// Says who must act, then the service's message.
impl fmt::Display for ServiceError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = match self.status {
            401 if self.endpoint_kind == EndpointKind::MqttBroker => {
                "the broker does not accept the token: check its scope, and whether it has expired"
            }
            401 => {
                "the service does not accept the credential: check the key or token, and whether it belongs to this \
                 endpoint"
            }
            403 if self.endpoint_kind == EndpointKind::MqttBroker => {
                "the service does not allow this: check the role of the token, and whether the topic is valid"
            }
            403 => {
                "the service does not allow this: check the credential's rights, the network rules and the quota"
            }
            404 if self.endpoint_kind == EndpointKind::Namespace => {
                "the service does not know the topic or the subscription: check the names, and whether this is the \
                 endpoint of a namespace (that of a basic topic wants `BasicTopic`)"
            }
            404 if self.endpoint_kind == EndpointKind::MqttBroker => {
                "the broker retains no message for the topic, or this is not the endpoint of an MQTT broker"
            }
            404 => {
                "the service does not know the topic: check whether this is its endpoint (that of a namespace wants \
                 `NamespaceTopic`)"
            }
            413 => "the request is too large for the service: send fewer or smaller events",
            429 => "the service asks to slow down",
            300..400 => "the endpoint redirects elsewhere, which is not followed: check the endpoint",
            400..500 => "the service refused the request",
            500.. => "the service failed",
            _ => "the service's response is not a success",
        };
        write!(f, "{meaning} (status {}", self.status)?;
        if let Some(code) = self.code() {
            write!(f, ", {}", Printable(code))?;
        }
        if let Some(message) = self.message() {
            write!(f, ": {}", Printable(message))?;
        }
        if let Some(id) = self.tracking_id() {
            write!(f, ", tracking id {}", Printable(id))?;
        }
        f.write_str(")")
    }
}

/// The service's message on one line, so that it cannot forge lines of a log.
struct Printable<'s>(JsonStr<'s>);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| fmt::Write::write_char(f, if c.is_control() { ' ' } else { c }))
    }
}

impl fmt::Debug for ServiceError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("status", &self.status)
            .field("code", &self.code())
            .field("message", &self.message())
            .field("tracking_id", &self.tracking_id())
            .field("request_id", &self.request_id())
            .field("retry_after", &self.retry_after)
            .field("truncated", &self.truncated)
            .field("body", &self.body)
            .finish()
    }
}

impl core::error::Error for ServiceError<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(status: u16) -> ReceivedResponse {
        let mut response = eventgrid_transport::Response::new(eventgrid_transport::Buf::new(&mut []));
        response.begin(status);
        response.finish()
    }

    fn error(status: u16, body: &[u8]) -> ServiceError<'_> {
        ServiceError::new(EndpointKind::Namespace, &received(status), None, body)
    }

    const NOT_FOUND: &[u8] = br#"{"error":{"code":"NotFound","message":"Topic 'x' is not found","timestamp_utc":"2024-01-01T00:00:00.000000001+00:00","tracking_id":"C8034CD2"}}"#;

    #[test]
    fn the_services_words_are_read() {
        let error = error(404, NOT_FOUND);
        assert_eq!(error.code().unwrap(), "NotFound");
        assert_eq!(error.message().unwrap(), "Topic 'x' is not found");
        assert_eq!(error.tracking_id().unwrap(), "C8034CD2");
    }

    #[test]
    fn a_byte_order_mark_does_not_hide_them() {
        let error = error(404, b"\xef\xbb\xbf{\"error\":{\"code\":\"NotFound\"}}");
        assert_eq!(error.code().unwrap(), "NotFound");
    }

    #[test]
    fn a_cut_body_gives_what_it_has_and_never_hides_the_status() {
        for cut in 0..NOT_FOUND.len() {
            let error = error(404, &NOT_FOUND[..cut]);
            assert_eq!(error.status(), 404);
            assert_eq!(error.code().is_some(), cut >= br#"{"error":{"code":"NotFound""#.len(), "{cut}");
        }
    }

    #[test]
    fn whatever_else_comes_is_no_obstacle() {
        for body in [
            &b""[..],
            b"<html><body>502</body></html>",
            b"{\"error\":\"no\"}",
            b"{\"error\":{\"code\":17}}",
            b"[]",
            b"\xff\xfe",
            b"null",
        ] {
            let error = error(502, body);
            assert_eq!((error.status(), error.code(), error.message()), (502, None, None));
            assert_eq!(error.body(), body);
        }
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn the_display_says_who_must_act() {
        use alloc::string::ToString;
        assert_eq!(
            error(404, NOT_FOUND).to_string(),
            "the service does not know the topic or the subscription: check the names, and whether this is the \
             endpoint of a namespace (that of a basic topic wants `BasicTopic`) \
             (status 404, NotFound: Topic 'x' is not found, tracking id C8034CD2)"
        );
        let basic = ServiceError::new(EndpointKind::BasicTopic, &received(404), None, &b""[..]);
        assert!(basic.to_string().contains("that of a namespace wants `NamespaceTopic`"), "{basic}");
        let forged = error(400, br#"{"error":{"code":"a","message":"b\n2026 INFO c\u001b"}}"#);
        assert!(forged.to_string().ends_with("(status 400, a: b 2026 INFO c )"), "{forged}");
        assert_eq!(error(502, b"<html>").to_string(), "the service failed (status 502)");
    }
}
