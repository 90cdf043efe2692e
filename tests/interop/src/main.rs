//! A client that other programs drive by JSON lines: `interop-client MODE ENDPOINT KEY TOPIC
//! SUBSCRIPTION`.
//!
//! - `calls`: reads a line for every call, and writes one for its response;
//! - `process`: runs the processor and writes a line for every event that it handled, until the
//!   input ends;
//! - `batch`: runs the batcher, and reads a line for every event to publish.
//!
//! It ends at the first error.

mod event;
mod publication;
mod worker;

use std::error::Error;
use std::io::{BufRead, Write};
use std::time::Duration;

use eventgrid::{AccessKey, NamespaceTopic, ReceiveOptions, ReleaseDelay, SettleAction, Subscription};
use eventgrid_ureq::{Consumer, Publisher};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::publication::{Publication, Refusal};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What is asked for.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Call {
    Publish { events: Vec<Event> },
    PublishTo(Box<Publication>),
    Receive { max_events: u32 },
    Acknowledge { lock_tokens: Vec<String> },
    Release { lock_tokens: Vec<String> },
    Reject { lock_tokens: Vec<String> },
    RenewLocks { lock_tokens: Vec<String> },
}

/// What came of it.
#[derive(Serialize)]
#[serde(untagged)]
enum Response {
    Published(()),
    Refused(Refusal),
    Received(Vec<Received>),
    Settled { succeeded: Vec<String>, failed: Vec<Failed> },
}

#[derive(Serialize)]
struct Received {
    lock_token: String,
    delivery_count: u32,
    event: Event,
}

#[derive(Serialize)]
struct Failed {
    lock_token: String,
    code: String,
    message: String,
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: interop-client MODE ENDPOINT KEY TOPIC SUBSCRIPTION");
    let (mode, endpoint, key) = (next()?, next()?, AccessKey::new(next()?));
    let (topic, subscription) = (next()?, next()?);
    let subscription = Subscription::new(endpoint.clone(), topic.clone(), subscription)?;
    let topic = NamespaceTopic::new(endpoint, topic)?;
    match mode.as_str() {
        "calls" => {
            let client = eventgrid_ureq::client(key);
            calls(&Publisher::new(client.clone(), topic), &Consumer::new(client, subscription))
        }
        "process" => {
            worker::process(eventgrid_hyper::Consumer::new(eventgrid_hyper::client(key), subscription))
        }
        "batch" => worker::batch(eventgrid_hyper::Publisher::new(eventgrid_hyper::client(key), topic)),
        _ => Err("the mode is calls, process or batch".into()),
    }
}

fn calls(publisher: &Publisher, consumer: &Consumer) -> Outcome<()> {
    for line in std::io::stdin().lock().lines() {
        let settle = |action, lock_tokens| settle(consumer, action, lock_tokens);
        let response = match serde_json::from_str(&line?)? {
            Call::Publish { events } => publish(publisher, &events),
            Call::PublishTo(publication) => publication
                .publish()
                .map(|refusal| refusal.map_or(Response::Published(()), Response::Refused)),
            Call::Receive { max_events } => receive(consumer, max_events),
            Call::Acknowledge { lock_tokens } => settle(SettleAction::Acknowledge, &lock_tokens),
            Call::Release { lock_tokens } => {
                settle(SettleAction::Release(ReleaseDelay::NoDelay), &lock_tokens)
            }
            Call::Reject { lock_tokens } => settle(SettleAction::Reject, &lock_tokens),
            Call::RenewLocks { lock_tokens } => settle(SettleAction::RenewLocks, &lock_tokens),
        }?;
        write_line(&response)?;
    }
    Ok(())
}

fn write_line(value: &impl Serialize) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)?;
    Ok(())
}

fn publish(publisher: &Publisher, events: &[Event]) -> Outcome<Response> {
    let events: Vec<_> = events.iter().map(Event::to_publish).collect::<Outcome<_>>()?;
    publisher.send(&events)?;
    Ok(Response::Published(()))
}

fn receive(consumer: &Consumer, max_events: u32) -> Outcome<Response> {
    let options = ReceiveOptions::new().max_events(max_events).max_wait_time(Duration::from_secs(10));
    let batch = consumer.receive(options)?;
    let received = batch.iter().map(|received| {
        Ok(Received {
            lock_token: received.lock_token().to_string(),
            delivery_count: received.delivery_count(),
            event: Event::received(&received.event()?)?,
        })
    });
    Ok(Response::Received(received.collect::<Outcome<_>>()?))
}

fn settle(consumer: &Consumer, action: SettleAction, lock_tokens: &[String]) -> Outcome<Response> {
    let settlement = consumer.settle(action, lock_tokens)?;
    let failed = settlement.failed().map(|failed| Failed {
        lock_token: failed.lock_token().to_string(),
        code: failed.code().to_string(),
        message: failed.message().to_string(),
    });
    Ok(Response::Settled {
        succeeded: settlement.succeeded().map(|token| token.to_string()).collect(),
        failed: failed.collect(),
    })
}
