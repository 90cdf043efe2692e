//! The publishes that were accepted.

use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::reply::Reply;
use super::route::{ResponseBody, Route};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/accepted",
        operation: "listAccepted",
        summary: "Returns the publishes that were accepted, the oldest first: the last thousand of them, and no more \
                  than 16 MiB. They contain no credentials.",
        query: &[],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "The publishes.",
            schema: Some(SchemaGenerator::subschema_for::<Vec<Publish>>),
        },
        handler: |emulator, _| Ok(Reply::ok(&emulator.accepted())),
    },
    Route {
        method: Method::DELETE,
        path: "/accepted",
        operation: "clearAccepted",
        summary: "Forgets what was accepted. The events stay where they are.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "It is forgotten.", schema: None },
        handler: |emulator, _| {
            emulator.clear_accepted();
            Ok(Reply::no_content())
        },
    },
];

/// The JSON form of [`Accepted`](crate::accepted::Accepted), which writes itself.
struct Publish;

impl JsonSchema for Publish {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Accepted".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "target": { "enum": ["namespaceTopic", "basicTopic", "domain", "partnerChannel"] },
                "name": { "type": "string" },
                "channel": { "type": "string" },
                "schema": { "enum": ["eventgrid", "cloudevents", "custom"] },
                "apiVersion": { "type": "string" },
                "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                "events": { "type": "array" },
            },
            "required": ["target", "name", "schema", "headers", "events"],
        })
    }
}
