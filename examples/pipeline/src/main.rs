//! From one topic to another: orders are received and become invoices, which are published, and an
//! order is acknowledged only after its invoice was accepted.
//!
//! The crate `example-namespace` chooses the topics: two of yours, or a local emulator.

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Duration;

use eventgrid::{CloudEvent, Data, ReceiveOptions};
use eventgrid_worker::{Batcher, Pipeline, Processor, ProcessorEvent, ProcessorHandle, ProcessorStop};
use example_namespace::{AnyError, Consumer, Namespace, exit_code, source_of_this_run};
use serde::{Deserialize, Serialize};

const ORDERS: u32 = 1000;
/// Every tenth order that is to be billed cannot be when it comes for the first time.
const FAILS_AT_FIRST: u32 = 10;
/// Every fourth order is free of charge: no invoice comes of it.
const FREE: u32 = 4;

#[derive(Serialize, Deserialize)]
struct Order {
    number: u32,
}

#[derive(Serialize, Deserialize)]
struct Invoice {
    order: u32,
    total: f64,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Whether there is an invoice for each order that needs one, and each order was acknowledged.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(&[("orders", "billing"), ("invoices", "archive")])?;
    let [orders, invoices] = namespace.publishers().collect::<Vec<_>>().try_into().expect("two topics");
    let [billing, archive] = namespace.consumers().collect::<Vec<_>>().try_into().expect("two topics");

    let source = source_of_this_run();
    let numbers: Vec<_> = (0..ORDERS).map(|number| Order { number }).collect();
    let events: Vec<_> = numbers
        .iter()
        .map(|order| {
            CloudEvent::new(order.number.to_string(), source.as_str(), "Order").with_data(Data::json(order))
        })
        .collect();
    orders.send_all(&events).await.into_result()?;

    // Up to 400 orders wait for their invoice to be accepted; 16 are billed at once.
    let (batcher, publishing) = Batcher::builder(invoices).max_delay(Duration::from_millis(50)).build();
    let processor = Processor::new(billing).concurrency(400);
    let handle = processor.handle();
    let pipeline = Pipeline::new(batcher).transforms(16).stops(handle.clone()).handler(bill);
    let (stats, (), archived) =
        tokio::join!(processor.run(pipeline), publishing, archive_all(&archive, &source, &handle));
    let (stats, archived) = (stats?, archived?);

    println!(
        "received {}, failed {}, acknowledged {} orders, archived {} invoices",
        stats.received,
        stats.failed,
        stats.acknowledged,
        archived.len()
    );
    Ok(archived.len() == invoices_wanted() && stats.acknowledged >= u64::from(ORDERS))
}

fn invoices_wanted() -> usize {
    (0..ORDERS).filter(|number| number % FREE != 0).count()
}

/// What comes of an order: an invoice or nothing. After an error the order is released and comes
/// again.
async fn bill(event: ProcessorEvent) -> Result<Option<CloudEvent<'static>>, AnyError> {
    let order: Order = event.data().deserialize()?;
    if order.number % FREE == 0 {
        return Ok(None);
    }
    if order.number % FAILS_AT_FIRST == 0 && event.delivery_count() == 1 {
        return Err("the price list is being updated".into());
    }
    let invoice = Invoice { order: order.number, total: 9.5 };
    // The id of the order makes that of its invoice, so that who archives it can tell that it came
    // twice.
    let event = CloudEvent::new(event.id().to_string(), event.source().to_string(), "Invoice");
    Ok(Some(event.with_data(Data::owned_json(&invoice)?)))
}

/// The other end: keeps the orders that have an invoice, and stops the pipeline when nothing more
/// comes.
async fn archive_all(
    archive: &Consumer,
    source: &str,
    pipeline: &ProcessorHandle,
) -> Result<HashSet<u32>, AnyError> {
    let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(30));
    let mut archived = HashSet::new();
    loop {
        let batch = archive.receive(options).await?;
        for received in &batch {
            let event = received.event()?;
            if event.source() == *source {
                archived.insert(event.data().deserialize::<Invoice>()?.order);
            }
        }
        let _ = archive.acknowledge(&batch).await?;
        if batch.is_empty() || archived.len() == invoices_wanted() {
            pipeline.stop(ProcessorStop::Finish);
            return Ok(archived);
        }
    }
}
