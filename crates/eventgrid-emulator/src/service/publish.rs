//! The body of a publish: one event, or an array of events, in the structured JSON format of CloudEvents 1.0.
//!
//! A batch with one bad event is refused as a whole. That the service stores none of the others is unconfirmed.

use http::HeaderMap;

use super::cloud_event::Attributes;
use super::error::ServiceError;
use crate::broker::Event;

const ONE: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json";

/// The events that a publish brings, all of them good.
pub(super) fn events(headers: &HeaderMap, body: &[u8]) -> Result<Vec<Event>, ServiceError> {
    let content_type = super::body::content_type(headers)?;
    let one = content_type.eq_ignore_ascii_case(ONE);
    if !one && !content_type.eq_ignore_ascii_case(BATCH) {
        return Err(ServiceError::unsupported_media_type(content_type, &format!("{ONE} or {BATCH}")));
    }
    let attributes: Vec<Attributes<'_>> =
        if one { super::body::parse(body).map(|one| vec![one])? } else { super::body::parse(body)? };
    attributes.into_iter().map(Attributes::into_event).collect()
}
