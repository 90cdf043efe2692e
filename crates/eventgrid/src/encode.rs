//! Encoding a request into one buffer: URL, headers and body, then the credential.
//!
//! The credential comes last so that each try can write its own: an expired token is never sent
//! again, and a key that was replaced meanwhile is seen by the next try.

use core::fmt;
use core::ops::Range;
use core::time::Duration;

use crate::credential::{Credential, CredentialError, CredentialRequest};
use crate::json::{JsonWriter, WriteError, decode_string_in_place};
use crate::target::Realm;
use crate::{ApiVersion, Buf, BufFull, Endpoint, Environment, Replay, Request, RequestError, TraceContext};

/// The name of this crate in the `User-Agent` header.
const USER_AGENT: &str = concat!("eventgrid-rust/", env!("CARGO_PKG_VERSION"));

/// What most credentials fit into, in bytes; a bearer token is the longest.
const CREDENTIAL_ROOM: usize = 4096;

/// What a [`Call`](crate::calls::Call) needs to know besides itself to become a request.
#[derive(Debug, Clone, Copy)]
pub struct RequestContext<'c> {
    /// The `api-version` parameter; none asks for the newest one that the target has.
    pub api_version: Option<ApiVersion>,
    /// What stands before this crate's own name in the `User-Agent` header: your application's
    /// name, or nothing.
    pub application_id: &'c str,
    /// The `x-ms-client-request-id` header: one per operation, the same for each of its tries.
    pub request_id: RequestId,
    /// The trace that the operation is a part of.
    pub trace: Option<&'c TraceContext<'c>>,
    /// Whether a publish is sent again when it is not known whether the service has taken it.
    pub replay_publish: bool,
}

impl Default for RequestContext<'_> {
    fn default() -> Self {
        Self {
            api_version: None,
            application_id: "",
            request_id: RequestId::default(),
            trace: None,
            replay_publish: true,
        }
    }
}

impl RequestContext<'_> {
    /// The version to ask that part of the service for.
    pub(crate) fn api_version(&self, realm: Realm) -> ApiVersion {
        self.api_version.unwrap_or(realm.newest_api_version())
    }

    /// What sending a publish twice does.
    pub(crate) fn replay_of_publish(&self) -> Replay {
        if self.replay_publish { Replay::Always } else { Replay::OnlyIfNotActedOn }
    }
}

/// The id that a client gives to one operation: 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestId(pub u64, pub u64);

impl RequestId {
    /// A new id.
    pub fn random(environment: &impl Environment) -> Self {
        Self(environment.random(), environment.random())
    }

