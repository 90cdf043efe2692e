//! Responses that the caller reads in pieces, in constant memory.

use super::{AsyncTransport, Transport};
use crate::request::Request;
use crate::response::Response;

/// A transport whose responses can be read in pieces by the caller: a body of any size passes in
/// constant memory.
///
/// Of the contract of [`Transport`], all holds but that the body goes into the response. The
/// connection is in use as long as the body is there: it is kept for other requests if the body was
/// read to its end, and closed if it is dropped before.
pub trait Open: Transport {
    /// The body of a response.
    type Body<'t>: ReadBody<Error = Self::Error>
    where
        Self: 't;

    /// Sends `request`, fills in the head of `response`, and returns its body to be read. The
    /// response's own buffer stays empty.
    ///
    /// # Errors
    /// No complete head came.
    fn open(&self, request: &Request<'_>, response: &mut Response<'_>)
    -> Result<Self::Body<'_>, Self::Error>;
}

/// The body of a response that is still coming in.
pub trait ReadBody {
    /// Why no more of it came.
    type Error;

    /// Reads the next bytes into `room`, blocking the thread until there is at least one, and
    /// returns how many came: 0 at the end, or if `room` is empty.
    ///
    /// # Errors
    /// The body broke off, or nothing came for the idle limit. What was read before is a part of
    /// it; more does not come.
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

    /// Sends `request`, fills in the head of `response`, and returns its body to be read. The
    /// response's own buffer stays empty.
    ///
    /// # Errors
    /// No complete head came.
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
    /// Why no more of it came.
    type Error;

    /// Reads the next bytes into `room` as soon as there is at least one, and returns how many
    /// came: 0 at the end, or if `room` is empty. Dropping the future loses no byte.
    ///
    /// # Errors
    /// The body broke off, or nothing came for the idle limit. What was read before is a part of
    /// it; more does not come.
    async fn read(&mut self, room: &mut [u8]) -> Result<usize, Self::Error>;
}
