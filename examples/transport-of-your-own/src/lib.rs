#![doc = include_str!("../README.md")]

mod body;
mod clock;
mod connection;
mod error;
mod head;
mod pool;

pub use error::Error;

use eventgrid_transport::{Limits, Request, Response, Transport, TransportErrorKind};

use clock::Clock;
use connection::Connection;
use error::Failure;
use pool::Pool;

/// A blocking transport over `std::net`, without TLS and without proxies. It keeps one connection
/// per host.
#[derive(Debug, Default)]
pub struct StdTransport {
    limits: Limits,
    pool: Pool,
}

impl StdTransport {
    /// A transport with [`Limits::DEFAULT`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the limits of all requests that have none of their own. Default: [`Limits::DEFAULT`].
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    fn attempt(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
        clock: &mut Clock,
    ) -> Result<(), Failure> {
        if request.is_https() {
            return Err(Failure::new(TransportErrorKind::Tls, "this transport has no TLS"));
        }
        let (kept, ticket) = self.pool.take(request.authority());
        let mut connection = match kept {
            Some(connection) => connection,
            None => Connection::open(request.authority(), clock)?,
        };
        let was_sent = connection.send(request, clock)?;
        let is_complete = connection.receive(request.wait(), response, clock)?;
        if was_sent && is_complete {
            self.pool.keep(request.authority(), connection, ticket);
        }
        Ok(())
    }
}

impl Transport for StdTransport {
    type Error = Error;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        let mut clock = Clock::start(request.limits().or(self.limits).or(Limits::DEFAULT));
        let result = self.attempt(request, response, &mut clock);
        response.set_sent(clock.sent);
        if let Some(after) = clock.first_byte {
            response.set_first_byte(after);
        }
        result.map_err(|failure| Error::new(request.authority(), failure, clock.sent > 0))
    }

    fn close(&self) {
        self.pool.close();
    }
}
