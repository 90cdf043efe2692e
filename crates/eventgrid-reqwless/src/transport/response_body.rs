//! The body of a response that its caller reads in pieces.

use core::fmt;
use core::ops::Range;
use core::time::Duration;

use embassy_sync::blocking_mutex::raw::RawMutex;
use eventgrid::{AsyncReadBody, AsyncSleep};
use eventgrid_transport::http1::Body;

use super::Reqwless;
use crate::clock::Clock;
use crate::error::Error;
use crate::exchange::{Afterwards, Begun, Exchange};
use crate::slot::{Slot, Taken};
use crate::socket::Socket;

/// The body of a response that is still coming in, to be read into buffers of the caller. Until it
/// has ended, it occupies one of the connections. If it is dropped before its end was read, that
/// connection is closed.
pub struct ResponseBody<'t, 'b, S: Socket, T, const N: usize, M: RawMutex> {
    transport: &'t Reqwless<'b, S, T, N, M>,
    /// `None` after the end.
    taken: Option<Taken<'t, 'b, S, M>>,
    clock: Clock<'t, T>,
    body: Body,
    /// The range of the slot's buffer that has the bytes which came and were not read yet.
    received: Range<usize>,
    /// How many bytes of the request were handed to the network; and what to do with the connection
    /// if no byte comes after the body.
    sent: u64,
    afterwards: Afterwards,
}

impl<'t, 'b, S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> ResponseBody<'t, 'b, S, T, N, M> {
    pub(super) fn new(
        transport: &'t Reqwless<'b, S, T, N, M>,
        taken: Taken<'t, 'b, S, M>,
        mut clock: Clock<'t, T>,
        begun: Begun,
        sent: u64,
    ) -> Self {
        clock.start();
        let afterwards = begun.afterwards(true);
        let body = Body::new(begun.head.framing);
        Self { transport, taken: Some(taken), clock, body, received: begun.received, sent, afterwards }
    }

    async fn next_piece(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        while !self.body.is_done() && !room.is_empty() {
            let Some(taken) = &mut self.taken else { return Ok(0) };
            let Slot { socket, buffer, authority, .. } = &mut *taken.slot;
            let buffer = buffer.get_mut(*authority..).unwrap_or_default();
            let rest = buffer.get(self.received.clone()).unwrap_or_default();
            if !rest.is_empty() {
                let before = rest.len().min(room.len());
                let mut left = rest.get(..before).unwrap_or_default();
                let data = self.body.next(&mut left)?;
                self.received.start += before - left.len();
                if let (false, Some(place)) = (data.is_empty(), room.get_mut(..data.len())) {
                    place.copy_from_slice(data);
                    return Ok(place.len());
                }
                continue;
            }
            // Bytes between chunks are read into the buffer of the heads.
            let wanted = usize::try_from(self.body.wanted()).unwrap_or(usize::MAX).min(room.len());
            let into = if wanted == 0 { buffer } else { room.get_mut(..wanted).unwrap_or_default() };
            let (clock, sent) = (&mut self.clock, &mut self.sent);
            let mut exchange = Exchange { socket, clock, sent, response_time: Duration::ZERO };
            match exchange.read(into).await? {
                0 => {
                    self.body.end()?;
                    break;
                }
                read if wanted == 0 => self.received = 0..read,
                read => {
                    self.body.advance(read);
                    return Ok(read);
                }
            }
        }
        if !room.is_empty() {
            self.finish().await;
        }
        Ok(0)
    }

    /// The body has come to its end.
    async fn finish(&mut self) {
        let Some(mut taken) = self.taken.take() else { return };
        let afterwards = if self.received.is_empty() { self.afterwards } else { Afterwards::Abort };
        self.transport.done(&mut taken, afterwards).await;
    }
}

impl<S: Socket, T: AsyncSleep, const N: usize, M: RawMutex> AsyncReadBody
    for ResponseBody<'_, '_, S, T, N, M>
{
    type Error = Error;

    async fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        self.next_piece(room).await.map_err(|error| error.if_sent(self.sent))
    }
}

impl<S: Socket, T, const N: usize, M: RawMutex> fmt::Debug for ResponseBody<'_, '_, S, T, N, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").field("is_ended", &self.taken.is_none()).finish_non_exhaustive()
    }
}
