//! The round trip with futures: publish, receive, handle the events of a batch concurrently, then
//! acknowledge those that were handled and release the others, each by its own outcome.
//!
//! The crate `example-namespace` chooses where the events go: to a topic of yours, or to a local
//! emulator.

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Duration;

use eventgrid::{Batch, CloudEvent, Data, LockToken, ReceiveOptions, ReceivedEvent, ReleaseDelay};
use example_namespace::{AnyError, Consumer, Namespace, Publisher, exit_code, source_of_this_run};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

const ORDERS: u32 = 200;
/// Every tenth order cannot be handled when it comes for the first time.
const FAILS_AT_FIRST: u32 = 10;

#[derive(Serialize, Deserialize)]
struct Order {
    number: u32,
    total: f64,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Whether every order was acknowledged, and those that failed came again.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(&[("orders", "billing")])?;
    let (publisher, consumer) = namespace.first();
    let source = source_of_this_run();

    publish(&publisher, &source).await?;
    let options = ReceiveOptions::new().max_events(50).max_wait_time(Duration::from_secs(10));
    let (mut acknowledged, mut released) = (HashSet::new(), 0);
    while acknowledged.len() < ORDERS as usize {
        let batch = consumer.receive(options).await?;
        if batch.is_empty() {
            break; // None came for ten seconds: what is missing is lost.
        }
        let outcomes = handle_all(&batch, &source).await;
        released += outcomes.failed.len();
        acknowledged.extend(settle(&consumer, &outcomes).await?);
    }
    consumer.close().await;
    println!("acknowledged {} of {ORDERS} orders, released {released}", acknowledged.len());
    Ok(acknowledged.len() == ORDERS as usize && released >= (ORDERS / FAILS_AT_FIRST) as usize)
}

async fn publish(publisher: &Publisher, source: &str) -> Result<(), AnyError> {
    let orders: Vec<_> =
        (0..ORDERS).map(|number| Order { number, total: f64::from(number) * 10.99 }).collect();
    let events: Vec<_> = orders
        .iter()
        .map(|order| {
            CloudEvent::new(order.number.to_string(), source, "Order.Created").with_data(Data::json(order))
        })
        .collect();
    Ok(publisher.send_all(&events).await.into_result()?)
}

/// The lock tokens of a batch, by what became of their events.
#[derive(Default)]
struct Outcomes<'b> {
    /// Each with the number of its order.
    handled: Vec<(LockToken<'b>, u32)>,
    failed: Vec<LockToken<'b>>,
}

/// Handles the events of this run, all at the same time. Those of another keep their locks.
async fn handle_all<'b>(batch: &'b Batch<'_>, source: &str) -> Outcomes<'b> {
    let ours = batch.iter().filter(|received| received.event().is_ok_and(|event| event.source() == *source));
    let handling = ours.map(|received| async move { (received.lock_token(), handle(&received).await) });
    let mut outcomes = Outcomes::default();
    for (token, outcome) in join_all(handling).await {
        match outcome {
            Ok(number) => outcomes.handled.push((token, number)),
            Err(error) => {
                println!("released, to come again: {error}");
                outcomes.failed.push(token);
            }
        }
    }
    outcomes
}

/// What an application would do with an order. Returns its number.
async fn handle(received: &ReceivedEvent<'_>) -> Result<u32, AnyError> {
    let order: Order = received.event()?.data().deserialize()?;
    tokio::time::sleep(Duration::from_millis(20)).await;
    if order.number % FAILS_AT_FIRST == 0 && received.delivery_count() == 1 {
        return Err(format!("the warehouse has no room for order {}", order.number).into());
    }
    Ok(order.number)
}

/// Acknowledges and releases, both at the same time, and returns which orders were acknowledged.
async fn settle(consumer: &Consumer, outcomes: &Outcomes<'_>) -> Result<Vec<u32>, AnyError> {
    let handled: Vec<_> = outcomes.handled.iter().map(|(token, _)| *token).collect();
    let (acknowledged, released) = tokio::join!(
        consumer.acknowledge(&handled),
        consumer.release(&outcomes.failed, ReleaseDelay::NoDelay),
    );
    // An event that cannot be released comes again all the same, when its lock ends.
    let _ = released?;
    let settlement = acknowledged?;
    let lost: Vec<_> = settlement.failed().map(|failed| failed.lock_token()).collect();
    let kept = outcomes.handled.iter().filter(|(token, _)| !lost.contains(token));
    Ok(kept.map(|(_, number)| *number).collect())
}
