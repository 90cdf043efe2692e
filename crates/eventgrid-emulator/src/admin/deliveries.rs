//! The log of deliveries to endpoints.

use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::call::Call;
use super::error::AdminError;
use super::query::QueryParameter;
use super::reply::Reply;
use super::route::{ResponseBody, Route};
use crate::observe::DeliveryCriteria;
use crate::service::Emulator;

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/deliveries",
        operation: "listDeliveries",
        summary: "Returns the deliveries to endpoints that were made, the oldest first, of the last thousand and no more \
                  than 8 MiB: each attempt to push events, with what becomes of each event, and each handshake. Neither \
                  queries of endpoints nor headers nor bodies are in them.",
        query: &[
            QueryParameter {
                name: "topic",
                description: "Only deliveries of that topic, as `GET /topics` has it.",
                schema: SchemaGenerator::subschema_for::<String>,
            },
            QueryParameter {
                name: "eventSubscription",
                description: "Only deliveries of event subscriptions of that name.",
                schema: SchemaGenerator::subschema_for::<String>,
            },
            QueryParameter {
                name: "limit",
                description: "The most deliveries: the latest ones. All by default.",
                schema: SchemaGenerator::subschema_for::<u16>,
            },
        ],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "The deliveries, and how many are no longer kept since the log was cleared.",
            schema: Some(SchemaGenerator::subschema_for::<Deliveries>),
        },
        handler: list,
    },
    Route {
        method: Method::DELETE,
        path: "/deliveries",
        operation: "clearDeliveries",
        summary: "Forgets the deliveries that were made. The events stay where they are.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "They are forgotten.", schema: None },
        handler: |emulator, _| {
            emulator.clear_deliveries();
            Ok(Reply::no_content())
        },
    },
];

fn list(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let mut criteria = DeliveryCriteria::new();
    criteria.topic = call.query.text("topic");
    criteria.subscription = call.query.text("eventSubscription");
    criteria.limit = call.query.integer("limit", 0..=u16::MAX.into())?;
    let found = emulator.deliveries(&criteria);
    Ok(Reply::ok(&json!({ "deliveries": found, "forgotten": emulator.forgotten_deliveries() })))
}

/// The deliveries that were found.
struct Deliveries;

impl JsonSchema for Deliveries {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Deliveries".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let next = json!({
            "description": "`done`; `unchanged`, if the result came too late to count; an object with the member \
                            `retry` or `wait`, which is a time; or with `dead`, which is the reason.",
            "oneOf": [
                { "enum": ["done", "unchanged"] },
                { "type": "object", "properties": { "retry": { "type": "string", "format": "date-time" } } },
                { "type": "object", "properties": { "wait": { "type": "string", "format": "date-time" } } },
                { "type": "object", "properties": { "dead": { "type": "string" } } },
            ],
        });
        json_schema!({
            "type": "object",
            "properties": {
                "deliveries": { "type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "number": { "type": "integer" },
                        "time": { "type": "string", "format": "date-time" },
                        "kind": { "enum": ["events", "handshake"] },
                        "topic": { "type": "string" },
                        "subscription": { "type": "string" },
                        "endpoint": { "type": "string", "description": "Without its query." },
                        "attempt": { "type": "integer" },
                        "status": { "type": ["integer", "null"] },
                        "failure": { "type": "string" },
                        "durationInSeconds": { "type": "number" },
                        "events": { "type": "array", "items": {
                            "type": "object",
                            "properties": {
                                "id": { "type": ["string", "null"] },
                                "sequenceNumber": { "type": "integer" },
                                "attempt": { "type": "integer" },
                                "next": next.clone(),
                            },
                        } },
                        "next": next,
                    },
                } },
                "forgotten": { "type": "integer" },
            },
            "required": ["deliveries", "forgotten"],
        })
    }
}
