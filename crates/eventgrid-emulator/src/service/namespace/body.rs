//! Bodies in general: their size, their media type, their JSON.

use http::{HeaderMap, header};
use serde::Deserialize;

use super::error::ServiceError;
use crate::limits::Limits;
use crate::service::basic;

/// The largest body that is accepted: "1 MB" in the service's documentation, for one event and for
/// a batch.
const MAX_BODY: usize = 1024 * 1024;

/// The media type of the body, without parameters such as `charset`.
pub(super) fn content_type(headers: &HeaderMap) -> Result<&str, ServiceError> {
    let value = headers
        .get(header::CONTENT_TYPE)
        .filter(|value| !value.as_bytes().trim_ascii().is_empty())
        .ok_or_else(|| ServiceError::bad_request("CONTENT-TYPE is not provided"))?;
    let value = value.to_str().map_err(|_| ServiceError::bad_request("CONTENT-TYPE is not valid"))?;
    Ok(value.split(';').next().unwrap_or_default().trim())
}

/// The largest body that is accepted with these limits.
pub(super) fn max_body(limits: Limits) -> usize {
    limits.of(MAX_BODY).min(basic::MAX_BODY)
}

/// Refuses what is larger than a body may be; if limits are relaxed, as large as that for a basic
/// topic.
pub(super) fn check_size(body: &[u8], limits: Limits) -> Result<(), ServiceError> {
    let max = max_body(limits);
    if body.len() > max { Err(ServiceError::too_large(max)) } else { Ok(()) }
}

/// Reads JSON.
pub(super) fn parse<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, ServiceError> {
    serde_json::from_slice(body)
        .map_err(|error| ServiceError::bad_request(format!("Error parsing request body: {error}")))
}
