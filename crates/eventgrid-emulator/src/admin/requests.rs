//! The journal of requests, counts and health.

use http::{HeaderValue, Method, header};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::call::Call;
use super::error::AdminError;
use super::query::QueryParameter;
use super::reply::Reply;
use super::route::{MAX_BODY, RequestBody, ResponseBody, Route};
use crate::observe::RequestCriteria;
use crate::service::Emulator;

/// The media type of metrics.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::POST,
        path: "/requests/find",
        operation: "findRequests",
        summary: "Returns the requests of the data plane that meet the criteria, the oldest first, of the last thousand \
                  and no more than 8 MiB. A receive that waits has no status yet. They contain no credentials.",
        query: &[QueryParameter {
            name: "maxRequests",
            description: "The most requests to return, the newest ones; all of them by default.",
            schema: SchemaGenerator::subschema_for::<u16>,
        }],
        body: Some(CRITERIA),
        response: ResponseBody {
            status: 200,
            description: "The requests, and how many are no longer kept since the journal was cleared.",
            schema: Some(SchemaGenerator::subschema_for::<Requests>),
        },
        handler: find,
    },
    Route {
        method: Method::POST,
        path: "/requests/count",
        operation: "countRequests",
        summary: "Counts the requests of the journal that meet the criteria.",
        query: &[],
        body: Some(CRITERIA),
        response: ResponseBody {
            status: 200,
            description: "The count, and how many requests are no longer kept since the journal was cleared.",
            schema: Some(|_| {
                json_schema!({
                    "type": "object",
                    "properties": { "count": { "type": "integer" }, "forgotten": { "type": "integer" } },
                    "required": ["count", "forgotten"],
                })
            }),
        },
        handler: count,
    },
    Route {
        method: Method::DELETE,
        path: "/requests",
        operation: "clearRequests",
        summary: "Forgets the requests in the journal. The events stay where they are.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "They are forgotten.", schema: None },
        handler: |emulator, _| {
            emulator.clear_requests();
            Ok(Reply::no_content())
        },
    },
    Route {
        method: Method::GET,
        path: "/metrics",
        operation: "getMetrics",
        summary: "Returns counts in the text format of Prometheus, version 0.0.4.",
        query: &[],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "The counts.",
            schema: Some(|_| json_schema!({ "type": "string", "contentMediaType": METRICS })),
        },
        handler: metrics,
    },
    Route {
        method: Method::GET,
        path: "/health",
        operation: "getHealth",
        summary: "Publishes, receives and acknowledges an event at a topic of its own. If one of them fails, the status is \
                  503, with the reason. `/emulator/health` on the data address does the same without a credential.",
        query: &[],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "It works.",
            schema: Some(
                |_| json_schema!({ "type": "object", "properties": { "status": { "const": "healthy" } } }),
            ),
        },
        handler: health,
    },
];

const CRITERIA: RequestBody = RequestBody {
    schema: SchemaGenerator::subschema_for::<Criteria>,
    example: r#"{"operation":"publish","topic":"orders","status":200,"bodyContains":"Ordered"}"#,
    max_size: MAX_BODY,
};

fn criteria(call: &Call) -> Result<RequestCriteria, AdminError> {
    let criteria: RequestCriteria = call.json()?;
    criteria.check().map_err(|error| AdminError::bad_request(error.to_string()))?;
    Ok(criteria)
}

fn find(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let found = emulator.requests(&criteria(call)?);
    let mut found = found.map_err(|error| AdminError::bad_request(error.to_string()))?;
    if let Some(max) = call.query.integer::<usize>("maxRequests", 0..=u16::MAX.into())? {
        found.drain(..found.len().saturating_sub(max));
    }
    Ok(Reply::ok(&json!({ "requests": found, "forgotten": emulator.forgotten_requests() })))
}

fn count(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let count = emulator.count_requests(&criteria(call)?);
    let count = count.map_err(|error| AdminError::bad_request(error.to_string()))?;
    Ok(Reply::ok(&json!({ "count": count, "forgotten": emulator.forgotten_requests() })))
}

#[expect(clippy::unnecessary_wraps, reason = "other handlers of the table refuse")]
fn metrics(emulator: &mut Emulator, _: &Call) -> Result<Reply, AdminError> {
    let mut response = http::Response::new(emulator.metrics().into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(METRICS));
    Ok(Reply::Done(response))
}

fn health(emulator: &mut Emulator, _: &Call) -> Result<Reply, AdminError> {
    match emulator.check_health() {
        Ok(()) => Ok(Reply::ok(&json!({ "status": "healthy" }))),
        Err(error) => Err(AdminError::unhealthy(error.to_string())),
    }
}

/// The JSON form of [`RequestCriteria`], which reads itself.
struct Criteria;

impl JsonSchema for Criteria {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RequestCriteria".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "operation": { "enum": super::faults::OPERATIONS },
                "topic": { "type": "string" },
                "subscription": { "type": "string" },
                "status": { "type": "integer" },
                "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                "bodyContains": { "type": "string" },
            },
            "additionalProperties": false,
        })
    }
}

/// The requests that were found.
struct Requests;

impl JsonSchema for Requests {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Requests".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "requests": { "type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "number": { "type": "integer" },
                        "time": { "type": "string", "format": "date-time" },
                        "operation": { "enum": super::faults::OPERATIONS },
                        "topic": { "type": "string" },
                        "subscription": { "type": "string" },
                        "method": { "type": "string" },
                        "scheme": { "enum": ["http", "https"] },
                        "path": { "type": "string" },
                        "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                        "body": {
                            "description": "Text, or an object with the member `base64` if it is not UTF-8.",
                            "type": ["string", "object"],
                        },
                        "status": { "type": ["integer", "null"] },
                        "fault": { "type": "boolean" },
                        "errorCode": { "type": "string" },
                        "errorMessage": { "type": "string" },
                    },
                } },
                "forgotten": { "type": "integer" },
            },
            "required": ["requests", "forgotten"],
        })
    }
}
