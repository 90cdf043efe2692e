//! A push that is due.

use std::fmt;
use std::sync::Arc;

use eventgrid_push::PushRequest;
use http::Uri;

use super::form::PushForm;
use crate::broker::{Event, Sequence, SubscriptionId, shown_url};
use crate::time::UnixTime;

/// A push that is due: a request to the endpoint of an event subscription.
///
/// A server sends it itself. A program that uses an [`Emulator`](crate::Emulator) without a server
/// must send it without following redirects, wait at most 30 seconds for a response, and report the
/// result by [`push_ended`](crate::Emulator::push_ended). Without a report within 35 seconds of the
/// emulator's time, the result counts as lost: the events are pushed again as the schedule says, or
/// die after the last attempt.
///
/// `Debug` shows neither the query of the URL nor values of headers nor the body.
#[derive(Clone)]
pub struct DuePush {
    pub(super) sent: SentPush,
    pub(super) request: PushRequest,
}

/// What is kept of a push while its request is sent: where it goes, and its events.
#[derive(Clone)]
pub(crate) struct SentPush {
    pub(super) of: SubscriptionId,
    /// The number of its endpoint.
    pub(super) endpoint: u64,
    pub(super) url: Uri,
    pub(super) form: Arc<PushForm>,
    pub(super) events: Vec<DueEvent>,
    /// When it was taken.
    pub(super) began: UnixTime,
}

/// An event of a push.
#[derive(Debug, Clone)]
pub(super) struct DueEvent {
    pub(super) sequence_number: Sequence,
    /// Which attempt this is, from 1.
    pub(super) attempt: u32,
    pub(super) event: Event,
}

impl DuePush {
    /// The name of a topic of the namespace, or the path of anything else, such as
    /// `/grid/api/events`.
    pub fn topic(&self) -> &str {
        &self.sent.form.topic
    }

    /// The name of the event subscription.
    pub fn subscription(&self) -> &str {
        &self.sent.form.subscription
    }

    /// The URL of the endpoint, which may have a secret in its query.
    pub fn url(&self) -> &Uri {
        self.sent.url()
    }

    /// What is sent: method, headers and body.
    pub fn request(&self) -> &PushRequest {
        &self.request
    }

    /// Its events, by their sequence numbers in the queue.
    pub fn sequence_numbers(&self) -> impl Iterator<Item = u64> {
        self.sent.events.iter().map(|event| event.sequence_number)
    }

    /// Which attempt this is, from 1: that of the event which was pushed most often.
    pub fn attempt(&self) -> u32 {
        self.sent.attempt()
    }

    /// The push without its request, and the request.
    pub(crate) fn into_parts(self) -> (SentPush, PushRequest) {
        (self.sent, self.request)
    }
}

impl SentPush {
    /// Whose push it is.
    pub(crate) fn of(&self) -> SubscriptionId {
        self.of
    }

    pub(crate) fn url(&self) -> &Uri {
        &self.url
    }

    pub(super) fn attempt(&self) -> u32 {
        self.events.iter().map(|event| event.attempt).max().unwrap_or_default()
    }
}

impl fmt::Debug for DuePush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events: Vec<_> = self.sent.events.iter().map(|it| (it.sequence_number, it.attempt)).collect();
        f.debug_struct("DuePush")
            .field("topic", &self.topic())
            .field("subscription", &self.subscription())
            .field("url", &shown_url(self.url()))
            .field("request", &self.request)
            .field("events", &events)
            .finish_non_exhaustive()
    }
}
