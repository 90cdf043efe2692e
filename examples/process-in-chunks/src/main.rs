//! Handles events in chunks, such as one request to a database for up to a hundred, and settles
//! each by its own outcome: events that were stored are acknowledged, those that the database was
//! too busy for are released, and those that can never be stored are rejected. Their locks are
//! renewed while the chunk is in progress.
//!
//! The crate `example-namespace` chooses where the events come from: a subscription of yours, or a
//! local emulator.

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Duration;

use eventgrid::{Batch, CloudEvent, Data, LockToken, ReceiveOptions, ReleaseDelay, with_causes};
use example_namespace::{AnyError, Consumer, Namespace, exit_code, source_of_this_run};
use serde::{Deserialize, Serialize};

const READINGS: u32 = 1000;
const CHUNK: u32 = 100;
/// Every tenth reading finds the database busy when it comes for the first time.
const BUSY_AT_FIRST: u32 = 10;
/// Every hundredth reading is of a sensor that is broken, and can never be stored.
const BROKEN: u32 = 100;
/// Colder than anything can be.
const BROKEN_MILLIDEGREES: i32 = -300_000;
/// The locks of the subscription last a minute; they are renewed well before that.
const RENEW_AFTER: Duration = Duration::from_secs(5);
/// One request to the database takes as long as this.
const SLOW: Duration = Duration::from_secs(22);

#[derive(Serialize, Deserialize)]
struct Reading {
    number: u32,
    millidegrees: i32,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Whether every reading was stored, but those of the broken sensor, which were rejected.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(&[("readings", "database")])?;
    let (publisher, consumer) = namespace.first();
    let source = source_of_this_run();

    let readings: Vec<_> = (0..READINGS).map(reading).collect();
    let events: Vec<_> = readings
        .iter()
        .map(|reading| {
            CloudEvent::new(reading.number.to_string(), source.as_str(), "Reading")
                .with_data(Data::json(reading))
        })
        .collect();
    publisher.send_all(&events).await.into_result()?;

    let mut database = Database::default();
    let options = ReceiveOptions::new().max_events(CHUNK).max_wait_time(Duration::from_secs(10));
    let mut settled = Settled::default();
    while settled.acknowledged + settled.rejected < READINGS as usize {
        let batch = consumer.receive(options).await?;
        if batch.is_empty() {
            break; // None came for ten seconds: what is missing is lost.
        }
        let (tokens, readings) = read(&batch, &source);
        let mut storing = std::pin::pin!(database.store(readings));
        let outcomes = loop {
            tokio::select! {
                outcomes = &mut storing => break outcomes,
                () = tokio::time::sleep(RENEW_AFTER) => {
                    // What cannot be renewed will be delivered again; storing twice does no harm
                    // here.
                    match consumer.renew_locks(&tokens).await {
                        Ok(renewal) => settled.renewed += renewal.succeeded().count(),
                        Err(error) => eprintln!("locks were not renewed: {}", with_causes(&error)),
                    }
                }
            }
        };
        settle(&consumer, &tokens, &outcomes, &mut settled).await?;
    }
    println!("stored {} of {READINGS} readings in {} requests", database.stored.len(), database.requests);
    println!("{settled:?}");
    let broken = (READINGS / BROKEN) as usize;
    Ok(database.stored.len() == READINGS as usize - broken
        && settled.rejected == broken
        && settled.released > 0
        && settled.renewed > 0)
}

fn reading(number: u32) -> Reading {
    let is_broken = number % BROKEN == 0;
    Reading { number, millidegrees: if is_broken { BROKEN_MILLIDEGREES } else { 21_500 } }
}

/// How many events were settled in which way.
#[derive(Debug, Default)]
struct Settled {
    acknowledged: usize,
    released: usize,
    rejected: usize,
    renewed: usize,
}

/// The readings of this run, each with how often it has come, and the lock tokens of their events.
/// An event that is none keeps its lock until that ends.
fn read<'b>(batch: &'b Batch<'_>, source: &str) -> (Vec<LockToken<'b>>, Vec<(Reading, u32)>) {
    batch
        .iter()
        .filter_map(|received| {
            let event = received.event().ok().filter(|event| event.source() == *source)?;
            let reading = event.data().deserialize().ok()?;
            Some((received.lock_token(), (reading, received.delivery_count())))
        })
        .unzip()
}

/// Settles each event by its own outcome, the three groups at the same time.
async fn settle(
    consumer: &Consumer,
    tokens: &[LockToken<'_>],
    outcomes: &[Outcome],
    settled: &mut Settled,
) -> Result<(), AnyError> {
    let with = |wanted| -> Vec<_> {
        let pairs = tokens.iter().zip(outcomes).filter(|(_, outcome)| **outcome == wanted);
        pairs.map(|(token, _)| *token).collect()
    };
    let [stored, busy, invalid] = [Outcome::Stored, Outcome::Busy, Outcome::Invalid].map(with);
    let (acknowledged, released, rejected) = tokio::join!(
        consumer.acknowledge(&stored),
        consumer.release(&busy, ReleaseDelay::NoDelay),
        consumer.reject(&invalid),
    );
    settled.acknowledged += acknowledged?.succeeded().count();
    settled.released += released?.succeeded().count();
    settled.rejected += rejected?.succeeded().count();
    Ok(())
}

/// What became of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Stored,
    /// It may be stored later.
    Busy,
    /// It can never be stored.
    Invalid,
}

/// Stands for a database.
#[derive(Default)]
struct Database {
    stored: HashSet<u32>,
    requests: u32,
}

impl Database {
    /// Stores those that it can, and returns what became of each.
    async fn store(&mut self, readings: Vec<(Reading, u32)>) -> Vec<Outcome> {
        self.requests += 1;
        let slow = self.requests == 2;
        tokio::time::sleep(if slow { SLOW } else { Duration::from_millis(20) }).await;
        readings.into_iter().map(|(reading, deliveries)| self.store_one(&reading, deliveries)).collect()
    }

    fn store_one(&mut self, reading: &Reading, deliveries: u32) -> Outcome {
        if reading.millidegrees == BROKEN_MILLIDEGREES {
            return Outcome::Invalid;
        }
        if reading.number % BUSY_AT_FIRST == 0 && deliveries == 1 {
            return Outcome::Busy;
        }
        self.stored.insert(reading.number);
        Outcome::Stored
    }
}
