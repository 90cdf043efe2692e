//! Publishes a thousand orders in batches while it consumes them: receive, handle, acknowledge
//! those that succeeded, release those that failed the first time.
//!
//! If no environment variables are set, it starts a local emulator on a port of its own. With
//! `EVENTGRID_ENDPOINT`, `EVENTGRID_KEY`, `EVENTGRID_TOPIC` and `EVENTGRID_SUBSCRIPTION` it uses
//! that namespace; use a subscription that nothing else uses.

use std::collections::HashSet;
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eventgrid::{
    AccessKey, CloudEvent, Data, NamespaceTopic, ReceiveOptions, ReceivedEvent, ReleaseDelay, Subscription,
    with_causes,
};
use eventgrid_emulator::{Emulator, RunningEmulator};
use eventgrid_ureq::{Consumer, Publisher};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

const ORDERS: u32 = 1000;
const BATCH: usize = 100;
/// Every tenth order cannot be handled when it comes for the first time.
const FAILS_AT_FIRST: u32 = 10;

type AnyError = Box<dyn Error + Send + Sync>;

#[derive(Serialize, Deserialize)]
struct Order {
    number: u32,
    total: f64,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// Whether every order was published, handled and acknowledged.
fn run() -> Result<bool, AnyError> {
    let place = Place::from_environment()?;
    let client = eventgrid_ureq::client(AccessKey::new(place.key));
    let topic = NamespaceTopic::new(place.endpoint.clone(), place.topic.clone())?;
    let publisher = Publisher::new(client.clone(), topic);
    let consumer = Consumer::new(client, Subscription::new(place.endpoint, place.topic, place.subscription)?);

    // Tells the events of this run from those of any other.
    let run = format!("urn:quickstart:{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos());
    let outcome = std::thread::scope(|threads| {
        let publishing = threads.spawn(|| publish(&publisher, &run));
        let outcome = consume(&consumer, &run);
        publishing.join().expect("publishing does not panic")?;
        outcome
    })?;

    let lost = ORDERS as usize - outcome.acknowledged.len();
    println!(
        "published {ORDERS}, received {}, acknowledged {}, lost {lost}",
        outcome.deliveries,
        outcome.acknowledged.len()
    );
    Ok(lost == 0)
}

fn publish(publisher: &Publisher, run: &str) -> Result<(), AnyError> {
    let orders: Vec<Order> =
        (0..ORDERS).map(|number| Order { number, total: f64::from(number) * 10.99 }).collect();
    for batch in orders.chunks(BATCH) {
        let events: Vec<CloudEvent<'_>> = batch
            .iter()
            .map(|order| {
                CloudEvent::new(order.number.to_string(), run, "Order.Created").with_data(Data::json(order))
            })
            .collect();
        publisher.send(&events)?;
    }
    Ok(())
}

#[derive(Default)]
struct Outcome {
    deliveries: usize,
    /// The ids of the orders that were handled and then acknowledged.
    acknowledged: HashSet<String>,
}

fn consume(consumer: &Consumer, run: &str) -> Result<Outcome, AnyError> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} orders acknowledged, {elapsed}")?;
    let progress = ProgressBar::new(ORDERS.into()).with_style(style);
    let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
    let mut outcome = Outcome::default();
    while outcome.acknowledged.len() < ORDERS as usize {
        let batch = consumer.receive(options)?;
        if batch.is_empty() {
            break; // Nothing came for ten seconds: what is missing is lost.
        }
        let (mut succeeded, mut failed, mut not_ours) = (Vec::new(), Vec::new(), Vec::new());
        let mut ids = Vec::new();
        for received in &batch {
            let event = received.event()?;
            if event.source() != *run {
                not_ours.push(received.lock_token());
                continue;
            }
            outcome.deliveries += 1;
            match handle(&received) {
                Ok(()) => {
                    succeeded.push(received.lock_token());
                    ids.push(event.id().to_string());
                }
                Err(_) => failed.push(received.lock_token()),
            }
        }
        let settlement = consumer.acknowledge(&succeeded)?;
        let lost: Vec<_> = settlement.failed().map(|failed| failed.lock_token()).collect();
        let kept = succeeded.iter().zip(ids).filter(|(token, _)| !lost.contains(token));
        outcome.acknowledged.extend(kept.map(|(_, id)| id));
        // An event that cannot be released comes back all the same, when its lock ends.
        let _ = consumer.release(&failed, ReleaseDelay::NoDelay)?;
        let _ = consumer.release(&not_ours, ReleaseDelay::OneMinute)?;
        progress.set_position(outcome.acknowledged.len() as u64);
    }
    progress.finish_and_clear();
    Ok(outcome)
}

/// What an application would do with an order.
fn handle(received: &ReceivedEvent<'_>) -> Result<(), AnyError> {
    let order: Order = received.event()?.data().deserialize()?;
    if order.number % FAILS_AT_FIRST == 0 && received.delivery_count() == 1 {
        return Err("the warehouse does not respond".into());
    }
    Ok(())
}

/// Where to publish to and consume from.
struct Place {
    endpoint: String,
    key: String,
    topic: String,
    subscription: String,
    /// Runs as long as this lives.
    _emulator: Option<RunningEmulator>,
}

impl Place {
    fn from_environment() -> Result<Self, AnyError> {
        let Ok(endpoint) = std::env::var("EVENTGRID_ENDPOINT") else {
            let emulator =
                Emulator::builder().key("bG9jYWw=").subscription("orders", "billing").start("127.0.0.1:0")?;
            eprintln!("EVENTGRID_ENDPOINT is not set: using an emulator at {}", emulator.endpoint());
            return Ok(Self {
                endpoint: emulator.endpoint(),
                key: "bG9jYWw=".to_owned(),
                topic: "orders".to_owned(),
                subscription: "billing".to_owned(),
                _emulator: Some(emulator),
            });
        };
        let variable = |name| std::env::var(name).map_err(|_| format!("set {name} too"));
        Ok(Self {
            endpoint,
            key: variable("EVENTGRID_KEY")?,
            topic: variable("EVENTGRID_TOPIC")?,
            subscription: variable("EVENTGRID_SUBSCRIPTION")?,
            _emulator: None,
        })
    }
}
