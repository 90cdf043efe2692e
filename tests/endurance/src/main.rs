//! Publishes and processes a hundred thousand events over HTTP, through a proxy that cuts all
//! connections every second. Every tenth event cannot be handled at its first delivery. None may be
//! lost.
//!
//! Its last line is the result, and it exits with 0 only if no event was lost.

mod proxy;
mod tally;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eventgrid::{AccessKey, CloudEvent, Data, NamespaceTopic, Subscription};
use eventgrid_emulator::broker::SubscriptionStats;
use eventgrid_emulator::{Emulator, RunningEmulator};
use eventgrid_hyper::{Consumer, Publisher};
use eventgrid_worker::spawn::Tokio;
use eventgrid_worker::{OnRefusal, Processor, ProcessorEvent, ProcessorStop};

use proxy::Proxy;
use tally::Tally;

const EVENTS: u32 = 100_000;
/// How many publishers there are at once, and how many events go into one request.
const PUBLISHERS: u32 = 4;
const BATCH: u32 = 250;
const CUT_EVERY: Duration = Duration::from_secs(1);
/// An event whose delivery was cut off comes again after so long.
const LOCK: Duration = Duration::from_secs(10);
/// What is not settled after so long is lost.
const PATIENCE: Duration = Duration::from_secs(300);

type AnyError = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<ExitCode, AnyError> {
    let emulator = Emulator::builder().subscription("orders", "billing").lock_duration(LOCK);
    let emulator = emulator.start("127.0.0.1:0")?;
    let proxy = Proxy::start(emulator.address(), CUT_EVERY).await?;
    let endpoint = format!("http://{}", proxy.address());
    let client = eventgrid_hyper::client(AccessKey::new(emulator.key().to_owned()));
    let tally = Arc::new(Tally::new(EVENTS));
    let began = Instant::now();

    let subscription = Subscription::new(endpoint.clone(), "orders", "billing")?;
    let processor = Processor::new(Consumer::new(client.clone(), subscription))
        .concurrency(200)
        .lock_duration(LOCK)
        .on_refusal(OnRefusal::Wait)
        .spawner(Tokio::current());
    let handle = processor.handle();
    let handling = Arc::clone(&tally);
    let run = tokio::spawn(processor.run(move |event: ProcessorEvent| {
        let tally = Arc::clone(&handling);
        async move { tally.handle(&event) }
    }));

    let topic = NamespaceTopic::new(endpoint, "orders")?;
    let publisher = Arc::new(Publisher::new(client, topic));
    let publishing: Vec<_> =
        (0..PUBLISHERS).map(|first| tokio::spawn(publish(Arc::clone(&publisher), first))).collect();
    for publishing in publishing {
        publishing.await??;
    }
    eprintln!("published after {:.1?}", began.elapsed());

    let stored = until_settled(&emulator, began).await;
    handle.stop(ProcessorStop::Finish);
    let stats = run.await??;
    eprintln!("processed after {:.1?}; connections were cut {} times", began.elapsed(), proxy.cuts());
    eprintln!("{stats:?}\n{stored:?}");

    let unsettled = stored.published - stored.acknowledged;
    let lost = tally.unhandled() as u64 + unsettled;
    println!(
        "published {EVENTS}, handled {}, failed at first {}, lost {lost}",
        tally.handled(),
        stats.failed
    );
    // How many fail is left to the cuts: an event whose first delivery was cut off comes for the
    // second time. One whose lock was over when its handler ran may not be counted.
    let failed = tally.failed();
    let counted = failed.saturating_sub(stats.lost)..=failed;
    let is_sound = lost == 0 && stats.failed > 0 && counted.contains(&stats.failed) && proxy.cuts() > 0;
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Publishes its share of the events, each batch until the service has taken it.
async fn publish(publisher: Arc<Publisher>, first: u32) -> Result<(), AnyError> {
    let data = Data::raw_json(r#"{"total":9.5,"currency":"EUR"}"#)?;
    for batch in (first * BATCH..EVENTS).step_by((PUBLISHERS * BATCH) as usize) {
        let events: Vec<_> = (batch..(batch + BATCH).min(EVENTS))
            .map(|id| CloudEvent::new(id.to_string(), "urn:shop", "Order.Created").with_data(data.clone()))
            .collect();
        while let Err(error) = publisher.send(&events).await {
            if !error.is_retryable() {
                return Err(error.into());
            }
        }
    }
    Ok(())
}

/// What became of the events, once all of them are settled or patience is over.
async fn until_settled(emulator: &RunningEmulator, began: Instant) -> SubscriptionStats {
    loop {
        let stats = emulator.stats("orders", "billing").expect("it was created");
        let is_settled = stats.queued + stats.locked + stats.delayed == 0;
        if is_settled || began.elapsed() > PATIENCE {
            return stats;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
