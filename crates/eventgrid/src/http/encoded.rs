//! A request that was encoded.

use core::ops::Range;
use core::time::Duration;

use eventgrid_transport::{Buf, Replay, Request};

/// Where the parts of an encoded request lie in its buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded {
    /// Ends of the parts, which follow each other; the credential's headers are what comes after
    /// the body.
    pub(super) method: usize,
    pub(super) url: usize,
    pub(super) headers: usize,
    pub(super) body: usize,
    pub(super) wait: Duration,
    pub(super) replay: Replay,
}

impl Encoded {
    /// Overwrites the headers of the credential with zeros; the rest of the request stays.
    pub fn erase_credential(&self, tx: &mut Buf<'_>) {
        tx.erase_from(self.body);
    }

    /// The request, borrowed from the buffer it was encoded into.
    pub fn request<'a>(&self, tx: &'a Buf<'_>) -> Request<'a> {
        let filled = tx.filled();
        let part = |range: Range<usize>| filled.get(range).unwrap_or_default();
        // Only text was written there, so nothing is ever lost here.
        let text = |range| core::str::from_utf8(part(range)).unwrap_or_default();
        let head = text(0..self.headers);
        let head = |range: Range<usize>| head.get(range).unwrap_or_default();
        Request::new(head(0..self.method), head(self.method..self.url))
            .with_headers(head(self.url..self.headers))
            .with_credential(text(self.body..filled.len()))
            .with_body(part(self.headers..self.body))
            .with_wait(self.wait)
            .with_replay(self.replay)
    }

    /// What sending it twice does.
    pub fn replay(&self) -> Replay {
        self.replay
    }
}
