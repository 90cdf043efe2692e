//! Responses that the caller reads in pieces, in constant memory.

use super::{AsyncTransport, Transport};
use crate::request::Request;
use crate::response::Response;

/// A transport that lets the caller read the body of a response in pieces, so that a body of any
/// size takes constant memory.
///
/// The contract is that of [`Transport`], except that the body does not go into the response. The
/// connection is in use as long as the returned body exists. It is kept for other requests if the
/// body was read to its end, and closed if the body is dropped before.
pub trait Open: Transport {
    /// The body of a response.
    type Body<'t>: ReadBody<Error = Self::Error>
    where
        Self: 't;

    /// Sends `request`, fills in the head of `response`, and returns the body to be read. The
    /// buffer of `response` stays empty.
    ///
    /// # Errors
    /// No complete head came. The kind of the error says why.
    fn open(&self, request: &Request<'_>, response: &mut Response<'_>)
    -> Result<Self::Body<'_>, Self::Error>;
}

/// The body of a response that is still coming in.
pub trait ReadBody {
    /// Why reading failed.
    type Error;

    /// Reads the next bytes into `room`, blocking the thread until at least one has come. Returns
    /// how many came: 0 at the end of the body, or if `room` is empty.
    ///
    /// # Errors
    /// The connection broke before the body was complete, or no byte came within a time limit. What
    /// was read before is a part of the body. Do not read again: no more of it comes.
    fn read(&mut self, room: &mut [u8]) -> Result<usize, Self::Error>;
}

/// [`Open`] for transports whose calls are futures.
#[allow(
    async_fn_in_trait,
    reason = "who spawns it has the type, whose futures then show whether they are Send"
)]
pub trait AsyncOpen: AsyncTransport {
    /// The body of a response.
    type Body<'t>: AsyncReadBody<Error = Self::Error>
    where
        Self: 't;

    /// Sends `request`, fills in the head of `response`, and returns the body to be read. The
    /// buffer of `response` stays empty.
    ///
    /// # Errors
    /// No complete head came. The kind of the error says why.
    async fn open(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) -> Result<Self::Body<'_>, Self::Error>;
}

/// The body of a response that is still coming in, read by futures.
#[allow(
    async_fn_in_trait,
    reason = "who spawns it has the type, whose futures then show whether they are Send"
)]
pub trait AsyncReadBody {
    /// Why reading failed.
    type Error;

    /// Reads the next bytes into `room`, waiting until at least one has come. Returns how many
    /// came: 0 at the end of the body, or if `room` is empty. Dropping the future loses no byte.
    ///
    /// # Errors
    /// The connection broke before the body was complete, or no byte came within a time limit. What
    /// was read before is a part of the body. Do not read again: no more of it comes.
    async fn read(&mut self, room: &mut [u8]) -> Result<usize, Self::Error>;
}
