//! Errors in the words and the shape of Event Grid "Basic".
//!
//! Recorded from the service, or reported by its users: the shape, with its odd indentation; the
//! messages of [`BasicError::not_found`], [`BasicError::too_large`] and
//! [`BasicError::content_type`]; those about access keys; those about JSON in the module `json` and
//! about domain topics in `topic_member`. All others are worded alike.

use bytes::Bytes;
use eventgrid::sas::InvalidSas;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use uuid::Uuid;

use super::report::Report;
use crate::observe::Refusal;
use crate::service::authentication::{Denial, WrongKey, authority};
#[cfg(feature = "data")]
use crate::service::failure::DATA_FAILED;
use crate::service::injected_error::{INJECTED, error_code};
use crate::service::query::parameter;
use crate::time::UnixTime;

/// A request refused.
#[derive(Debug)]
pub(in crate::service) struct BasicError {
    status: StatusCode,
    code: &'static str,
    /// The code in `details`.
    detail_code: &'static str,
    message: String,
    report: Report,
}

impl BasicError {
    fn new(status: StatusCode, code: &'static str, detail_code: &'static str, message: String) -> Self {
        Self { status, code, detail_code, message, report: Report::Numbered }
    }

    /// What is wrong, in words.
    pub(in crate::service) fn into_message(self) -> String {
        self.message
    }

    /// The body is not what the resource takes.
    pub(super) fn input(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", "InputJsonInvalid", message.into())
    }

    /// What is wrong, in the service's words.
    pub(in crate::service) fn message(&self) -> &str {
        &self.message
    }

    /// The request has no access.
    pub(in crate::service) fn denied(denial: Denial, request: &Request<Bytes>) -> Self {
        let message = match denial {
            Denial::Signature(InvalidSas::Format) => {
                // The service repeats the token here. It may hold an access key by mistake, so it
                // is not repeated.
                let message = "Invalid key in aeg-sas-token. Valid format :r=UrlEncodedResource\
                               &e=UrlEncodedUtcExpiration&s=UrlEncodedSignature. Input sas string: ***.";
                return Self::new(StatusCode::BAD_REQUEST, "BadRequest", "InvalidSas", message.to_owned());
            }
            Denial::Missing => {
                "Request must contain one of the following authorization signature: aeg-sas-token, aeg-sas-key."
                    .to_owned()
            }
            Denial::Scheme => {
                "Request has an unsupported Authorization scheme (must be SharedAccessSignature or Bearer)."
                    .to_owned()
            }
            Denial::Key(WrongKey::Unknown) | Denial::NotBearer | Denial::BearerToken | Denial::Role(_) => {
                format!("The request authorization key is not authorized for {}.", host(request))
            }
            Denial::Key(wrong) => not_authorized(request, reason_of_key(wrong)),
            Denial::Signature(invalid) => not_authorized(request, reason_of_signature(invalid)),
        };
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized", message)
    }

    /// A fault was injected on purpose. Such responses of the service were not recorded.
    pub(in crate::service) fn injected(status: StatusCode) -> Self {
        let code = error_code(status);
        Self::new(status, code, code, INJECTED.to_owned())
    }

