//! The body of a response: whole, or of any other kind.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::engine::EngineHandle;
use super::faulty_body::FaultyBody;
use super::watched_stream::Watch;
use crate::fault::{ResetPoint, TransportFault};
use crate::service::Receipt;

/// A body that tells when it was taken as a whole. Dropped before, the events in it go back.
pub(super) struct ResponseBody {
    content: Content,
    delivery: Option<Receipt>,
    engine: EngineHandle,
    watch: Watch,
}

enum Content {
    Whole(Option<Bytes>),
    /// Slow, or cut off.
    Faulty(Box<FaultyBody>),
}

impl ResponseBody {
    pub(super) fn whole(bytes: Bytes, delivery: Option<Receipt>, engine: EngineHandle, watch: Watch) -> Self {
        Self {
            content: Content::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())),
            delivery,
            engine,
            watch,
        }
    }

    /// The same body with a fault.
    pub(super) fn with_fault(mut self, fault: TransportFault) -> Self {
        let is_empty = matches!(self.content, Content::Whole(None));
        if fault.reset == Some(ResetPoint::AfterBody) || fault.reset == Some(ResetPoint::InBody) && is_empty {
            self.watch.reset_after_response();
        }
        if let Content::Whole(Some(bytes)) = &self.content {
            let is_slow = fault.bytes_per_second.is_some();
            if is_slow || fault.breaks(bytes.len()) {
                let body = FaultyBody::new(bytes, fault, self.watch.clone());
                self.content = Content::Faulty(Box::new(body));
            }
        }
        self
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.content {
            Content::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Content::Faulty(body) => Poll::Ready(ready!(Pin::new(body.as_mut()).poll_frame(context))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(bytes) => bytes.is_none(),
            Content::Faulty(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Content::Faulty(body) => body.size_hint(),
        }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        match self.delivery.take() {
            Some(receipt) if !self.is_end_stream() => self.engine.give_back(receipt),
            // The response to a `HEAD` has ended although its body was not taken.
            delivery => self.watch.response_ended(delivery),
        }
    }
}
