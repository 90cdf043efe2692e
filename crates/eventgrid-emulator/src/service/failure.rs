//! What a request is told whose result cannot be kept.

use bytes::Bytes;
use http::Request;
#[cfg(feature = "data")]
use {
    super::basic::BasicError, super::namespace::ServiceError, crate::time::UnixTime, http::Response,
    uuid::Uuid,
};

use super::Emulator;
use super::place::{Place, place};

/// Its words, in the shape of the service. What failed is told to whoever runs the emulator.
#[cfg(feature = "data")]
pub(crate) const DATA_FAILED: &str = "The emulator cannot keep its data, so it ends.";

impl Emulator {
    /// Whether Event Grid "Basic" would tell of an error of this request.
    pub(crate) fn is_for_basic(&self, request: &Request<Bytes>) -> bool {
        let place = place(request.uri().path(), request.uri().query(), self.paths, &self.basic);
        matches!(place, Place::Basic(_) | Place::NothingBasic)
    }
}

/// The response to a request of a namespace whose result cannot be kept.
#[cfg(feature = "data")]
pub(crate) fn namespace_failed(now: UnixTime, id: Uuid) -> Response<Bytes> {
    ServiceError::data_failed().into_reply(now, id)
}

/// The response to a request of Event Grid "Basic" whose result cannot be kept.
#[cfg(feature = "data")]
pub(crate) fn basic_failed(now: UnixTime, id: Uuid) -> Response<Bytes> {
    BasicError::data_failed().into_reply(now, id)
}
