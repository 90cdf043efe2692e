//! What becomes of a request.

use std::cell::{Cell, RefCell};
use std::io::{self, Stdout};
use std::rc::Rc;
use std::time::Duration;

use eventgrid::webhook::{Delivery, DeliveryHeaders, Events, IncomingRequest, Webhook, WebhookResponse};
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use hyper::http::request::Parts;
use serde_json::value::RawValue;
use tokio::sync::Notify;

use crate::arguments::WebhookListen;
use crate::deliveries::PushedDelivery;
use crate::failure::{Failure, one_line};
use crate::output::{RecordWriter, cannot_write};

/// What all requests share.
pub(super) struct Endpoint {
    webhook: Webhook<'static>,
    /// What to respond to events, in order, and then the last one again.
    statuses: Vec<u16>,
    responded: Cell<usize>,
    delay: Duration,
    shows_headers: bool,
    secret_header: Option<String>,
    is_custom: bool,
    out: RefCell<RecordWriter<Stdout>>,
    /// How many more events are printed.
    left: Cell<Option<u64>>,
    failure: RefCell<Option<Failure>>,
    ended: Notify,
}

impl Endpoint {
    pub(super) fn new(
        webhook: Webhook<'static>,
        arguments: &WebhookListen,
        out: RecordWriter<Stdout>,
    ) -> Self {
        Self {
            webhook,
            statuses: arguments.respond.clone(),
            responded: Cell::new(0),
            delay: arguments.delay,
            shows_headers: arguments.headers,
            secret_header: arguments.secret.secret_header.clone(),
            is_custom: arguments.custom_schema,
            out: RefCell::new(out),
            left: Cell::new(arguments.max),
            failure: RefCell::new(None),
            ended: Notify::new(),
        }
    }

    /// Waits until all events were printed that were asked for, or printing has failed.
    pub(super) async fn ended(&self) {
        self.ended.notified().await;
    }

    /// Ends the output.
    ///
    /// # Errors
    /// [`Failure`] if not everything was printed.
    pub(super) fn finish(&self) -> Result<(), Failure> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        self.out.borrow_mut().end().map_err(|error| cannot_write(&error))
    }

    /// Prints what a request delivers, and responds to it.
    pub(super) async fn respond(self: Rc<Self>, head: Parts, body: Bytes) -> Response<Full<Bytes>> {
        let (response, is_delivery) = self.handle(&head, &body);
        if is_delivery && !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        response
    }

    fn handle(&self, head: &Parts, body: &[u8]) -> (Response<Full<Bytes>>, bool) {
        let headers: Vec<_> =
            head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let request = IncomingRequest {
            method: head.method.as_str(),
            query: head.uri.query().unwrap_or_default(),
            headers: &headers,
            body,
        };
        let delivery = match self.webhook.receive(&request) {
            Ok(delivery) => delivery,
            Err(refusal) => {
                message!("refused: {}", one_line(&eventgrid::with_causes(&refusal).to_string()));
                return (response_of(&refusal.response()), false);
            }
        };
        match &delivery {
            Delivery::Events(events) => return (self.take(events, body), true),
            Delivery::Validation(validation) => {
                let subscription = validation.headers().subscription_name().unwrap_or("a subscription");
                message!("validated: {} may deliver here", one_line(subscription));
            }
            Delivery::Handshake(handshake) => {
                message!("consented: {} may deliver here", one_line(handshake.origin()));
            }
            Delivery::SubscriptionDeletion(deletion) => {
                let subscription = deletion.headers().subscription_name().unwrap_or("a subscription");
                message!("deleted: {} no longer delivers here", one_line(subscription));
            }
            _ => {}
        }
        (response_of(&delivery.response()), false)
    }

    /// Prints events. What is not printed was not taken.
    fn take(&self, events: &Events<'_>, body: &[u8]) -> Response<Full<Bytes>> {
        if self.left.get() == Some(0) || self.failure.borrow().is_some() {
            return response_of(&WebhookResponse::new(503));
        }
        if let Err(error) = self.print(events, body) {
            self.failure.borrow_mut().get_or_insert(cannot_write(&error));
            self.ended.notify_one();
            return response_of(&WebhookResponse::new(503));
        }
        if events.is_empty() {
            message!("empty: a delivery without events");
        }
        if let Some(left) = self.left.get() {
            let left = left.saturating_sub(events.len() as u64);
            self.left.set(Some(left));
            if left == 0 {
                self.ended.notify_one();
            }
        }
        match self.statuses.get(self.responded.get()).or(self.statuses.last()) {
            Some(status) => {
                self.responded.set(self.responded.get() + 1);
                response_of(&WebhookResponse::new(*status))
            }
            None if self.is_custom => response_of(&WebhookResponse::new(200)),
            None => response_of(&events.response()),
        }
    }

    fn print(&self, events: &Events<'_>, body: &[u8]) -> io::Result<()> {
        let headers = events.headers();
        if self.is_custom {
            for json in custom_events(body) {
                self.write(headers, PushedDelivery::of_custom_event(headers, json))?;
            }
        } else {
            for event in events {
                let delivery = match event {
                    Ok(event) => PushedDelivery::of_event(headers, &event),
                    Err(error) => {
                        PushedDelivery::of_error(headers, eventgrid::with_causes(&error).to_string())
                    }
                };
                self.write(headers, delivery)?;
            }
        }
        self.out.borrow_mut().flush()
    }

    fn write(&self, headers: DeliveryHeaders<'_>, delivery: PushedDelivery) -> io::Result<()> {
        let mut out = self.out.borrow_mut();
        if self.shows_headers {
            out.write(&delivery.with_headers(headers, self.secret_header.as_deref()))
        } else {
            out.write(&delivery)
        }
    }
}

/// The elements of an array, or the one value. The body was read as JSON before.
fn custom_events(body: &[u8]) -> Vec<&str> {
    let many: Result<Vec<&RawValue>, _> = serde_json::from_slice(body);
    match many {
        Ok(events) => events.into_iter().map(RawValue::get).collect(),
        Err(_) => serde_json::from_slice::<&RawValue>(body).into_iter().map(RawValue::get).collect(),
    }
}

fn response_of(ours: &WebhookResponse<'_>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(ours.body().to_string()));
    // Both are the library's, and valid.
    if let Ok(status) = ours.status().try_into() {
        *response.status_mut() = status;
    }
    for (name, value) in ours.headers() {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