    /// The id in 32 digits. (Formatting numbers costs more than all other headers together.)
    fn digits(self) -> [u8; 32] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 32];
        let number = (u128::from(self.0) << 64) | u128::from(self.1);
        for (pair, byte) in digits.chunks_exact_mut(2).zip(number.to_be_bytes()) {
            pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        digits
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

/// A request's URL, being written.
#[derive(Debug)]
pub struct UrlWriter<'w, 'b> {
    tx: &'w mut Buf<'b>,
    method: usize,
    has_query: bool,
}

impl<'w, 'b> UrlWriter<'w, 'b> {
    /// Starts a `POST` to an endpoint; what the buffer held is forgotten.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit.
    pub fn new(tx: &'w mut Buf<'b>, endpoint: &Endpoint<'_>) -> Result<Self, RequestError> {
        Self::with_method(tx, "POST", endpoint)
    }

    /// Starts a request by any method.
    pub(crate) fn with_method(
        tx: &'w mut Buf<'b>,
        method: &str,
        endpoint: &Endpoint<'_>,
    ) -> Result<Self, RequestError> {
        Self::with_base_path(tx, method, endpoint, endpoint.base_path())
    }

    /// The same with another path than the endpoint's own.
    pub(crate) fn with_base_path(
        tx: &'w mut Buf<'b>,
        method: &str,
        endpoint: &Endpoint<'_>,
        base_path: &str,
    ) -> Result<Self, RequestError> {
        tx.clear();
        tx.extend(method.as_bytes())?;
        for part in [endpoint.scheme(), endpoint.authority(), base_path] {
            tx.extend(part.as_bytes())?;
        }
        Ok(Self { tx, method: method.len(), has_query: false })
    }

    /// Appends a part of the path as it is.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit.
    pub fn path(&mut self, part: &str) -> Result<(), RequestError> {
        Ok(self.tx.extend(part.as_bytes())?)
    }

    /// Appends a name as one segment of the path, percent-encoded where it must be.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit.
    pub fn segment(&mut self, name: &str) -> Result<(), RequestError> {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        let mut rest = name.as_bytes();
        loop {
            let plain = rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
            let (plain, special) = rest.split_at_checked(plain).unwrap_or_default();
            self.tx.extend(plain)?;
            let Some((byte, after)) = special.split_first() else { return Ok(()) };
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or_default();
            self.tx.extend(&[b'%', digit(byte >> 4), digit(byte & 15)])?;
            rest = after;
        }
    }

    /// Appends a query parameter; neither its name nor its value may need encoding. Numbers are
    /// best given as `u64`: what writes those in decimal is there anyway.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit.
    pub fn query(&mut self, name: &str, value: impl fmt::Display) -> Result<(), RequestError> {
        self.parameter(name)?;
        format(self.tx, format_args!("{value}"))
    }

    /// Appends the parameter that says which version of the REST contract is spoken.
    pub(crate) fn api_version(&mut self, version: ApiVersion) -> Result<(), RequestError> {
        self.parameter("api-version")?;
        self.path(version.as_str())
    }

    /// Appends a query parameter, percent-encoded where it must be.
    #[cfg(feature = "alloc")]
    pub(crate) fn encoded_query(&mut self, name: &str, value: &str) -> Result<(), RequestError> {
        self.begin_parameter()?;
        self.segment(name)?;
        self.path("=")?;
        self.segment(value)
    }

    fn parameter(&mut self, name: &str) -> Result<(), RequestError> {
        self.begin_parameter()?;
        self.path(name)?;
        self.path("=")
    }

    fn begin_parameter(&mut self) -> Result<(), RequestError> {
        let separator = if self.has_query { "&" } else { "?" };
        self.has_query = true;
        self.path(separator)
    }

    /// Goes on to the headers, and writes those that every request has.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if they do not fit.
    pub fn headers(self, context: &RequestContext<'_>) -> Result<HeaderWriter<'w, 'b>, RequestError> {
        self.headers_except(context, |_| false)
    }

    /// [`headers`](Self::headers), but for those that the caller will write.
    pub(crate) fn headers_except(
        self,
        context: &RequestContext<'_>,
        except: impl Fn(&str) -> bool,
    ) -> Result<HeaderWriter<'w, 'b>, RequestError> {
        let mut headers = HeaderWriter { method: self.method, url: self.tx.len(), tx: self.tx };
        if !except("accept") {
            headers.text("accept", "application/json")?;
        }
        if !except("user-agent") {
            let separator = if context.application_id.is_empty() { "" } else { " " };
            write_text_header(headers.tx, "user-agent", &[context.application_id, separator, USER_AGENT])?;
        }
        if !except("x-ms-client-request-id") {
            let id = context.request_id.digits();
            headers.text("x-ms-client-request-id", core::str::from_utf8(&id).unwrap_or_default())?;
        }
        for (name, value) in context.trace.into_iter().flat_map(TraceContext::members) {
            if !except(name) {
                headers.text(name, value)?;
            }
        }
        Ok(headers)
    }
}

/// A request's headers, being written.
#[derive(Debug)]
pub struct HeaderWriter<'w, 'b> {
    tx: &'w mut Buf<'b>,
    method: usize,
    url: usize,
}

impl<'w, 'b> HeaderWriter<'w, 'b> {
    /// Appends a header; its name is in lower case.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if it does not fit, [`RequestError::Header`] if the value has a
    /// line break or anything else that a header cannot carry.
    pub fn header(&mut self, name: &'static str, value: impl fmt::Display) -> Result<(), RequestError> {
        self.prefixed(name, "", value)
    }

    /// Appends a header whose value is text: the same as [`header`](Self::header), for fewer
    /// instructions.
    pub(crate) fn text(&mut self, name: &'static str, value: &str) -> Result<(), RequestError> {
        write_text_header(self.tx, name, &[value])
    }

    /// Appends a header whose name has two parts, both in lower case.
    pub(crate) fn prefixed(
        &mut self,
        prefix: &'static str,
        name: &str,
        value: impl fmt::Display,
    ) -> Result<(), RequestError> {
        write_header(self.tx, prefix, name, format_args!("{value}"))
    }

    /// Goes on to the body.
    pub fn body(self) -> BodyWriter<'w, 'b> {
        BodyWriter { method: self.method, url: self.url, headers: self.tx.len(), tx: self.tx }
    }
}

/// A request's body, being written.
#[derive(Debug)]
pub struct BodyWriter<'w, 'b> {
    tx: &'w mut Buf<'b>,
    method: usize,
    url: usize,
    headers: usize,
}

impl<'b> BodyWriter<'_, 'b> {
    /// A writer that appends JSON to the body.
    pub fn json(&mut self) -> JsonWriter<'_, 'b> {
        JsonWriter::new(self.tx)
    }

    /// Appends bytes to the body as they are.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] if they do not fit.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), RequestError> {
        Ok(self.tx.extend(bytes)?)
    }

    /// Whether nothing was appended.
    pub(crate) fn is_empty(&self) -> bool {
        self.tx.len() == self.headers
    }

    /// Makes text of the body if it is a JSON string; otherwise returns `false`.
    ///
    /// A counting buffer has no body to look at: it keeps the length of the JSON string, which a
    /// buffer must have room for.
    pub(crate) fn decode_json_string(&mut self) -> bool {
        let body = self.tx.filled_mut().get_mut(self.headers..).unwrap_or_default();
        if body.is_empty() {
            return true;
        }
        let len = decode_string_in_place(body);
        if let Some(len) = len {
            self.tx.truncate(self.headers + len);
        }
        len.is_some()
    }

    /// Completes the request, but for its credential. `wait` is how long the service may hold the
    /// response back on purpose.
    pub fn end(self, wait: Duration, replay: Replay) -> Encoded {
        Encoded {
            method: self.method,
            url: self.url,
            headers: self.headers,
            body: self.tx.len(),
            wait,
            replay,
        }
    }
}

