//! Which pushes are due, and how they have ended.

use std::iter;
use std::time::Duration;

use eventgrid_push::AttemptResult;
use http::Uri;

use super::super::Emulator;
use super::due_push::{DueEvent, DuePush, SentPush};
use crate::broker::{SubscriptionId, TakenEvent};

/// What became of the call for a push of one event subscription.
#[derive(Debug)]
pub(crate) enum TakenPush {
    /// Here it is.
    Push(Box<DuePush>),
    /// There was none, but events that died instead: more may be due.
    Deaths,
    /// None is due.
    None,
}

/// The time of these calls is the one to which [`advance`](Self::advance) has come.
impl Emulator {
    /// Takes up to `max_pushes` of the pushes that are due, in turn from each event subscription
    /// that has any. Their events are locked meanwhile. Events that are too old for another attempt
    /// die, and so do those that cannot be written in the schema of the endpoint, as if it had
    /// refused them by 400.
    ///
    /// A server takes them itself. If a program takes a push from it by
    /// [`RunningEmulator::with`](crate::RunningEmulator::with), the program must send it.
    pub fn take_due_pushes(&mut self, max_pushes: usize) -> Vec<DuePush> {
        let mut due = Vec::new();
        loop {
            let mut is_all = true;
            for id in self.with_due_pushes() {
                if due.len() >= max_pushes {
                    return due;
                }
                match self.take_push(id, usize::MAX) {
                    TakenPush::Push(push) => due.push(*push),
                    TakenPush::Deaths => {}
                    TakenPush::None => continue,
                }
                is_all = false;
            }
            if is_all {
                return due;
            }
        }
    }

    /// Reports the result of a push. Its events are delivered, wait for a retry, or die, as the
    /// retry policy says. An event for which no result is expected is not changed: a second result
    /// of the same push does nothing, and neither does a result for an event subscription that was
    /// removed.
    pub fn push_ended(&mut self, push: &DuePush, result: AttemptResult) {
        let duration = self.namespace.now().saturating_since(push.sent.began);
        let response = match result {
            AttemptResult::Status(status) => Ok(status),
            AttemptResult::TimedOut => Err("no response came in time".to_owned()),
            AttemptResult::ResolutionError => Err("the host could not be resolved".to_owned()),
            _ => Err("the connection could not be made, or broke".to_owned()),
        };
        self.sent_push_ended(&push.sent, result, response, duration);
    }

    /// The same for a push whose request was sent: with the status of the response or why there was
    /// none, and how long that took.
    pub(crate) fn sent_push_ended(
        &mut self,
        push: &SentPush,
        result: AttemptResult,
        response: Result<u16, String>,
        duration: Duration,
    ) {
        let events = push.events.iter().map(|event| (event.sequence_number, event.attempt));
        let steps = self
            .namespace
            .with_broker(|broker, now| broker.push_ended(now, push.of, push.endpoint, events, result));
        self.log_push(push, &steps, response, duration);
    }

    /// The event subscriptions of which pushes are due.
    pub(crate) fn with_due_pushes(&self) -> Vec<SubscriptionId> {
        self.namespace.broker().with_due_pushes()
    }

    /// Whether a push is due.
    pub(crate) fn has_due_pushes(&self) -> bool {
        self.namespace.broker().has_due_pushes()
    }

    /// Where the events of an event subscription are pushed now; `None` if they are not.
    pub(crate) fn push_url(&self, id: SubscriptionId) -> Option<&Uri> {
        self.namespace.broker().push_endpoint(id)?.url()
    }

    /// Takes the next push of an event subscription. No more than `max_deaths` events die of age in
    /// this call.
    pub(crate) fn take_push(&mut self, id: SubscriptionId, max_deaths: usize) -> TakenPush {
        let Some(form) = self.push_form(id) else { return TakenPush::None };
        let Some(url) = form.url().cloned() else { return TakenPush::None };
        // Of all events that are looked at, or of none.
        let mut converted = Vec::new();
        let taken = self.namespace.with_broker(|broker, now| {
            broker.take_push(now, id, &form.settings, max_deaths, |event| {
                if form.converts() {
                    converted.push(form.converted_text(event));
                }
                let text = form.published_text(event).or(converted.last().and_then(Option::as_deref));
                text.map_or(0, str::len)
            })
        });
        if taken.events.is_empty() {
            return if taken.deaths == 0 { TakenPush::None } else { TakenPush::Deaths };
        }
        let count = taken.events.len();
        let (mut written, mut is_written) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut attempts_before = 0;
        let texts = converted.iter().map(Option::as_deref).chain(iter::repeat(None));
        for (event, converted) in taken.events.iter().zip(texts) {
            let pushed = form.pushed(event, converted);
            is_written.push(pushed.is_some());
            if let Some(pushed) = pushed {
                written.push(pushed);
                attempts_before = attempts_before.max(event.attempt - 1);
            }
        }
        let request = form.settings.request(&written, attempts_before);
        let (mut due, mut unwritable) = (Vec::with_capacity(count), Vec::new());
        for (event, is_written) in taken.events.into_iter().zip(is_written) {
            let TakenEvent { sequence_number, attempt, event, .. } = event;
            if is_written && request.is_ok() {
                due.push(DueEvent { sequence_number, attempt, event });
            } else {
                unwritable.push((sequence_number, attempt));
            }
        }
        let endpoint = taken.endpoint;
        if !unwritable.is_empty() {
            let refused = AttemptResult::Status(400);
            self.namespace
                .with_broker(|broker, now| broker.push_ended(now, id, endpoint, unwritable, refused));
        }
        let sent = SentPush { of: id, endpoint, url, form, events: due, began: self.namespace.now() };
        match request {
            Ok(request) => TakenPush::Push(Box::new(DuePush { sent, request })),
            Err(_) => TakenPush::Deaths,
        }
    }
}
