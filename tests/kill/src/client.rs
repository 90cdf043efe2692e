//! Our own clients, as processes that can be killed. They do not retry, so that each event is
//! published once.

use std::path::Path;

use eventgrid::{AccessKey, CloudEvent, NamespaceTopic, ReceiveOptions, RetryPolicy, Subscription};
use eventgrid_hyper::{Consumer, Publisher, client};

use crate::AnyError;
use crate::journal::Journal;
use crate::processes::KEY;

/// How many events go into one request, at most.
const BATCH: u32 = 5;

/// Publishes forever, and writes down what was reported accepted.
pub(crate) fn publish(endpoint: &str, journal: &Path) -> Result<(), AnyError> {
    let journal = Journal::new(journal);
    let topic = NamespaceTopic::new(endpoint, "orders")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let publisher = Publisher::new(client(AccessKey::new(KEY)).retry(RetryPolicy::none()), topic);
        for request in 0_u32.. {
            let id = |index| format!("rust-{}-{request}-{index}", std::process::id());
            let ids: Vec<_> = (0..=request % BATCH).map(id).collect();
            let events: Vec<_> = ids.iter().map(|id| CloudEvent::new(id, "urn:shop", "Ordered")).collect();
            match publisher.send(&events).await {
                Ok(()) => ids.iter().try_for_each(|id| journal.write("accepted", id, 0))?,
                Err(_) => pause().await,
            }
        }
        Ok(())
    })
}

/// Receives and acknowledges forever, and writes down both.
pub(crate) fn consume(endpoint: &str, journal: &Path) -> Result<(), AnyError> {
    let journal = Journal::new(journal);
    let subscription = Subscription::new(endpoint.to_owned(), "orders", "billing")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let consumer = Consumer::new(client(AccessKey::new(KEY)).retry(RetryPolicy::none()), subscription);
        loop {
            let Ok(batch) = consumer.receive(ReceiveOptions::new().max_events(10)).await else {
                pause().await;
                continue;
            };
            let mut received = Vec::new();
            for event in &batch {
                let (id, count) = (event.event()?.id().to_string(), event.delivery_count());
                journal.write("received", &id, count)?;
                received.push((event.lock_token().to_string(), id, count));
            }
            for (_, id, count) in &received {
                journal.write("settling", id, *count)?;
            }
            let Ok(settlement) = consumer.acknowledge(&batch).await else { continue };
            for token in settlement.succeeded() {
                let of_token = received.iter().find(|(other, ..)| *other == token.to_string());
                if let Some((_, id, count)) = of_token {
                    journal.write("acknowledged", id, *count)?;
                }
            }
        }
    })
}

/// The emulator is away for a moment.
pub(crate) async fn pause() {
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
}
