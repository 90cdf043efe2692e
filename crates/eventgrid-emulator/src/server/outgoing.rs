//! What a turn came to, to be told when it is committed.

use bytes::Bytes;
use http::Response;
use tokio::sync::oneshot;

use crate::service::Receipt;

/// In whose words an error is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorStyle {
    /// A namespace, Event Grid "Standard".
    Namespace,
    /// Event Grid "Basic".
    Basic,
    /// The admin API.
    Admin,
}

/// Tells somebody of a result.
pub(super) type Tell = Box<dyn FnOnce() + Send>;

/// The response to a request whose body is not read, if it is refused.
type Refusal = Option<Response<Bytes>>;

/// The responses and results of one turn. To drop it is to tell nobody.
#[derive(Default)]
pub(super) struct Outgoing {
    refusals: Vec<(oneshot::Sender<Refusal>, Refusal)>,
    responses: Vec<Addressed>,
    results: Vec<Tell>,
}

/// A response, and who waits for it.
pub(super) struct Addressed {
    reply: oneshot::Sender<Response<Bytes>>,
    response: Response<Bytes>,
    /// How to say that it cannot be given.
    #[cfg(feature = "data")]
    style: ErrorStyle,
}

impl Addressed {
    pub(super) fn new(
        reply: oneshot::Sender<Response<Bytes>>,
        response: Response<Bytes>,
        style: ErrorStyle,
    ) -> Self {
        #[cfg(not(feature = "data"))]
        let _ = style;
        Self {
            reply,
            response,
            #[cfg(feature = "data")]
            style,
        }
    }
}

impl Outgoing {
    pub(super) fn refuse(&mut self, reply: oneshot::Sender<Refusal>, refusal: Refusal) {
        self.refusals.push((reply, refusal));
    }

    pub(super) fn respond(&mut self, response: Addressed) {
        self.responses.push(response);
    }

    pub(super) fn respond_all(&mut self, responses: &mut Vec<Addressed>) {
        self.responses.append(responses);
    }

    pub(super) fn tell(&mut self, result: Tell) {
        self.results.push(result);
    }

    /// How many are told of something.
    #[cfg(feature = "data")]
    pub(super) fn count(&self) -> usize {
        self.responses.len() + self.results.len()
    }

    #[cfg(feature = "data")]
    pub(super) fn is_empty(&self) -> bool {
        self.refusals.is_empty() && self.responses.is_empty() && self.results.is_empty()
    }

    /// Sends everything. Returns what the responses brought for which nobody is there any more.
    pub(super) fn send(self) -> Vec<Receipt> {
        for (reply, refusal) in self.refusals {
            // It fails only if the connection has just ended.
            let _ = reply.send(refusal);
        }
        for tell in self.results {
            tell();
        }
        let mut undelivered = Vec::new();
        for Addressed { reply, response, .. } in self.responses {
            if let Err(mut response) = reply.send(response) {
                undelivered.extend(response.extensions_mut().remove::<Receipt>());
            }
        }
        undelivered
    }

    /// Sends in place of each response that it failed. Nobody learns of any other result.
    #[cfg(feature = "data")]
    pub(super) fn fail(self, failed: impl Fn(ErrorStyle) -> Response<Bytes>) {
        for Addressed { reply, style, .. } in self.responses {
            // It fails only if the connection has just ended.
            let _ = reply.send(failed(style));
        }
    }
}
