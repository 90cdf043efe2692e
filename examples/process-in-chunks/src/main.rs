//! Handles events in chunks, such as one transaction of a database for up to a hundred: all of a chunk are acknowledged, or all
//! released. Their locks are renewed while the chunk is under way.
//!
//! Where the events come from is said in the crate `example-namespace`: a subscription, or a local emulator.

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Duration;

use eventgrid::{Batch, CloudEvent, Data, LockToken, ReceiveOptions, ReleaseDelay, with_causes};
use example_namespace::{AnyError, Namespace, exit_code, source_of_this_run};
use serde::{Deserialize, Serialize};

const READINGS: u32 = 1000;
const CHUNK: u32 = 100;
/// Every fourth transaction fails.
const FAILING: u32 = 4;
/// The locks of the subscription last a minute; they are renewed well before that.
const RENEW_AFTER: Duration = Duration::from_secs(5);
/// One transaction takes as long as this.
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

/// Whether every reading was stored.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(&[("readings", "database")])?;
    let (publisher, consumer) = namespace.first();
    let source = source_of_this_run();

    let readings: Vec<_> = (0..READINGS).map(|number| Reading { number, millidegrees: 21_500 }).collect();
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
    let (mut acknowledged, mut renewed) = (0, 0);
    while database.stored.len() < READINGS as usize {
        let batch = consumer.receive(options).await?;
        if batch.is_empty() {
            break; // Nothing came for ten seconds: what is missing is lost.
        }
        let (tokens, readings) = read(&batch, &source);
        let mut transaction = std::pin::pin!(database.store(readings));
        let stored = loop {
            tokio::select! {
                stored = &mut transaction => break stored,
                () = tokio::time::sleep(RENEW_AFTER) => {
                    // What cannot be renewed will be delivered again; storing twice does no harm here.
                    match consumer.renew_locks(&tokens).await {
                        Ok(renewal) => renewed += renewal.succeeded().count(),
                        Err(error) => eprintln!("locks were not renewed: {}", with_causes(&error)),
                    }
                }
            }
        };
        match stored {
            Ok(()) => acknowledged += consumer.acknowledge(&tokens).await?.succeeded().count(),
            Err(error) => {
                println!("{} readings are released: {error}", tokens.len());
                let _ = consumer.release(&tokens, ReleaseDelay::NoDelay).await?;
            }
        }
    }
    println!(
        "stored {} of {READINGS} readings in {} transactions, renewed {renewed}, acknowledged {acknowledged}",
        database.stored.len(),
        database.transactions
    );
    Ok(database.stored.len() == READINGS as usize && acknowledged >= READINGS as usize && renewed > 0)
}

/// The readings of this run, and the lock tokens of their events. An event that is none keeps its lock until that ends.
fn read<'b>(batch: &'b Batch<'_>, source: &str) -> (Vec<LockToken<'b>>, Vec<Reading>) {
    batch
        .iter()
        .filter_map(|received| {
            let event = received.event().ok().filter(|event| event.source() == *source)?;
            Some((received.lock_token(), event.data().deserialize().ok()?))
        })
        .unzip()
}

/// Stands for a database.
#[derive(Default)]
struct Database {
    stored: HashSet<u32>,
    transactions: u32,
}

impl Database {
    /// Stores all of them or none.
    async fn store(&mut self, readings: Vec<Reading>) -> Result<(), AnyError> {
        self.transactions += 1;
        let slow = self.transactions == 2;
        tokio::time::sleep(if slow { SLOW } else { Duration::from_millis(20) }).await;
        if self.transactions % FAILING == 0 {
            return Err("the database is busy".into());
        }
        self.stored.extend(readings.iter().map(|reading| reading.number));
        Ok(())
    }
}
