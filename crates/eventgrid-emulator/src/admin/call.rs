//! A request of the admin API that found its row.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::error::AdminError;
use super::query::Query;
use super::reply::Reply;
use super::route::{MAX_BODY, Route};
use crate::reading::read_json;
use crate::service::Emulator;

/// A request: its row, what it chose of the path, its query and its body.
pub(crate) struct Call {
    pub(super) route: &'static Route,
    pub(super) segments: Vec<String>,
    pub(super) query: Query,
    pub(super) body: Bytes,
}

impl Call {
    /// The largest body that it may have.
    pub(crate) fn max_body(&self) -> usize {
        self.route.body.as_ref().map_or(MAX_BODY, |body| body.max_size)
    }

    /// Does what it asks for.
    ///
    /// # Errors
    /// If it is refused.
    pub(crate) fn run(&self, emulator: &mut Emulator) -> Result<Reply, AdminError> {
        if self.body.len() > self.max_body() {
            return Err(AdminError::body_too_large(self.max_body()));
        }
        if self.route.body.is_none() && !self.body.is_empty() {
            return Err(AdminError::bad_request("this request has no body: send it without one"));
        }
        (self.route.handler)(emulator, self)
    }

    /// The segment of the path that has the place of that index among those that a request chooses.
    pub(super) fn segment(&self, index: usize) -> &str {
        self.segments.get(index).map(String::as_str).unwrap_or_default()
    }

    /// The body as a value.
    ///
    /// # Errors
    /// If it is not JSON, or not of that shape.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, AdminError> {
        read_json(&self.body).map_err(|error| {
            let example = self.route.body.as_ref().map(|body| body.example).unwrap_or_default();
            AdminError::bad_request(format!("the body is not valid: {error}; write it such as {example}"))
        })
    }
}
