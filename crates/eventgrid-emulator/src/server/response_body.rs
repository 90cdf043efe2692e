//! The body of a response: whole, or of any other kind.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Frame, SizeHint};

use super::engine::EngineHandle;
use super::watched_stream::Watch;
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
    /// Slow, cut off, made bit by bit.
    #[allow(dead_code, reason = "nothing makes such responses yet")]
    Other(UnsyncBoxBody<Bytes, Infallible>),
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
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut self.content {
            Content::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Content::Other(body) => Poll::Ready(ready!(Pin::new(body).poll_frame(context))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(bytes) => bytes.is_none(),
            Content::Other(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Content::Other(body) => body.size_hint(),
        }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        let delivery = self.delivery.take();
        if self.is_end_stream() {
            self.watch.response_ended(delivery);
        } else if let Some(receipt) = delivery {
            self.engine.give_back(receipt);
        }
    }
}