/// Where the parts of an encoded request lie in its buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded {
    /// Ends of the parts, which follow each other; the credential's headers are what comes after
    /// the body.
    method: usize,
    url: usize,
    headers: usize,
    body: usize,
    wait: Duration,
    replay: Replay,
}

impl Encoded {
    /// Writes the headers of a credential behind the request, in place of those of the last try.
    ///
    /// # Errors
    /// [`CredentialError`] if there is nothing valid to write.
    pub fn authorize(
        &self,
        tx: &mut Buf<'_>,
        credential: &impl Credential,
        request: &CredentialRequest<'_>,
    ) -> Result<(), CredentialError> {
        self.erase_credential(tx);
        // A buffer that grows while it is written leaves a copy behind.
        tx.reserve(CREDENTIAL_ROOM);
        credential.authorize(request, &mut AuthorizationWriter { tx })
    }

    /// Overwrites the headers of the credential with zeros; the rest of the request stays.
    pub fn erase_credential(&self, tx: &mut Buf<'_>) {
        tx.erase_from(self.body);
    }

    /// The request, borrowed from the buffer it was encoded into.
    pub fn request<'a>(&self, tx: &'a Buf<'_>) -> Request<'a> {
        let filled = tx.filled();
        let part = |range: Range<usize>| filled.get(range).unwrap_or_default();
        // Only text was written there, so nothing is ever lost here.
        let text = |range| core::str::from_utf8(part(range)).unwrap_or_default();
        let head = text(0..self.headers);
        let head = |range: Range<usize>| head.get(range).unwrap_or_default();
        Request::new(head(0..self.method), head(self.method..self.url))
            .with_headers(head(self.url..self.headers))
            .with_credential(text(self.body..filled.len()))
            .with_body(part(self.headers..self.body))
            .with_wait(self.wait)
            .with_replay(self.replay)
    }

    /// What sending it twice does.
    pub fn replay(&self) -> Replay {
        self.replay
    }
}

/// Takes the headers of a credential.
#[derive(Debug)]
pub struct AuthorizationWriter<'w, 'b> {
    tx: &'w mut Buf<'b>,
}

impl AuthorizationWriter<'_, '_> {
    /// Appends a header that is kept secret; its name is in lower case.
    ///
    /// # Errors
    /// [`CredentialError::TooLarge`] if it does not fit, [`CredentialError::Character`] if the
    /// value has a line break or anything else that a header cannot carry.
    pub fn header(&mut self, name: &'static str, value: impl fmt::Display) -> Result<(), CredentialError> {
        write_header(self.tx, name, "", format_args!("{value}")).map_err(|error| cannot_be_sent(&error))
    }

