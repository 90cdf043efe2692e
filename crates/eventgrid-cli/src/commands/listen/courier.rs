//! Pushes events: one by one, or those that wait together.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use eventgrid_push::{PushRequest, PushSettings, PushedEvent};
use tokio::sync::{Semaphore, oneshot};

use super::http_sender::{Ended, HttpSender};

/// Pushes events with a limit of requests at once.
pub(super) struct Courier {
    sender: HttpSender,
    settings: PushSettings,
    requests: Semaphore,
    waiting: RefCell<VecDeque<Waiting>>,
    next_ticket: Cell<u64>,
}

/// An event that waits for a request.
struct Waiting {
    ticket: u64,
    json: String,
    attempts_before: u32,
    reply: oneshot::Sender<Result<Ended, String>>,
}

impl Courier {
    pub(super) fn new(sender: HttpSender, settings: PushSettings, requests: u16) -> Self {
        let requests = Semaphore::new(requests.into());
        Self { sender, settings, requests, waiting: RefCell::default(), next_ticket: Cell::new(0) }
    }

    /// What sends the requests.
    pub(super) fn sender(&self) -> &HttpSender {
        &self.sender
    }

    /// Makes an attempt to deliver an event. With batching, others that wait go with it.
    ///
    /// # Errors
    /// Why there is no request with the event, as text.
    pub(super) async fn push(&self, json: &str, attempts_before: u32) -> Result<Ended, String> {
        loop {
            let (reply, mut replied) = oneshot::channel();
            let ticket = self.next_ticket.get();
            self.next_ticket.set(ticket + 1);
            let event = Waiting { ticket, json: json.to_owned(), attempts_before, reply };
            self.waiting.borrow_mut().push_back(event);
            loop {
                let permit = tokio::select! {
                    biased;
                    ended = &mut replied => match ended {
                        Ok(ended) => return ended,
                        // Whoever had it in a request was dropped: it is not known to be delivered.
                        Err(_) => break,
                    },
                    permit = self.requests.acquire(), if self.is_waiting(ticket) => permit,
                };
                // Nobody closes it.
                if permit.is_ok() {
                    self.push_waiting().await;
                }
            }
        }
    }

    /// Whether the event is in no request yet.
    fn is_waiting(&self, ticket: u64) -> bool {
        self.waiting.borrow().iter().any(|event| event.ticket == ticket)
    }

    /// Sends the next request, with events of whoever waits.
    async fn push_waiting(&self) {
        let batch: Vec<_> = {
            let mut waiting = self.waiting.borrow_mut();
            // Nobody waits for these any more.
            waiting.retain(|event| !event.reply.is_closed());
            let count = self.settings.next_batch(waiting.iter().map(|event| event.json.len()));
            waiting.drain(..count).collect()
        };
        if batch.is_empty() {
            return;
        }
        let ended = match self.request(&batch) {
            Ok(request) => Ok(self.sender.send(request).await),
            Err(error) => Err(error),
        };
        for event in batch {
            // Who does not wait any more needs no reply.
            let _ = event.reply.send(ended.clone());
        }
    }

    fn request(&self, batch: &[Waiting]) -> Result<PushRequest, String> {
        let schema = self.settings.schema();
        let events: Result<Vec<_>, _> =
            batch.iter().map(|event| PushedEvent::parse(schema, &event.json)).collect();
        let events = events.map_err(|error| eventgrid::with_causes(&error).to_string())?;
        let attempts_before = batch.iter().map(|event| event.attempts_before).max().unwrap_or(0);
        self.settings.request(&events, attempts_before).map_err(|error| error.to_string())
    }
}
