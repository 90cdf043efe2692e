//! Responses that the caller reads in pieces.

use std::time::Instant;

use eventgrid_transport::{Open, ReadBody, Request, Response};

use crate::body::Incoming;
use crate::clock::Clock;
use crate::{Error, StdTransport};

/// The body of a response that is still coming in.
#[derive(Debug)]
pub struct Body<'t> {
    transport: &'t StdTransport,
    authority: String,
    /// None after the end.
    incoming: Option<Incoming>,
    clock: Clock,
    /// When the caller was last given bytes.
    paused: Instant,
}

impl Open for StdTransport {
    type Body<'t> = Body<'t>;

    fn open(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<Body<'_>, Error> {
        let begin = |response: &mut Response<'_>, clock: &mut Clock| self.begin(request, response, clock);
        let (incoming, clock) = self.note(request, response, begin)?;
        Ok(Body {
            transport: self,
            authority: request.authority().to_owned(),
            incoming: Some(incoming),
            clock,
            paused: Instant::now(),
        })
    }
}

impl ReadBody for Body<'_> {
    type Error = Error;

    fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        let Some(incoming) = self.incoming.as_mut().filter(|_| !room.is_empty()) else { return Ok(0) };
        self.clock.resume(self.paused.elapsed());
        let result = incoming.read(room, &mut self.clock);
        self.paused = Instant::now();
        if let Ok(0) = result {
            if let Some(incoming) = self.incoming.take() {
                self.transport.pool.keep(&self.authority, incoming);
            }
        }
        result.map_err(|failure| Error::new(&self.authority, failure, true))
    }
}
