//! A request that a server has served, as one line.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};

use super::refusal::{FaultInjected, Refusal};
use super::visible::{Escaped, path_and_query};
use crate::time::UnixTime;

/// The most characters of a text of the request in a line.
const MAX_TEXT: usize = 1000;

/// A request that a [`RunningEmulator`](crate::server::RunningEmulator) has served, without its
/// secrets; see [`EmulatorBuilder::on_request`](crate::builder::EmulatorBuilder::on_request).
///
/// Its text by `Display` is one line, without an end of line: when, what, with which result, how
/// long that took and how many bytes went each way. Text of the request is escaped in it and cut
/// off after 1000 characters, so that no request can forge a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServedRequest {
    /// When its head was received, by the clock of the machine.
    pub time: UnixTime,
    /// Its method.
    pub method: Method,
    /// Its path and query, as they came. Of the query are shown the parameters of the service; any
    /// other is `***`.
    pub path: String,
    /// Whether a fault was injected into it. Then its response may not have reached the client.
    pub fault: bool,
    /// The status of the response; `None` if there was no response, since the client did not wait
    /// for it or the request was incomplete.
    pub status: Option<StatusCode>,
    /// The time from the head of the request to the start of the response.
    pub duration: Duration,
    /// How many bytes of its body were read.
    pub request_bytes: u64,
    /// How many bytes the body of the response has.
    pub response_bytes: u64,
    /// The error's code if it was refused, as the service names it.
    pub error_code: Option<String>,
    /// The error's message if it was refused, or what went wrong if there was no response.
    pub error_message: Option<String>,
    /// Its `x-ms-client-request-id`, which clients print in their own logs.
    pub client_request_id: Option<String>,
}

impl ServedRequest {
    /// Begins to observe a request.
    pub(crate) fn begin(time: UnixTime, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let id = headers.get("x-ms-client-request-id");
        Self {
            time,
            method: method.clone(),
            path: path_and_query(uri),
            fault: false,
            status: None,
            duration: Duration::ZERO,
            request_bytes: 0,
            response_bytes: 0,
            error_code: None,
            error_message: None,
            client_request_id: id.map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned()),
        }
    }

    /// The same for the head of a request.
    pub(crate) fn of<B>(time: UnixTime, request: &Request<B>) -> Self {
        Self::begin(time, request.method(), request.uri(), request.headers())
    }

    /// It got a response.
    pub(crate) fn end<B>(&mut self, response: &Response<B>, response_bytes: usize) {
        let refusal = response.extensions().get::<Refusal>();
        self.status = Some(response.status());
        self.fault = response.extensions().get::<FaultInjected>().is_some();
        self.response_bytes = response_bytes as u64;
        self.error_code = refusal.map(|refusal| refusal.code.to_owned());
        self.error_message = refusal.map(|refusal| refusal.message.clone());
    }

    /// Whether it failed: its status is not a success, or there was no response.
    pub fn is_refused(&self) -> bool {
        self.status.is_none_or(|status| !status.is_success())
    }
}

impl fmt::Display for ServedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |text| Escaped { text, max: MAX_TEXT };
        write!(f, "{:.3} {} {} ", self.time, escaped(self.method.as_str()), escaped(&self.path))?;
        match self.status {
            Some(status) => write!(f, "{}", status.as_u16())?,
            None => f.write_str("---")?,
        }
        let milliseconds = self.duration.as_secs_f64() * 1000.0;
        write!(f, " {milliseconds:.1} ms, {} B in, {} B out", self.request_bytes, self.response_bytes)?;
        match (&self.error_code, &self.error_message) {
            (Some(code), Some(message)) => write!(f, ", {}: {}", escaped(code), escaped(message))?,
            (None, Some(message)) => write!(f, ", {}", escaped(message))?,
            (Some(code), None) => write!(f, ", {}", escaped(code))?,
            (None, None) => {}
        }
        if self.fault {
            f.write_str(", a fault was injected")?;
        }
        match &self.client_request_id {
            Some(id) => write!(f, ", client request {}", escaped(id)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn served() -> ServedRequest {
        let request = Request::post("/topics/a%0Ab:publish?api-version=1&aeg-sas-key=secret")
            .header("x-ms-client-request-id", "id-1")
            .header("authorization", "SharedAccessKey secret")
            .body(())
            .unwrap();
        ServedRequest::of(UnixTime::from_secs(0), &request)
    }

    #[test]
    fn a_line_says_what_was_asked_and_what_became_of_it() {
        let mut request = served();
        request.request_bytes = 12;
        request.duration = Duration::from_micros(1234);
        request.end(&Response::new(()), 2);
        assert!(!request.is_refused());
        assert_eq!(
            request.to_string(),
            "1970-01-01T00:00:00.000+00:00 POST /topics/a%0Ab:publish?api-version=1&*** 200 1.2 ms, 12 B in, 2 B out, \
             client request id-1"
        );
        assert!(!format!("{request:?}").contains("secret"));
    }

    #[test]
    fn a_refusal_says_why_and_stays_on_its_line() {
        let mut request = served();
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
            .extensions_mut()
            .insert(Refusal { code: "NotFound", message: "Topic 'a\nb' is not found".to_owned() });
        request.end(&response, 0);
        assert!(request.is_refused());
        let line = request.to_string();
        assert!(
            line.contains(" 404 0.0 ms, 0 B in, 0 B out, NotFound: Topic 'a\\nb' is not found, client"),
            "{line}"
        );
    }

    #[test]
    fn a_request_without_a_response_is_refused() {
        let mut request = served();
        request.error_message = Some("the client closed the connection".to_owned());
        assert!(request.is_refused());
        assert!(
            request.to_string().contains(" --- 0.0 ms, 0 B in, 0 B out, the client closed the connection, ")
        );
    }
}
