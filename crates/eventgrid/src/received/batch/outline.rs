//! Keeps the lock tokens of a receive body that is larger than its buffer. The rest of the body is
//! read and dropped.

use eventgrid_transport::{Buf, BufFull, Overflow};

use super::element::BrokerProperties;
use crate::received::scan::{Scan, Step};

/// Makes room in the buffer of a receive body: it keeps the `brokerProperties` of each delivery,
/// and removes the events.
///
/// From its start, the buffer has three parts:
///
/// 1. up to `kept`: the beginning of a receive body without events, made of the deliveries that
///    were read whole;
/// 2. up to `held`: bytes that may become part of the next delivery;
/// 3. up to `seen`: bytes that were read and are no longer needed. New bytes follow.
#[derive(Default)]
pub(crate) struct Outline {
    scan: Scan,
    /// Whether the scan is inside a string that may be a member's name, so that it is held.
    is_name: bool,
    /// Where the deliveries end that were read whole.
    kept: usize,
    /// Where the bytes end that are held for the next delivery.
    held: usize,
    /// Where the bytes end that were read.
    seen: usize,
    is_begun: bool,
    /// How many bytes of the body were read and removed.
    passed: usize,
}

/// In bytes, more than the largest batch of the largest events has. A body that goes on beyond this
/// is taken for one that never ends.
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

    /// Reads the rest of `bytes`, and moves the `brokerProperties` of each delivery to the front.
    /// They may use the buffer up to `last`.
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
        // Leaves room for the text that is written before the next delivery.
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
    /// Returns whether the body was too large: because room had to be made for it, or because
    /// `is_too_large` says so. If it was, the buffer then has a receive body of the deliveries that
    /// were read whole; if there are none, it is empty.
    pub(crate) fn finish(&mut self, is_too_large: bool, body: &mut Buf<'_>) -> bool {
        if !is_too_large && !self.is_begun {
            return false;
        }
        // If there is no room for this one, the deliveries before it are kept all the same.
        let _ = self.condense(body);
        body.truncate(self.kept);
        if self.kept > 0 {
            let _ = body.extend(END);
        }
        true
    }
}
