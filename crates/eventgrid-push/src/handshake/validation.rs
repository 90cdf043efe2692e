//! The handshake of the Event Grid schema.

use std::fmt;
use std::time::Duration;

use eventgrid::json::Reader;
use eventgrid::system_events::event_grid::SUBSCRIPTION_VALIDATION_EVENT;
use subtle::ConstantTimeEq;

use super::result::{AllowedRate, HandshakeFailure, HandshakeResult};
use crate::json::{self, ObjectText};
use crate::request::{Purpose, PushRequest, PushSettings};
use crate::schema::DeliverySchema;

/// The handshake of the Event Grid schema, and of custom schemas: an event with a code, which the
/// endpoint sends back (webhook-event-delivery @0b9b1f7c).
///
/// With a [URL](Self::with_url), the endpoint may instead respond with 200 and no code, and
/// somebody calls the URL within [five minutes](Self::URL_VALID). `Debug` shows neither the code
/// nor the URL.
///
/// ```
/// use eventgrid_push::{AllowedRate, DeliverySchema, HandshakeResult, PushSettings, ValidationHandshake};
///
/// let settings = PushSettings::new(DeliverySchema::EventGrid, "billing")?;
/// let handshake = ValidationHandshake::new("1", "/subscriptions/s", "2024-06-01T12:00:00Z", "c2VjcmV0");
/// let request = handshake.request(&settings);
/// assert_eq!(request.headers()["aeg-event-type"], "SubscriptionValidation");
///
/// // The endpoint responds.
/// let result = handshake.result(200, br#"{"validationResponse":"c2VjcmV0"}"#);
/// assert_eq!(result, HandshakeResult::Consented { rate: AllowedRate::Unlimited });
/// # Ok::<(), eventgrid_push::PushError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ValidationHandshake {
    id: String,
    topic: String,
    time: String,
    code: String,
    url: Option<String>,
}

impl ValidationHandshake {
    /// How long the validation URL can be called: five minutes.
    pub const URL_VALID: Duration = Duration::from_secs(5 * 60);

    /// How long to wait after a failed handshake before the next one: five seconds.
    pub const RETRY_WAIT: Duration = Duration::from_secs(5);

    /// A handshake with the id of its event, the topic that the event names, the time as RFC 3339
    /// text, and the code: a random UUID in the service.
    pub fn new(
        id: impl Into<String>,
        topic: impl Into<String>,
        time: impl Into<String>,
        code: impl Into<String>,
    ) -> Self {
        let (id, topic, time, code) = (id.into(), topic.into(), time.into(), code.into());
        Self { id, topic, time, code, url: None }
    }

    /// Adds the URL by which the endpoint may consent later. Whoever has the URL can consent: put a
    /// random value into it.
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The request. It has the delivery properties of the subscription, too.
    pub fn request(&self, settings: &PushSettings) -> PushRequest {
        let mut data = ObjectText::new();
        data.text("validationCode", &self.code);
        if let Some(url) = &self.url {
            data.text("validationUrl", url);
        }
        let event = ObjectText::new()
            .text("id", &self.id)
            .text("topic", &self.topic)
            .text("subject", "")
            .json("data", &data.end())
            .text("eventType", SUBSCRIPTION_VALIDATION_EVENT)
            .text("eventTime", &self.time)
            .text("metadataVersion", "1")
            .text("dataVersion", "1")
            .end();
        settings.system_request(Purpose::Validation, DeliverySchema::EventGrid, &event)
    }

    /// What the response to the request means. Only 200 counts; the name of the member with the
    /// code is read in any case.
    pub fn result(&self, status: u16, body: &[u8]) -> HandshakeResult {
        if status != 200 {
            return HandshakeResult::Refused(HandshakeFailure::Status { status });
        }
        match code_of(body) {
            Some(code) if self.is_code(&code) => HandshakeResult::Consented { rate: AllowedRate::Unlimited },
            Some(_) => HandshakeResult::Refused(HandshakeFailure::OtherCode),
            None if self.url.is_some() => HandshakeResult::Pending { within: Self::URL_VALID },
            None => HandshakeResult::Refused(HandshakeFailure::NoCode),
        }
    }

    /// What a call of the URL means. `code` is the code in the call, and `after_response` is the
    /// time since the response to the handshake.
    pub fn result_by_url(&self, code: &str, after_response: Duration) -> HandshakeResult {
        if !self.is_code(code) {
            return HandshakeResult::Refused(HandshakeFailure::OtherCode);
        }
        if after_response > Self::URL_VALID {
            return HandshakeResult::Refused(HandshakeFailure::TooLate);
        }
        HandshakeResult::Consented { rate: AllowedRate::Unlimited }
    }

    /// Compares in a time that depends only on the length.
    fn is_code(&self, code: &str) -> bool {
        self.code.as_bytes().ct_eq(code.as_bytes()).into()
    }
}

/// The code in the body of a response: the first member named `validationResponse`, in any case.
fn code_of(body: &[u8]) -> Option<String> {
    let mut reader = Reader::from_bytes(body).ok()?;
    let object = reader.value().ok()?;
    reader.end().ok()?;
    let mut members = object.reader();
    members.begin_object().ok()?;
    while let Some(name) = members.next_member().ok()? {
        let value = members.value().ok()?;
        if name.to_cow().eq_ignore_ascii_case("validationResponse") {
            return Some(json::string(value)?.to_cow().into_owned());
        }
    }
    None
}

impl fmt::Debug for ValidationHandshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidationHandshake")
            .field("id", &self.id)
            .field("topic", &self.topic)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}
