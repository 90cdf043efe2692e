//! One end of a link in process.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use ::tokio::time::{Instant, Sleep, sleep_until};

use super::shared::Shared;
use crate::link::{End, Link};
use crate::options::LinkOptions;
use crate::pipe::Pulled;

/// Makes two connected streams over a link: the first is the client's end, the second the server's.
///
/// # Panics
///
/// Reading from a stream, or writing to it, panics outside of a tokio runtime whose timer is
/// enabled.
///
/// ```
/// use std::time::Duration;
/// use link::{LinkOptions, PipeOptions};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> std::io::Result<()> {
/// let options = LinkOptions::new().both(PipeOptions::new().latency(Duration::from_secs(3600)));
/// let (mut client, mut server) = link::tokio::duplex(&options);
///
/// let sent = tokio::time::Instant::now();
/// client.write_all(b"hello").await?;
/// let mut received = [0; 5];
/// server.read_exact(&mut received).await?;
/// // An hour of virtual time, and no time at all with a paused clock.
/// assert_eq!(sent.elapsed(), Duration::from_secs(3600));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn duplex(options: &LinkOptions) -> (Stream, Stream) {
    let shared = Shared::new(options);
    (Stream::new(End::Client, shared.clone()), Stream::new(End::Server, shared))
}

/// One end of a link in process, made by [`duplex`].
///
/// It acts like a TCP stream. `shutdown` closes its own direction; the other end can still send. A
/// drop closes the connection: it resets the other end if bytes have arrived that were not read, or
/// when bytes come later. After a reset, reads and writes fail with
/// [`ConnectionReset`](io::ErrorKind::ConnectionReset).
///
/// Tokio's timers count in milliseconds, so a task is woken up to a millisecond after its bytes
/// have arrived. This changes neither when they arrive nor the rate.
#[derive(Debug)]
pub struct Stream {
    end: End,
    shared: Shared,
    reader: Timer,
    writer: Timer,
}

impl Stream {
    fn new(end: End, shared: Shared) -> Self {
        Self { end, shared, reader: Timer::default(), writer: Timer::default() }
    }

    /// Resets the connection in the middle of the way: at both ends, now.
    pub fn cut(&self) {
        self.change(Link::reset);
    }

    /// Changes the options of both directions, as [`Link::set_options`] does.
    pub fn set_options(&self, options: &LinkOptions) {
        self.change(|link, now| link.set_options(now, options));
    }

    fn change(&self, change: impl FnOnce(&mut Link, Duration)) {
        self.shared.with(|state, now| {
            change(&mut state.link, now);
            state.wake_all();
        });
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { end, shared, reader, .. } = &mut *self;
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            let next = shared.with(|state, now| {
                match state.link.pull(*end, now, buffer.initialize_unfilled()) {
                    Ok(Pulled::Bytes(count)) => {
                        buffer.advance(count);
                        // The other end has room again.
                        state.wake_writer(end.other());
                        Err(Ok(()))
                    }
                    Ok(Pulled::End) => Err(Ok(())),
                    Ok(Pulled::Pending) => {
                        state.waiting(*end).reader = Some(context.waker().clone());
                        Ok(state.link.next_event(*end))
                    }
                    Err(error) => {
                        state.wake_all();
                        Err(Err(error.into()))
                    }
                }
            });
            match next {
                Err(result) => return Poll::Ready(result),
                Ok(moment) => ready!(reader.poll(moment.and_then(|moment| shared.instant(moment)), context)),
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { end, shared, writer, .. } = &mut *self;
        loop {
            let next = shared.with(|state, now| match state.link.push(*end, now, bytes) {
                Ok(0) if !bytes.is_empty() => {
                    state.waiting(*end).writer = Some(context.waker().clone());
                    // Room comes with a read, which wakes this task; a reset comes with time.
                    Ok(state.link.upcoming())
                }
                Ok(count) => {
                    state.wake_reader(end.other());
                    Err(Ok(count))
                }
                Err(error) => Err(Err(error.into())),
            });
            match next {
                Err(result) => return Poll::Ready(result),
                Ok(moment) => ready!(writer.poll(moment.and_then(|moment| shared.instant(moment)), context)),
            }
        }
    }

    /// Returns at once: a link keeps nothing back.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.change(|link, now| link.shutdown(self.end, now));
        Poll::Ready(Ok(()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.change(|link, now| link.close(self.end, now));
    }
}

/// A timer that is set anew each time it is polled.
#[derive(Debug, Default)]
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Waits until the moment, or forever without one.
    fn poll(&mut self, moment: Option<Instant>, context: &mut Context<'_>) -> Poll<()> {
        let Some(moment) = moment else { return Poll::Pending };
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(moment)));
        sleep.as_mut().reset(moment);
        sleep.as_mut().poll(context)
    }
}
