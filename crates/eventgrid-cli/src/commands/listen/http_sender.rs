//! Sends requests to the webhook.

use std::error::Error as StdError;
use std::time::Duration;

use eventgrid_push::{AttemptResult, DeliveryTier, PushRequest};
use eventgrid_transport::tls::{TlsConfig, TlsOptions, explain};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Bytes};
use hyper::http::uri::Authority;
use hyper::{HeaderMap, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, timeout};

use super::webhook_url::WebhookUrl;
use crate::failure::{Failure, one_line};

/// How much of the body of a response is read, in bytes.
const MAX_BODY: usize = 4096;

/// Sends requests to one URL, and follows no redirect.
pub(super) struct HttpSender {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: WebhookUrl,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) result: AttemptResult,
    /// The headers of the response.
    pub(super) headers: HeaderMap,
    /// The beginning of the response's body, or why there is no response.
    pub(super) text: String,
    pub(super) took: Duration,
}

impl HttpSender {
    /// A sender to that URL.
    ///
    /// # Errors
    /// [`Failure`] if the certificates that are trusted cannot be read.
    pub(super) fn new(url: WebhookUrl) -> Result<Self, Failure> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        let mut tls = TlsOptions::default();
        if url.uri().scheme_str() != Some("https") {
            // Those of the system are not needed, so they are not read.
            tls.trust_bundled();
        }
        let tls = TlsConfig::new(tls)
            .get()
            .map_err(|error| Failure::local("cannot read the certificates that are trusted", &error))?;
        let connector = HttpsConnectorBuilder::new().with_tls_config((*tls).clone()).https_or_http();
        let connector = connector.enable_http1().wrap_connector(http);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, url })
    }

    /// The URL.
    pub(super) fn url(&self) -> &WebhookUrl {
        &self.url
    }

    /// Sends a request and waits for the response, as long as Event Grid would.
    pub(super) async fn send(&self, request: PushRequest) -> Ended {
        let began = Instant::now();
        let limit = DeliveryTier::Namespace.response_timeout();
        match timeout(limit, self.exchange(request)).await {
            Ok((result, headers, text)) => Ended { result, headers, text, took: began.elapsed() },
            Err(_) => Ended {
                result: AttemptResult::TimedOut,
                headers: HeaderMap::new(),
                text: format!("no response within {} s", limit.as_secs()),
                took: began.elapsed(),
            },
        }
    }

    async fn exchange(&self, request: PushRequest) -> (AttemptResult, HeaderMap, String) {
        let (method, headers, body) = request.into_parts();
        let mut request = Request::new(Full::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = self.url.uri().clone();
        *request.headers_mut() = headers;
        let response = match self.client.request(request).await {
            Ok(response) => response,
            Err(error) => {
                let authority = self.url.uri().authority().map_or("", Authority::as_str);
                let (result, text) = failed(&*explain(Box::new(error), authority));
                return (result, HeaderMap::new(), text);
            }
        };
        let (head, body) = response.into_parts();
        (AttemptResult::Status(head.status.as_u16()), head.headers, beginning(body).await)
    }
}

/// The beginning of a body, as far as it came if it breaks off.
async fn beginning(mut body: impl Body<Data = Bytes> + Unpin) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_BODY {
        let Some(Ok(frame)) = body.frame().await else { break };
        if let Some(piece) = frame.data_ref() {
            bytes.extend_from_slice(piece);
        }
    }
    bytes.truncate(MAX_BODY);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Why there is no response: as the policy knows it, and in words.
fn failed(error: &(dyn StdError + 'static)) -> (AttemptResult, String) {
    let mut causes: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = one_line(&cause.to_string());
        // A wrapper often repeats what it wraps.
        let is_repeated = causes.last().is_some_and(|before| before.contains(&text));
        next = cause.source();
        // What the client says itself is no more than that it has failed.
        let is_wrapper = cause.is::<hyper_util::client::legacy::Error>() && next.is_some();
        if !is_repeated && !is_wrapper {
            causes.push(text);
        }
    }
    // The connector has no other sign of it.
    let is_name = causes.iter().any(|cause| cause.starts_with("dns error"));
    let result = if is_name { AttemptResult::ResolutionError } else { AttemptResult::SocketError };
    (result, causes.join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_long_page_says_at_its_beginning_what_is_wrong() {
        let page = format!("no such customer{}", " at line 7".repeat(1000));
        let text = beginning(Full::from(page.clone())).await;
        assert_eq!(text, page[..MAX_BODY]);
        assert_eq!(beginning(Full::from("busy")).await, "busy");
    }
}
