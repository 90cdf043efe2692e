//! The body of a publish: one event or an array of them in the structured JSON format of
//! CloudEvents 1.0, or the data of one event in binary content mode.
//!
//! A batch with one bad event is refused as a whole. That the service stores none of the others is
//! unconfirmed.

use http::HeaderMap;

use super::error::ServiceError;
use super::{binary_mode, body};
use crate::broker::Event;
use crate::limits::Limits;
use crate::service::members::Members;

const ONE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";

/// How many events a batch may have ("quotas-limits" of docs.azure.cn; what the service says to
/// more is unconfirmed).
const MAX_EVENTS: usize = 1000;

/// What the media types of structured events begin with (CloudEvents 1.0, HTTP protocol binding).
const STRUCTURED: &str = "application/cloudevents";

/// The events that a publish brings, all of them good.
pub(super) fn events(headers: &HeaderMap, body: &[u8], limits: Limits) -> Result<Vec<Event>, ServiceError> {
    let content_type = body::content_type(headers)?;
    if content_type.eq_ignore_ascii_case(ONE) {
        // Attributes that are headers are ignored beside it, as by the service.
        return super::event::event(&body::parse(body)?, limits).map(|event| vec![event]);
    }
    if content_type.eq_ignore_ascii_case(BATCH) {
        let attributes: Vec<Members<'_>> = body::parse(body)?;
        let max = limits.of(MAX_EVENTS);
        if attributes.len() > max {
            let count = attributes.len();
            return Err(ServiceError::bad_request(format!(
                "The batch has {count} events, at most {max} are allowed"
            )));
        }
        return attributes.iter().map(|attributes| super::event::event(attributes, limits)).collect();
    }
    let start = content_type.get(..STRUCTURED.len()).unwrap_or_default();
    if binary_mode::is_used(headers) && !start.eq_ignore_ascii_case(STRUCTURED) {
        return binary_mode::event(headers, body, limits).map(|event| vec![event]);
    }
    Err(ServiceError::unsupported_media_type(content_type, &format!("{ONE} or {BATCH}")))
}
