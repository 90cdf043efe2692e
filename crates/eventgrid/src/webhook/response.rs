//! The response of a webhook.

use core::fmt;

use super::data_text::DataText;

/// The response to send: status, headers and body.
///
/// `Content-Length` is left to the server.
///
/// ```
/// use eventgrid::webhook::WebhookResponse;
///
/// // The database is down: have Event Grid try again later.
/// let response = WebhookResponse::new(503);
/// assert_eq!(response.status(), 503);
/// assert_eq!(response.headers().count(), 0);
/// assert_eq!(response.body().to_string(), "");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WebhookResponse<'a> {
    status: u16,
    headers: [Option<(&'static str, &'a str)>; 3],
    validation_code: Option<DataText<'a>>,
}

impl<'a> WebhookResponse<'a> {
    /// A response with only a status, for a delivery that you could not accept.
    ///
    /// Event Grid regards 200 to 204 as success. After 400, 401, 403 and 413, and on namespaces
    /// also 404 and 414, the delivery is dead-lettered or dropped at once. After any other status
    /// it is retried later. Event Grid waits 30 s for the response.
    pub const fn new(status: u16) -> Self {
        Self { status, headers: [None; 3], validation_code: None }
    }

    /// Adds a header; there is room for three.
    pub(super) fn with_header(mut self, name: &'static str, value: &'a str) -> Self {
        if let Some(free) = self.headers.iter_mut().find(|header| header.is_none()) {
            *free = Some((name, value));
        }
        self
    }

    /// The response to a validation.
    pub(super) fn validation(code: DataText<'a>) -> Self {
        Self { validation_code: Some(code), ..Self::new(200) }.with_header("content-type", "application/json")
    }

    /// The status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The headers: names in lower case, and values of printable ASCII.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'a str)> + use<'a> {
        self.headers.into_iter().flatten()
    }

    /// The body.
    pub const fn body(&self) -> WebhookResponseBody<'a> {
        WebhookResponseBody { validation_code: self.validation_code }
    }
}

impl fmt::Debug for WebhookResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.body())
            .finish()
    }
}

/// The body of an [`WebhookResponse`]: `Display` writes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WebhookResponseBody<'a> {
    validation_code: Option<DataText<'a>>,
}

impl WebhookResponseBody<'_> {
    /// How many bytes it has, for a server that sends them without collecting them first.
    pub fn len(&self) -> usize {
        self.validation_code.map_or(0, |code| BEFORE_CODE.len() + code.json_len() + AFTER_CODE.len())
    }

    /// Whether there is no body.
    pub fn is_empty(&self) -> bool {
        self.validation_code.is_none()
    }
}

const BEFORE_CODE: &str = "{\"validationResponse\":\"";
const AFTER_CODE: &str = "\"}";

impl fmt::Display for WebhookResponseBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.validation_code {
            Some(code) => write!(f, "{BEFORE_CODE}{code}{AFTER_CODE}"),
            None => Ok(()),
        }
    }
}

/// Shows its length alone: it may be the proof of a validation.
impl fmt::Debug for WebhookResponseBody<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookResponseBody").field("len", &self.len()).finish()
    }
}
