//! Faults that are injected.

use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::json;

use super::call::Call;
use super::error::AdminError;
use super::reply::Reply;
use super::route::{RequestBody, ResponseBody, Route};
use crate::fault::Fault;
use crate::service::Emulator;

/// The largest list of faults, in bytes.
const MAX_LIST: usize = 1024 * 1024;

/// The names of all operations.
pub(super) const OPERATIONS: [&str; 10] = [
    "publish",
    "receive",
    "acknowledge",
    "release",
    "reject",
    "renewLock",
    "publishMessage",
    "getRetainedMessage",
    "listRetainedMessages",
    "unknown",
];

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/faults",
        operation: "listFaults",
        summary: "Returns the faults that are injected, each with how many requests matched it and how many met it.",
        query: &[],
        body: None,
        response: LIST,
        handler: list,
    },
    Route {
        method: Method::PUT,
        path: "/faults",
        operation: "setFaults",
        summary: "Injects these faults from now on, in place of all earlier ones. A request meets the first fault whose \
                  condition it fulfils. If a fault has a probability, the seed decides which requests meet it; the default \
                  is the emulator's own seed.",
        query: &[],
        body: Some(RequestBody {
            schema: SchemaGenerator::subschema_for::<FaultList>,
            example: r#"{"seed":7,"faults":[{"when":{"operation":"publish","topic":"orders","every":3},"then":{"status":503,"headers":{"retry-after":"1"}}}]}"#,
            max_size: MAX_LIST,
        }),
        response: LIST,
        handler: set,
    },
    Route {
        method: Method::DELETE,
        path: "/faults",
        operation: "clearFaults",
        summary: "Stops injecting faults.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "There are none.", schema: None },
        handler: |emulator, _| {
            emulator.clear_faults();
            Ok(Reply::no_content())
        },
    },
];

const LIST: ResponseBody = ResponseBody {
    status: 200,
    description: "The faults.",
    schema: Some(SchemaGenerator::subschema_for::<FaultStates>),
};

#[expect(clippy::unnecessary_wraps, reason = "other handlers of the table refuse")]
fn list(emulator: &mut Emulator, _: &Call) -> Result<Reply, AdminError> {
    Ok(Reply::ok(&json!({ "faults": emulator.faults() })))
}

fn set(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let list: FaultList = call.json()?;
    emulator
        .set_faults(list.faults, list.seed)
        .map_err(|error| AdminError::bad_request(error.to_string()))?;
    self::list(emulator, call)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultList {
    seed: Option<u64>,
    faults: Vec<Fault>,
}

impl JsonSchema for FaultList {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FaultList".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "seed": { "type": "integer" },
                "faults": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "when": when(), "then": then() },
                    "required": ["then"],
                    "additionalProperties": false,
                } },
            },
            "required": ["faults"],
            "additionalProperties": false,
        })
    }
}

/// The faults, each with its counts.
struct FaultStates;

impl JsonSchema for FaultStates {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FaultStates".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let count = json!({ "type": "integer", "minimum": 0 });
        json_schema!({
            "type": "object",
            "properties": { "faults": { "type": "array", "items": {
                "type": "object",
                "properties": { "when": when(), "then": then(), "matched": count, "injected": count },
                "required": ["when", "then", "matched", "injected"],
            } } },
            "required": ["faults"],
        })
    }
}

fn when() -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "operation": { "enum": OPERATIONS },
            "topic": { "type": "string" },
            "subscription": { "type": "string" },
            "skip": { "type": "integer", "minimum": 0 },
            "every": { "type": "integer", "minimum": 1 },
            "probability": { "type": "number", "minimum": 0, "maximum": 1 },
            "count": { "type": "integer", "minimum": 1 },
        },
        "additionalProperties": false,
    })
}

fn then() -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "status": { "type": "integer", "minimum": 200, "maximum": 599 },
            "headers": { "type": "object", "additionalProperties": { "type": "string" } },
            "body": { "type": "string" },
            "delayInMilliseconds": { "type": "integer", "minimum": 0, "maximum": 3_600_000 },
            "reset": { "enum": ["beforeRequest", "beforeResponse", "inBody", "afterBody"] },
            "truncateAfterBytes": { "type": "integer", "minimum": 0 },
            "bytesPerSecond": { "type": "integer", "minimum": 1 },
            "duplicateDelivery": { "type": "boolean" },
            "loseLock": { "type": "boolean" },
        },
        "additionalProperties": false,
    })
}
