//! The whole state: taken, and restored.

use http::Method;

use schemars::SchemaGenerator;

use super::call::Call;
use super::error::AdminError;
use super::reply::Reply;
use super::route::{RequestBody, ResponseBody, Route};
use crate::service::SnapshotContent;
use crate::service::{Emulator, Snapshot};

/// The largest snapshot that is restored, in bytes: 256 MiB.
const MAX_BODY: usize = 256 * 1024 * 1024;

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/snapshot",
        operation: "takeSnapshot",
        summary: "Returns the whole state: topics, event subscriptions, events with locks and delays, counts and the \
                  clock. Credentials, what was accepted and receives that wait are not in it.",
        query: &[],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "The state.",
            schema: Some(SchemaGenerator::subschema_for::<SnapshotContent>),
        },
        handler: |emulator, _| Ok(Reply::ok(&emulator.snapshot())),
    },
    Route {
        method: Method::PUT,
        path: "/snapshot",
        operation: "restoreSnapshot",
        summary: "Replaces the whole state by that of a snapshot, including the clock, which only this can set back. Lock \
                  tokens of the snapshot stay valid. Receives that wait end without events. If there is an error, nothing \
                  is changed.",
        query: &[],
        body: Some(RequestBody {
            schema: SchemaGenerator::subschema_for::<SnapshotContent>,
            example: r#"{"version":1,"time":"2024-06-01T00:00:00Z","isStopped":false,"basicResources":[],"topics":[{"name":"orders","eventSubscriptions":[]}]}"#,
            max_size: MAX_BODY,
        }),
        response: ResponseBody { status: 204, description: "It is restored.", schema: None },
        handler: restore,
    },
];

fn restore(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let snapshot: Snapshot = call.json()?;
    let restored = emulator.restore_with_clock(&snapshot);
    restored.map_err(|error| AdminError::bad_request(error.to_string()))?;
    Ok(Reply::no_content())
}
