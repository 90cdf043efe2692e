//! One request to an endpoint on its way, and how it ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eventgrid_push::PushRequest;
use http::Uri;

use super::client::{PushClient, PushResult};
use crate::service::{DueHandshake, DuePush, SentPush};

/// Who is told that a push has ended.
pub(super) type OnEnded = Arc<dyn Fn(EndedPush) + Send + Sync>;

/// What is sent to an endpoint.
pub(super) enum Sent {
    Events(SentPush),
    Handshake(DueHandshake),
}

/// A push or a handshake that has ended.
pub(in crate::server) struct EndedPush {
    pub(super) sent: Sent,
    pub(super) body_size: usize,
    /// `None` if it was given up, so that its result is lost.
    pub(super) result: Option<PushResult>,
    /// How long it took.
    pub(super) duration: Duration,
}

/// A push or a handshake that was taken. However it ends, and also if it is dropped, somebody is
/// told.
pub(super) struct PushUnderWay {
    request: Option<PushRequest>,
    /// `None` when somebody was told.
    sent: Option<Sent>,
    body_size: usize,
    result: Option<PushResult>,
    began: Instant,
    on_ended: OnEnded,
}

impl Sent {
    fn url(&self) -> &Uri {
        match self {
            Self::Events(push) => push.url(),
            Self::Handshake(handshake) => handshake.url(),
        }
    }
}

impl PushUnderWay {
    pub(super) fn of_events(push: DuePush, on_ended: OnEnded) -> Self {
        let (push, request) = push.into_parts();
        Self::new(Sent::Events(push), request, on_ended)
    }

    pub(super) fn of_handshake(handshake: DueHandshake, on_ended: OnEnded) -> Self {
        let request = handshake.request();
        Self::new(Sent::Handshake(handshake), request, on_ended)
    }

    fn new(sent: Sent, request: PushRequest, on_ended: OnEnded) -> Self {
        let body_size = request.body().len();
        let (sent, request) = (Some(sent), Some(request));
        Self { request, sent, body_size, result: None, began: Instant::now(), on_ended }
    }

    pub(super) fn body_size(&self) -> usize {
        self.body_size
    }

    /// Sends it.
    pub(super) async fn send(mut self, client: &PushClient) {
        self.began = Instant::now();
        if let (Some(sent), Some(request)) = (&self.sent, self.request.take()) {
            self.result = Some(client.send(sent.url(), request).await);
        }
    }
}

impl Drop for PushUnderWay {
    fn drop(&mut self) {
        if let Some(sent) = self.sent.take() {
            let (result, duration) = (self.result.take(), self.began.elapsed());
            (self.on_ended)(EndedPush { sent, body_size: self.body_size, result, duration });
        }
    }
}
