//! A link that several threads share, on the system's clock.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::link::{End, Link};
use crate::options::LinkOptions;
use crate::pipe::Pulled;

/// A link that several threads share, on the system's clock.
#[derive(Debug)]
pub(in crate::relay) struct Wire {
    made: Instant,
    link: Mutex<Link>,
    /// Something was done that can matter to the thread that writes to an end's socket.
    for_writer: [Condvar; 2],
    /// Something was done that can matter to the thread that reads from an end's socket.
    for_reader: [Condvar; 2],
}

impl Wire {
    pub(in crate::relay) fn new(options: &LinkOptions) -> Self {
        Self {
            made: Instant::now(),
            link: Mutex::new(Link::new(options, Duration::ZERO)),
            for_writer: Default::default(),
            for_reader: Default::default(),
        }
    }

    pub(in crate::relay) fn cut(&self) {
        self.change(Link::reset);
    }

    pub(in crate::relay) fn set_options(&self, options: &LinkOptions) {
        self.change(|link, now| link.set_options(now, options));
    }

    pub(super) fn shutdown(&self, end: End) {
        self.change(|link, now| link.shutdown(end, now));
    }

    pub(super) fn abort(&self, end: End) {
        self.change(|link, now| link.abort(end, now));
    }

    pub(super) fn is_reset(&self) -> bool {
        let mut link = self.lock();
        link.advance(self.now());
        link.is_reset()
    }

    /// Waits until a push from an end takes bytes, and returns how many.
    pub(super) fn wait_for_room(&self, end: End) -> Result<usize, Error> {
        let mut link = self.lock();
        loop {
            // A push of no bytes finds out whether the connection was reset.
            link.push(end, self.now(), &[])?;
            match link.room(end) {
                0 => link = wait(&self.for_reader[place(end)], link),
                room => return Ok(room),
            }
        }
    }

    /// Pushes all the bytes.
    pub(super) fn push(&self, end: End, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            self.wait_for_room(end)?;
            let mut link = self.lock();
            let awaited = link.next_event(end.other());
            let taken = link.push(end, self.now(), bytes)?;
            // The writer wakes by itself at the moment that it waits for.
            if link.next_event(end.other()) != awaited {
                self.for_writer[place(end.other())].notify_one();
            }
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// Waits until both directions have ended; a reset is an error.
    pub(super) fn wait_until_over(&self, end: End) -> Result<(), Error> {
        let mut link = self.lock();
        loop {
            link.advance(self.now());
            if link.is_over() {
                // Threads that wait for the same do not see it by themselves.
                self.notify_all();
                return if link.is_reset() { Err(Error::Reset) } else { Ok(()) };
            }
            let next = link.upcoming();
            link = self.wait_until(next, end, link);
        }
    }

    /// Waits for bytes that have arrived at an end; `None` is the end of the stream.
    pub(super) fn pull(&self, end: End, room: &mut [u8]) -> Result<Option<usize>, Error> {
        let mut link = self.lock();
        loop {
            match link.pull(end, self.now(), room) {
                Ok(Pulled::Bytes(count)) => {
                    if link.room(end.other()) > 0 {
                        self.for_reader[place(end.other())].notify_one();
                    }
                    return Ok(Some(count));
                }
                Ok(Pulled::End) => return Ok(None),
                Ok(Pulled::Pending) => {
                    let next = link.next_event(end);
                    link = self.wait_until(next, end, link);
                }
                Err(error) => {
                    // Threads that wait for room do not see a reset by themselves.
                    self.notify_all();
                    return Err(error);
                }
            }
        }
    }

    fn wait_until<'l>(
        &self,
        moment: Option<Duration>,
        end: End,
        link: MutexGuard<'l, Link>,
    ) -> MutexGuard<'l, Link> {
        let condition = &self.for_writer[place(end)];
        let Some(moment) = moment else { return wait(condition, link) };
        let time = moment.saturating_sub(self.now());
        condition.wait_timeout(link, time).unwrap_or_else(PoisonError::into_inner).0
    }

    fn change(&self, change: impl FnOnce(&mut Link, Duration)) {
        change(&mut self.lock(), self.now());
        self.notify_all();
    }

    fn notify_all(&self) {
        self.for_writer.iter().chain(&self.for_reader).for_each(Condvar::notify_all);
    }

    fn now(&self) -> Duration {
        self.made.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait<'l>(condition: &Condvar, link: MutexGuard<'l, Link>) -> MutexGuard<'l, Link> {
    condition.wait(link).unwrap_or_else(PoisonError::into_inner)
}

fn place(end: End) -> usize {
    match end {
        End::Client => 0,
        End::Server => 1,
    }
}
