#![doc = include_str!("../README.md")]

mod body;
mod clock;
mod connection;
mod error;
mod head;
mod open;
mod pool;

pub use error::Error;
pub use open::Body;

use eventgrid_transport::{Limits, Request, Response, Transport, TransportErrorKind};

use body::Incoming;
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

    /// Starts an attempt, makes it by `attempt`, and notes how far it came.
    fn note<T>(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
        attempt: impl FnOnce(&mut Response<'_>, &mut Clock) -> Result<T, Failure>,
    ) -> Result<(T, Clock), Error> {
        let mut clock = Clock::start(request.limits().or(self.limits).or(Limits::DEFAULT));
        let result = attempt(response, &mut clock);
        response.set_sent(clock.sent);
        if let Some(after) = clock.first_byte {
            response.set_first_byte(after);
        }
        match result {
            Ok(value) => Ok((value, clock)),
            Err(failure) => Err(Error::new(request.authority(), failure, clock.sent > 0)),
        }
    }

    /// Sends a request and reads the head of its response.
    fn begin(
        &self,
        request: &Request<'_>,
        response: &mut Response<'_>,
        clock: &mut Clock,
    ) -> Result<Incoming, Failure> {
        if request.is_https() {
            return Err(Failure::new(TransportErrorKind::Tls, "this transport has no TLS"));
        }
        let (kept, ticket) = self.pool.take(request.authority());
        let mut connection = match kept {
            Some(connection) => connection,
            None => Connection::open(request.authority(), clock)?,
        };
        let was_sent = connection.send(request, clock)?;
        let head = connection.receive(request, response, clock)?;
        Ok(Incoming { connection, ticket, framing: head.framing, is_kept: was_sent && head.is_kept })
    }
}

impl Transport for StdTransport {
    type Error = Error;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        let sent = self.note(request, response, |response, clock| {
            let mut incoming = self.begin(request, response, clock)?;
            incoming.read_all(response, clock)?;
            if !response.is_full() {
                self.pool.keep(request.authority(), incoming);
            }
            Ok(())
        });
        sent.map(drop)
    }

    fn close(&self) {
        self.pool.close();
    }
}
