//! The lock tokens of a receive body that does not fit into its buffer, kept while the rest of it
//! streams by.

use eventgrid_transport::{Buf, BufFull, Overflow};

use super::element::BrokerProperties;
use crate::received::scan::{Scan, Step};

/// Takes all out of the receive body in a buffer but what the broker says of each delivery, to make
/// room for more of it.
///
/// The buffer holds the deliveries that came whole, as the beginning of a receive body without
/// events; after them what is held because it may become a part of the next one; after that,
/// nothing of use up to what was not looked at yet.
#[derive(Default)]
pub(crate) struct Outline {
    scan: Scan,
    /// Whether the string that the scan is within is held, since it may be a name on the way.
    is_name: bool,
    /// How far the deliveries that came whole go.
    kept: usize,
    /// How far what is held goes.
    held: usize,
    /// How far the body was looked at.
    seen: usize,
    is_begun: bool,
    /// How much of the body was looked at and is gone, in bytes.
    passed: usize,
}

/// More than the largest batch of the largest events has, in bytes: a body beyond it does not end.
const LARGEST: usize = 128 << 20;

/// What comes before the first delivery, before each other one, and after the last one.
const FIRST: &[u8] = br#"{"value":[{"brokerProperties":"#;
const NEXT: &[u8] = br#"},{"brokerProperties":"#;
const END: &[u8] = b"}]}";

impl Outline {
    fn condense(&mut self, body: &mut Buf<'_>) -> Result<(), BufFull> {
        let last = body.limit().saturating_sub(END.len());
        let condensed = self.keep(body.filled_mut(), last);
        if condensed.is_err() {
            (self.held, self.seen) = (self.kept, self.kept);
        }
        body.truncate(self.seen);
        condensed
    }

    /// Looks at the rest of `bytes`, and keeps what the broker says of each delivery. There is room
    /// for it up to `last`.
    fn keep(&mut self, bytes: &mut [u8], last: usize) -> Result<(), BufFull> {
        let (mut read, mut write) = (self.seen, self.held);
        while let Some(&byte) = bytes.get(read) {
            let was_inside = self.scan.is_in_broker_properties();
            let step = self.scan.step(byte);
            if step == Step::StringBegins {
                self.is_name = self.scan.awaits_name();
            }
            let is_inside = self.scan.is_in_broker_properties();
            if is_inside && !was_inside {
                let before = self.before();
                let room = bytes.get_mut(write..read).and_then(|room| room.get_mut(..before.len()));
                room.ok_or(BufFull)?.copy_from_slice(before);
                write += before.len();
            }
            read += 1;
            if is_inside || was_inside || self.is_name {
                *bytes.get_mut(write).ok_or(BufFull)? = byte;
                write += 1;
            } else {
                read += self.scan.plain_prefix(bytes.get(read..).unwrap_or_default());
            }
            let held = bytes.get(self.kept..write).unwrap_or_default();
            if was_inside && !is_inside {
                let object = held.get(self.before().len()..).unwrap_or_default();
                if BrokerProperties::have_lock_token(object) {
                    if write > last {
                        return Err(BufFull);
                    }
                    self.kept = write;
                }
                write = self.kept;
            } else if step == Step::StringEnds {
                self.scan.string(if self.is_name { held } else { b"" });
                if self.is_name {
                    self.is_name = false;
                    write = self.kept;
                }
            }
        }
        self.held = write;
        // With room before the next delivery for what is written there.
        self.seen = read.min(self.kept + self.before().len()).max(write);
        Ok(())
    }

    fn before(&self) -> &'static [u8] {
        if self.kept == 0 { FIRST } else { NEXT }
    }
}

impl Overflow for Outline {
    fn make_room(&mut self, body: &mut Buf<'_>) -> bool {
        self.is_begun = true;
        let before = body.len();
        let condensed = self.condense(body);
        self.passed += before - body.len().min(before);
        condensed.is_ok() && body.len() < body.limit() && self.passed <= LARGEST
    }
}

impl Outline {
    /// Says whether the body did not fit, as it knows or is told. Then it leaves a receive body of
    /// the deliveries that came whole, or nothing if none did.
    pub(crate) fn finish(&mut self, is_too_large: bool, body: &mut Buf<'_>) -> bool {
        if !is_too_large && !self.is_begun {
            return false;
        }
        // If it runs out of room now, the deliveries before that are there.
        let _ = self.condense(body);
        body.truncate(self.kept);
        if self.kept > 0 {
            let _ = body.extend(END);
        }
        true
    }
}