    /// Appends a header whose value is text in several parts: the same as
    /// [`header`](Self::header), for fewer instructions.
    pub(crate) fn text(&mut self, name: &'static str, parts: &[&str]) -> Result<(), CredentialError> {
        write_text_header(self.tx, name, parts).map_err(|error| cannot_be_sent(&error))
    }
}

fn cannot_be_sent(error: &RequestError) -> CredentialError {
    match error {
        RequestError::Header { .. } => CredentialError::Character,
        _ => CredentialError::TooLarge,
    }
}

fn write_header(
    tx: &mut Buf<'_>,
    prefix: &'static str,
    name: &str,
    value: fmt::Arguments<'_>,
) -> Result<(), RequestError> {
    let start = tx.len();
    tx.extend(prefix.as_bytes())?;
    tx.extend(name.as_bytes())?;
    tx.extend(b": ")?;
    let value_start = tx.len();
    format(tx, value)?;
    end_header(tx, prefix, start, value_start)
}

fn write_text_header(tx: &mut Buf<'_>, name: &'static str, parts: &[&str]) -> Result<(), RequestError> {
    let start = tx.len();
    tx.extend(name.as_bytes())?;
    tx.extend(b": ")?;
    let value_start = tx.len();
    for part in parts {
        tx.extend(part.as_bytes())?;
    }
    end_header(tx, name, start, value_start)
}

/// Ends the line of a header, unless a header cannot carry its value.
fn end_header(
    tx: &mut Buf<'_>,
    name: &'static str,
    start: usize,
    value_start: usize,
) -> Result<(), RequestError> {
    let value = tx.filled().get(value_start..).unwrap_or_default();
    // All of it, so that many bytes are looked at together.
    if !value.iter().fold(true, |is_valid, byte| is_valid & matches!(byte, b' '..=b'~' | b'\t')) {
        // It may be a secret.
        tx.erase_from(start);
        return Err(RequestError::Header { name });
    }
    Ok(tx.extend(b"\r\n")?)
}

pub(crate) fn format(tx: &mut Buf<'_>, value: fmt::Arguments<'_>) -> Result<(), RequestError> {
    fmt::write(tx, value).map_err(|fmt::Error| RequestError::TooLarge)
}

impl From<BufFull> for RequestError {
    fn from(BufFull: BufFull) -> Self {
        Self::TooLarge
    }
}

impl From<WriteError> for RequestError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Full => Self::TooLarge,
            error => Self::Data(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_32_digits() {
        for (id, text) in [
            (RequestId(0, 0), "00000000000000000000000000000000"),
            (RequestId(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210), "0123456789abcdeffedcba9876543210"),
            (RequestId(u64::MAX, 9), "ffffffffffffffff0000000000000009"),
        ] {
            let mut storage = [0; 32];
            let mut written = Buf::new(&mut storage);
            format(&mut written, format_args!("{id}")).unwrap();
            assert_eq!(written.filled(), text.as_bytes());
        }
    }

    #[test]
    fn what_a_path_cannot_carry_is_percent_encoded() {
        for (name, segment) in [
            ("", ""),
            ("orders-2.of_today~", "orders-2.of_today~"),
            ("a b/c", "a%20b%2Fc"),
            ("%ü?", "%25%C3%BC%3F"),
        ] {
            let mut storage = [0; 64];
            let mut tx = Buf::new(&mut storage);
            let endpoint = Endpoint::new("http://h").unwrap();
            UrlWriter::new(&mut tx, &endpoint).unwrap().segment(name).unwrap();
            assert_eq!(tx.filled().strip_prefix(b"POSThttp://h"), Some(segment.as_bytes()));
        }
    }

    #[test]
    fn a_header_that_cannot_be_sent_leaves_nothing_behind() {
        let mut storage = [0; 64];
        for value in ["a\r\nb: c", "\u{7f}", "ü", "\0"] {
            let mut tx = Buf::new(&mut storage);
            let written = write_text_header(&mut tx, "name", &["value", value]);
            assert_eq!(written, Err(RequestError::Header { name: "name" }), "{value:?}");
            assert!(tx.is_empty());
            assert_eq!(storage, [0; 64]);
        }
        let mut tx = Buf::new(&mut storage);
        write_text_header(&mut tx, "name", &["~ ", "\tvalue"]).unwrap();
        assert_eq!(tx.filled(), b"name: ~ \tvalue\r\n");
    }
}
