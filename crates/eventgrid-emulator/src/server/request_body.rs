//! The body of a request: read, but not forever, and not without end.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::{Instant, timeout_at};

use crate::service::MAX_BODY;

/// How much of a body that is refused is read and thrown away, so that its sender gets to read the
/// response.
const MAX_DISCARDED: usize = 64 * MAX_BODY;

/// The fewest bytes that come in a second, after the time that a request may take anyway.
const SLOWEST: u64 = 1024;

pub(super) struct RequestBody {
    body: Incoming,
    /// When it must have ended if nothing of it came.
    end: Instant,
    read: usize,
    /// After how many bytes there is no end in sight.
    limit: usize,
}

impl RequestBody {
    pub(super) fn new(body: Incoming, patience: Duration) -> Self {
        Self { body, end: Instant::now() + patience, read: 0, limit: MAX_DISCARDED }
    }

    /// Reads it. Of one that is larger than `max_size`, just enough is kept to see that it is.
    pub(super) async fn collect(mut self, max_size: usize) -> io::Result<Bytes> {
        self.limit = self.limit.max(max_size);
        let Some(first) = self.next().await? else { return Ok(Bytes::new()) };
        // Most come in one piece, which needs no copy.
        let Some(second) = self.next().await? else { return Ok(first) };
        let mut kept = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(data) = next {
            let room = (max_size + 1).saturating_sub(kept.len());
            kept.extend_from_slice(&data[..data.len().min(room)]);
            next = self.next().await?;
        }
        Ok(kept.freeze())
    }

    /// Reads it to throw it away.
    pub(super) async fn discard(mut self) {
        while let Ok(Some(_)) = self.next().await {}
    }

    /// The next piece; `None` at its end, or when there is no end in sight.
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        while self.read <= self.limit {
            let end = self.end + Duration::from_secs(self.read as u64 / SLOWEST);
            let frame = timeout_at(end, self.body.frame()).await?;
            let Some(frame) = frame.transpose().map_err(io::Error::other)? else { return Ok(None) };
            if let Ok(data) = frame.into_data() {
                self.read += data.len();
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}
