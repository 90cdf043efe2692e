//! A clock that is set by the responses of the service.

use eventgrid::{AsyncTransport, Request, Response};
use eventgrid_reqwless::Embassy;

/// A transport that sets the clock by the `Date` of each response.
///
/// So a device without a real-time clock knows the time after its first response, whatever that is:
/// a token that was signed with a wrong time is refused, and the next one is signed with the right
/// one. Over plain http, whoever is on the way can set the clock too.
///
/// Clones share the transport, so several clients can use it.
#[derive(Debug)]
pub struct Synchronized<'t, T> {
    transport: &'t T,
    clock: &'t Embassy,
}

impl<'t, T> Synchronized<'t, T> {
    /// Sets this clock by the responses that come through that transport.
    pub fn new(transport: &'t T, clock: &'t Embassy) -> Self {
        Self { transport, clock }
    }
}

impl<T> Clone for Synchronized<'_, T> {
    fn clone(&self) -> Self {
        Self { transport: self.transport, clock: self.clock }
    }
}

impl<T: AsyncTransport> AsyncTransport for Synchronized<'_, T> {
    type Error = T::Error;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), T::Error> {
        let sent = self.transport.send(request, response).await;
        if let Some(date) = response.head().date() {
            self.clock.set_unix_time(date);
        }
        sent
    }
}
