//! Acknowledge, release, reject and renew lock: a list of lock tokens in, two lists out.

use bytes::Bytes;
use http::{HeaderMap, Response};
use serde::{Deserialize, Serialize};

use super::body;
use super::error::ServiceError;
use crate::broker::TokenError;

/// The body of all four operations.
#[derive(Deserialize)]
pub(super) struct LockTokens {
    #[serde(rename = "lockTokens")]
    pub(super) lock_tokens: Vec<String>,
}

impl LockTokens {
    /// What the service says to a missing list is unconfirmed; an empty one is taken as it is.
    pub(super) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, ServiceError> {
        let content_type = body::content_type(headers)?;
        if !content_type.eq_ignore_ascii_case("application/json") {
            return Err(ServiceError::unsupported_media_type(content_type, "application/json"));
        }
        body::parse(body)
    }

    /// Does `work` with each token in its order and tells what came of it. The status is 200 even
    /// if no token was good.
    pub(super) fn settle(
        &self,
        flat_failures: bool,
        mut work: impl FnMut(&str) -> Result<(), TokenError>,
    ) -> Response<Bytes> {
        let mut result = SettleResult { succeeded_lock_tokens: Vec::new(), failed_lock_tokens: Vec::new() };
        for lock_token in &self.lock_tokens {
            match work(lock_token) {
                Ok(()) => result.succeeded_lock_tokens.push(lock_token),
                Err(error) => {
                    result.failed_lock_tokens.push(FailedLockToken::new(lock_token, error, flat_failures));
                }
            }
        }
        super::json_reply("application/json", &result)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettleResult<'a> {
    succeeded_lock_tokens: Vec<&'a str>,
    failed_lock_tokens: Vec<FailedLockToken<'a>>,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum FailedLockToken<'a> {
    Nested {
        lock_token: &'a str,
        error: TokenErrorBody,
    },
    /// In api-version 2023-06-01-preview.
    Flat {
        lock_token: &'a str,
        error_code: &'static str,
        error_description: &'static str,
    },
}

#[derive(Serialize)]
struct TokenErrorBody {
    code: &'static str,
    message: &'static str,
}

impl<'a> FailedLockToken<'a> {
    fn new(lock_token: &'a str, error: TokenError, flat: bool) -> Self {
        let (code, message) = match error {
            TokenError::BadToken => ("BadToken", "Cannot decode lockToken"),
            TokenError::TokenLost => ("TokenLost", "Token has expired."),
        };
        if flat {
            Self::Flat { lock_token, error_code: code, error_description: message }
        } else {
            Self::Nested { lock_token, error: TokenErrorBody { code, message } }
        }
    }
}
