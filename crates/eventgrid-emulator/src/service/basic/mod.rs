//! The data plane of Event Grid "Basic" (api-version 2018-01-01): custom topics, domains and
//! partner namespaces, whose events go to whoever is subscribed. Here they are accepted and kept to
//! look at.

mod cloud_events;
mod error;
mod event_grid_events;
mod json;
mod mapping;
mod report;
mod resource;
mod topic_member;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use uuid::Uuid;

pub(super) use self::error::BasicError;
pub(crate) use self::mapping::default_mapping;
pub(crate) use self::resource::BasicResources;
pub(super) use self::resource::Resource;
use self::topic_member::TopicMember;
use crate::accepted::InputSchema;
use crate::broker::Event;
use crate::limits::Limits;

/// The largest body that is accepted: 1,536,000 bytes in the service's own words; its documentation
/// says 1 MB.
pub(crate) const MAX_BODY: usize = 1_536_000;

/// The one version there is.
const API_VERSION: &str = "2018-01-01";

/// One event that no request brought, as a topic of that schema has it.
pub(super) fn event(
    json: &str,
    schema: InputSchema,
    is_of_domain: bool,
    limits: Limits,
) -> Result<Event, BasicError> {
    let topic = if is_of_domain { TopicMember::OfDomain } else { TopicMember::Free };
    let array = format!("[{json}]");
    let events = match schema {
        InputSchema::CloudEvents => {
            let one = HeaderValue::from_static("application/cloudevents+json");
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, one)]);
            cloud_events::events(&headers, json.as_bytes(), &topic, limits)?
        }
        InputSchema::EventGrid | InputSchema::Custom => {
            event_grid_events::events(array.as_bytes(), &topic, limits)?
        }
    };
    events.into_iter().next().ok_or_else(|| BasicError::input("there is no event"))
}

/// The response to a publish that was accepted: nothing but headers.
pub(super) fn success(request_id: Uuid) -> Response<Bytes> {
    reply(StatusCode::OK, request_id, Bytes::new())
}

/// A response with the headers that every one has. The service also asks browsers to use https from
/// now on (`Strict-Transport-Security`): on a host that other programs share this would do harm.
fn reply(status: StatusCode, request_id: Uuid, body: Bytes) -> Response<Bytes> {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    let request_id = HeaderValue::try_from(request_id.hyphenated().to_string()).expect("digits and hyphens");
    let headers = reply.headers_mut();
    headers.insert(HeaderName::from_static("api-supported-versions"), HeaderValue::from_static(API_VERSION));
    headers.insert(header::SERVER, HeaderValue::from_static("Microsoft-HTTPAPI/2.0"));
    headers.insert(HeaderName::from_static("x-ms-request-id"), request_id);
    reply
}
