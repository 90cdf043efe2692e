//! Converts a request to the form that hyper takes.

use bytes::BytesMut;
use eventgrid::Request;
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName,
    HeaderValue, PROXY_AUTHORIZATION, USER_AGENT,
};
use hyper::{Method, Uri};

use crate::error::Error;

/// How many headers there is room for from the beginning: the usual ones, those that HTTP needs,
/// and those of a trace.
const ROOM: usize = 12;

/// The most digits that the length of a body has.
const LENGTH: usize = 20;

/// The size up to which the buffer of a body is kept for the next request.
const KEPT: usize = 64 << 10;

/// Memory that is used again for the next request: a buffer for the bytes that hyper needs to own,
/// and a map of headers.
#[derive(Default)]
pub(crate) struct Scratch {
    buffer: BytesMut,
    headers: HeaderMap,
    /// How many bytes the header values of the last request had together.
    values: usize,
}

/// Where a request goes.
pub(crate) struct Target {
    pub(crate) uri: Uri,
    pub(crate) host: HeaderValue,
    /// The credentials for a proxy that forwards the request itself. A proxy that opens a tunnel
    /// gets them when the tunnel is opened.
    pub(crate) proxy_authorization: Option<HeaderValue>,
}

impl Target {
    pub(crate) fn new(request: &Request<'_>, uri: Uri) -> Result<Self, Error> {
        Ok(Self {
            uri,
            host: HeaderValue::from_str(request.authority()).map_err(Error::unsendable)?,
            proxy_authorization: None,
        })
    }
}

/// The URL of a request.
pub(crate) fn uri(request: &Request<'_>) -> Result<Uri, Error> {
    request.url().parse().map_err(Error::unsendable)
}

impl Scratch {
    /// The request in the form that hyper takes, with a copy of its body.
    pub(crate) fn prepare(
        &mut self,
        request: &Request<'_>,
        target: &Target,
    ) -> Result<hyper::Request<Bytes>, Error> {
        let method = match request.method() {
            "POST" => Method::POST,
            other => other.parse().map_err(Error::unsendable)?,
        };
        let body = request.body();
        // hyper has dropped the parts of the last request, so this reclaims their memory.
        self.buffer.reserve(LENGTH + self.values + body.len());
        self.values = 0;
        let mut prepared = hyper::Request::new(Bytes::new());
        *prepared.method_mut() = method;
        *prepared.uri_mut() = target.uri.clone();
        let headers = prepared.headers_mut();
        std::mem::swap(headers, &mut self.headers);
        headers.reserve(ROOM);
        // hyper would leave out the default port of the scheme, and the length of an empty body.
        headers.insert(HOST, target.host.clone());
        headers.insert(CONTENT_LENGTH, length(body.len(), &mut self.buffer)?);
        let mut chooses_coding = false;
        for header in request.headers() {
            let name = name(header.name())?;
            chooses_coding |= name == ACCEPT_ENCODING;
            self.values += header.value().len();
            self.buffer.extend_from_slice(header.value().as_bytes());
            let value = self.buffer.split().freeze();
            let mut value = HeaderValue::from_maybe_shared(value).map_err(Error::unsendable)?;
            value.set_sensitive(header.is_sensitive());
            headers.append(name, value);
        }
        if !chooses_coding {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        if let Some(credentials) = &target.proxy_authorization {
            headers.insert(PROXY_AUTHORIZATION, credentials.clone());
        }
        self.buffer.extend_from_slice(body);
        *prepared.body_mut() = self.buffer.split().freeze();
        if body.len() > KEPT {
            self.buffer = BytesMut::new();
        }
        Ok(prepared)
    }

    /// Takes back the map. hyper has used it for the headers of the response, too.
    pub(crate) fn recycle(&mut self, mut headers: HeaderMap) {
        headers.clear();
        self.headers = headers;
    }
}

/// Writes a number into the buffer as the value of a header.
fn length(mut number: usize, buffer: &mut BytesMut) -> Result<HeaderValue, Error> {
    let mut digits = [b'0'; LENGTH];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] += u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        if number == 0 {
            break;
        }
    }
    buffer.extend_from_slice(&digits[start..]);
    HeaderValue::from_maybe_shared(buffer.split().freeze()).map_err(Error::unsendable)
}

/// The name of a header. The usual names need no parsing.
fn name(text: &str) -> Result<HeaderName, Error> {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
    Ok(match text {
        "accept" => ACCEPT,
        "user-agent" => USER_AGENT,
        "x-ms-client-request-id" => REQUEST_ID,
        "content-type" => CONTENT_TYPE,
        "authorization" => AUTHORIZATION,
        _ => HeaderName::from_bytes(text.as_bytes()).map_err(Error::unsendable)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_written_in_digits() {
        let mut buffer = BytesMut::new();
        for number in [0, 7, 10, 1024, usize::MAX] {
            assert_eq!(length(number, &mut buffer).unwrap(), number.to_string());
        }
    }
}
