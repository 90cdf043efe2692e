//! The table of all requests, and how a request finds its row.

use std::borrow::Cow;

use http::Method;
use percent_encoding::percent_decode_str;
use schemars::{Schema, SchemaGenerator};

use super::call::Call;
use super::error::AdminError;
use super::query::QueryParameter;
use super::reply::Reply;
use super::{
    accepted, barriers, clock, dead_letters, deliveries, events, explain, faults, openapi, publish,
    push_endpoint, requests, snapshots, system_events, topics,
};
use crate::service::Emulator;

/// The largest body of a request, unless its row says another size.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// All requests, by the file that handles them. A new subject adds its rows here, and nothing else.
const TABLES: [&[Route]; 15] = [
    openapi::ROUTES,
    topics::ROUTES,
    publish::ROUTES,
    events::ROUTES,
    dead_letters::ROUTES,
    push_endpoint::ROUTES,
    system_events::ROUTES,
    explain::ROUTES,
    barriers::ROUTES,
    clock::ROUTES,
    snapshots::ROUTES,
    accepted::ROUTES,
    requests::ROUTES,
    deliveries::ROUTES,
    faults::ROUTES,
];

/// One request: what it looks like, and what handles it. The router, the OpenAPI document and the
/// tests read it.
pub(crate) struct Route {
    pub(super) method: Method,
    /// With `{name}` for a segment that the request chooses.
    pub(super) path: &'static str,
    /// Unique, for generated clients.
    pub(super) operation: &'static str,
    /// What it does, in one sentence or more.
    pub(super) summary: &'static str,
    /// The parameters of its query, all of them optional.
    pub(super) query: &'static [QueryParameter],
    pub(super) body: Option<RequestBody>,
    /// The response if all is well.
    pub(super) response: ResponseBody,
    pub(super) handler: fn(&mut Emulator, &Call) -> Result<Reply, AdminError>,
}

/// The JSON body that a request has.
pub(super) struct RequestBody {
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
    /// JSON text, which the documentation shows.
    pub(super) example: &'static str,
    /// The largest that is accepted, in bytes.
    pub(super) max_size: usize,
}

/// A response: its status, what it says, and its JSON body if it has one.
pub(super) struct ResponseBody {
    pub(super) status: u16,
    pub(super) description: &'static str,
    pub(super) schema: Option<fn(&mut SchemaGenerator) -> Schema>,
}

/// Every row of the table.
pub(super) fn routes() -> impl Iterator<Item = &'static Route> {
    TABLES.into_iter().flatten()
}

/// Finds the row of a request and the segments that it chose, decoded.
///
/// # Errors
/// If there is no such path, or the path does not take that method.
pub(super) fn find(method: &Method, path: &str) -> Result<(&'static Route, Vec<String>), AdminError> {
    let mut allowed = Vec::new();
    for route in routes() {
        let Some(segments) = chosen_segments(route.path, path) else { continue };
        if route.method == *method {
            return Ok((route, segments));
        }
        allowed.push(route.method.as_str());
    }
    if allowed.is_empty() {
        Err(AdminError::path_not_found(path))
    } else {
        Err(AdminError::method_not_allowed(method, path, &allowed.join(", ")))
    }
}

/// The segments of a path where the pattern has `{name}`; `None` if they do not match.
fn chosen_segments(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut segments = path.split('/');
    let mut chosen = Vec::new();
    for part in pattern.split('/') {
        let segment = segments.next()?;
        if part.starts_with('{') {
            chosen.push(percent_decode_str(segment).decode_utf8().map(Cow::into_owned).ok()?);
        } else if part != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(chosen)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn segments_are_decoded_after_the_path_was_split() {
        let chosen = |path| chosen_segments("/topics/{topic}/x/{name}", path);
        assert_eq!(chosen("/topics/a%2Fb/x/c"), Some(vec!["a/b".to_owned(), "c".to_owned()]));
        for other in ["/topics/a/x", "/topics/a/x/c/d", "/topics/a/y/c", "/topics/%ff/x/c", "topics/a/x/c"] {
            assert_eq!(chosen(other), None, "{other}");
        }
    }

    #[test]
    fn no_row_hides_another_and_operations_have_names_of_their_own() {
        let mut operations = HashSet::new();
        for route in routes() {
            assert!(operations.insert(route.operation), "{}", route.operation);
            let (found, _) = find(&route.method, route.path).unwrap_or_else(|_| panic!("{}", route.path));
            assert_eq!(found.operation, route.operation);
        }
    }
}