    /// What the request did cannot be kept.
    #[cfg(feature = "data")]
    pub(in crate::service) fn data_failed() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let code = error_code(status);
        Self::new(status, code, code, DATA_FAILED.to_owned())
    }

    /// There is nothing at the URL.
    pub(in crate::service) fn not_found(request: &Request<Bytes>) -> Self {
        let message = format!("No HTTP resource was found that matches the request URI '{}'.", uri(request));
        let error = Self::new(StatusCode::NOT_FOUND, "NotFound", "ResourceNotFound", message);
        Self { report: Report::Plain, ..error }
    }

    /// The partner namespace has no such channel.
    pub(super) fn channel_not_found(channel: &str) -> Self {
        let message = format!("The channel '{channel}' was not found in the partner namespace.");
        Self::new(StatusCode::NOT_FOUND, "NotFound", "ResourceNotFound", message)
    }

    /// The partner namespace is not told which of its channels.
    pub(super) fn no_channel() -> Self {
        let message = "Request must contain the header aeg-channel-name.".to_owned();
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", "BadRequest", message)
    }

    pub(super) fn method_not_allowed(method: &Method) -> Self {
        let message = format!("The requested resource does not support http method '{method}'.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "MethodNotAllowed", message)
    }

    pub(super) fn version(request: &Request<Bytes>, version: &str) -> Self {
        let message = format!(
            "The HTTP resource that matches the request URI '{}' does not support the API version '{version}'.",
            uri(request)
        );
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", "UnsupportedApiVersion", message)
    }

    /// More bytes than `max`.
    pub(super) fn too_large(max: usize) -> Self {
        let message = format!("The maximum size ({max}) has been exceeded.");
        let error =
            Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", "PayloadTooLarge", message);
        Self { report: Report::None, ..error }
    }

    /// A resource for CloudEvents takes two media types alone.
    pub(super) fn content_type() -> Self {
        let message = "The Content-Type header is either missing or it doesn't have a valid value. The content type \
                       header must either be application/cloudevents+json; charset=utf-8 or \
                       application/cloudevents-batch+json; charset=UTF-8.";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "UnsupportedMediaType", "InvalidContentType", message.to_owned())
    }

    /// The response that says it.
    pub(in crate::service) fn into_reply(self, now: UnixTime, request_id: Uuid) -> Response<Bytes> {
        let refusal = Refusal { code: self.code, message: self.message.clone() };
        let message = self.message + &self.report.suffix(request_id, now);
        let message = serde_json::to_string(&message).expect("text is JSON");
        let (code, detail_code) = (self.code, self.detail_code);
        let body = [
            "{",
            "    \"error\": {",
            &format!("        \"code\": \"{code}\","),
            &format!("        \"message\": {message},"),
            "        \"details\": [{",
            &format!("            \"code\": \"{detail_code}\","),
            &format!("            \"message\": {message}"),
            "    }]",
            "  }",
            "}",
        ];
        let mut reply = super::reply(self.status, request_id, body.join("\r\n").into());
        let headers = reply.headers_mut();
        match self.status {
            StatusCode::NOT_FOUND => headers.remove("api-supported-versions"),
            StatusCode::UNAUTHORIZED => {
                let schemes = HeaderValue::from_static("Bearer, SharedAccessSignature");
                headers.insert(header::WWW_AUTHENTICATE, schemes)
            }
            StatusCode::METHOD_NOT_ALLOWED => headers.insert(header::ALLOW, HeaderValue::from_static("POST")),
            _ => None,
        };
        // The one error of the service that has no media type.
        if self.status != StatusCode::PAYLOAD_TOO_LARGE {
            let json = HeaderValue::from_static("application/json; charset=utf-8");
            headers.insert(header::CONTENT_TYPE, json);
        }
        reply.extensions_mut().insert(refusal);
        reply
    }
}

fn not_authorized(request: &Request<Bytes>, reason: &str) -> String {
    let host = host(request);
    format!(
        "The request authorization key is not authorized for {host}. This is due to the reason: {reason}."
    )
}

/// In the words of .NET, the last full stop and space included.
fn reason_of_key(wrong: WrongKey) -> &'static str {
    if wrong == WrongKey::Length {
        "Invalid length for a Base-64 char array or string"
    } else {
        "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding \
         characters, or an illegal character among the padding characters. "
    }
}

fn reason_of_signature(invalid: InvalidSas) -> &'static str {
    match invalid {
        InvalidSas::Expired => "The SAS token has expired",
        InvalidSas::Expiry => "The expiration of the SAS token is not a date and time",
        InvalidSas::Resource => "The SAS token is not for this resource",
        _ => "The signature of the SAS token is not valid",
    }
}

/// The host in upper case, without its port, as the service names it.
fn host(request: &Request<Bytes>) -> String {
    let authority = authority(request).unwrap_or("localhost");
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host.to_ascii_uppercase()
}

/// The URI that was asked for. Of its query the API version alone: there may be a key in it.
fn uri(request: &Request<Bytes>) -> String {
    let uri = request.uri();
    let scheme = uri.scheme_str().unwrap_or("http");
    let authority = authority(request).unwrap_or("localhost");
    let version = parameter(uri.query().unwrap_or_default(), "api-version");
    let query = version.map(|version| format!("?api-version={version}")).unwrap_or_default();
    format!("{scheme}://{authority}{}{query}", uri.path())
}
