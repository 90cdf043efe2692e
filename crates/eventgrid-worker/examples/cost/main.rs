//! Counts how many requests a million events take, and how many units of 64 KiB those are, from the
//! requests themselves.
//!
//! `cargo run -p eventgrid-worker --example cost > crates/eventgrid-worker/guides/cost.md` prints
//! the table; a test compares the two.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eventgrid_hyper::Tokio;
use eventgrid_worker::eventgrid::{
    AccessKey, Client, CloudEvent, Consumer, Data, NamespaceTopic, Publisher, ReceiveOptions, Subscription,
};
use eventgrid_worker::{Batcher, BoxError, Processor, ProcessorEvent, ProcessorStop};
use metered::Metered;

mod metered;

type AnyError = Box<dyn Error + Send + Sync>;

const ENDPOINT: &str = "https://ns.westeurope-1.eventgrid.azure.net";

/// How many events are counted; the table has what a million of them take.
const EVENTS: usize = 10_000;

/// How much text is in the data of each event, in bytes.
const DATA: usize = 1024;

const INTRODUCTION: &str = "\
# What a million events cost

Event Grid bills operations, in units of 64 KB. Its pages name the publishing of an event and each
attempt to deliver one as operations, and leave open how a request with many events counts. So this
table has both that can be counted here: the requests for a million events with 1 KiB of data each,
and how many units of 64 KiB the bodies of these requests are (of a receive, that of the response),
with at least one for each request. Where each event counts by itself, a million are a million,
however they are sent, and what can be saved is the rest: retries, deliveries that repeat, receives
that find nothing.

`cargo run -p eventgrid-worker --example cost > crates/eventgrid-worker/guides/cost.md` counts them.

";

const CONCLUSIONS: &str = "
- The defaults of `Batcher` follow from this: a request is sent when it is full, or when its first
  event has waited for 100 ms. With a hundred events a second, a longer `max_delay` saves requests,
  and nothing else does.
- The defaults of `Processor` settle up to 100 events together. They receive no more events than
  handlers are free, 32 at most: that is a limit of the work at hand, and events that wait for a
  handler would lose their locks. Where handlers are quick and events small, `concurrency(100)`
  saves three of four receives and half of the units. Of events of 2 KiB, 32 fill a unit, and no
  units are saved.
- A receive that finds no event is a request, too: `receive_wait` says how often an idle processor
  asks, six times a minute by default, and once in two minutes at the least.
";

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), AnyError> {
    print!("{}", page().await?);
    Ok(())
}

/// The whole page, in Markdown. Time must be paused: the batcher waits for events.
pub(crate) async fn page() -> Result<String, AnyError> {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("| what is done | requests | units of 64 KiB |\n|---|---:|---:|\n");
    let mut row = |what: &str, metered: &Metered, path: &str| {
        let (requests, units) = metered.counted(path);
        let of_a_million = |count: usize| grouped(count * (1_000_000 / EVENTS));
        writeln!(page, "| {what} | {} | {} |", of_a_million(requests), of_a_million(units))
    };

    row("publish one event at a time", &publish(1).await?, ":publish")?;
    row("publish 100 together", &publish(100).await?, ":publish")?;
    let flood = batch(Duration::ZERO).await?;
    row("`Batcher`, events as fast as they come", &flood, ":publish")?;
    let trickle = batch(Duration::from_millis(10)).await?;
    row("`Batcher`, 100 events a second", &trickle, ":publish")?;
    let alone = consume(1, 1).await?;
    row("receive one event at a time", &alone, ":receive")?;
    row("settle one event at a time", &alone, ":acknowledge")?;
    let together = consume(100, 100).await?;
    row("receive 100 together", &together, ":receive")?;
    row("settle 100 together", &together, ":acknowledge")?;
    let processor = process(32).await?;
    row("`Processor`, its receives", &processor, ":receive")?;
    row("`Processor`, its settling calls", &processor, ":acknowledge")?;
    let wide = process(100).await?;
    row("`Processor` with `concurrency(100)`, its receives", &wide, ":receive")?;
    row("`Processor` with `concurrency(100)`, its settling calls", &wide, ":acknowledge")?;
    page.push_str(CONCLUSIONS);
    Ok(page)
}

fn client(metered: &Metered) -> Client<Metered, Tokio, AccessKey<'static>> {
    Client::new(metered.clone(), Tokio, AccessKey::new("c2VjcmV0"))
}

fn publisher(metered: &Metered) -> Result<Publisher<Metered, Tokio, AccessKey<'static>>, AnyError> {
    Ok(Publisher::new(client(metered), NamespaceTopic::new(ENDPOINT, "orders")?))
}

fn consumer(metered: &Metered) -> Result<Consumer<Metered, Tokio, AccessKey<'static>>, AnyError> {
    Ok(Consumer::new(client(metered), Subscription::new(ENDPOINT, "orders", "billing")?))
}

fn event(number: usize) -> CloudEvent<'static> {
    CloudEvent::new(number.to_string(), "urn:shop/orders", "Order.Created")
        .with_time("2026-01-01T00:00:00Z")
        .with_data(Data::text("x".repeat(DATA)))
}

async fn publish(together: usize) -> Result<Metered, AnyError> {
    let metered = Metered::default();
    let publisher = publisher(&metered)?;
    for first in (0..EVENTS).step_by(together) {
        let events: Vec<_> = (first..first + together).map(event).collect();
        publisher.send(&events).await?;
    }
    Ok(metered)
}

/// By a batcher with the default options.
async fn batch(between_events: Duration) -> Result<Metered, AnyError> {
    let metered = Metered::default();
    let (batcher, run) = Batcher::builder(publisher(&metered)?).build();
    let send = async {
        let mut reports = Vec::with_capacity(EVENTS);
        for number in 0..EVENTS {
            reports.push(batcher.send(&event(number)).await?);
            tokio::time::sleep(between_events).await;
        }
        batcher.close().await;
        for report in reports {
            report.await?;
        }
        Ok::<_, AnyError>(())
    };
    tokio::join!(send, run).0?;
    Ok(metered)
}

async fn consume(received_together: u32, settled_together: usize) -> Result<Metered, AnyError> {
    let metered = Metered::with_events(EVENTS, DATA);
    let consumer = consumer(&metered)?;
    let mut settled = 0;
    while settled < EVENTS {
        let batch = consumer.receive(ReceiveOptions::new().max_events(received_together)).await?;
        let tokens: Vec<_> = batch.iter().map(|received| received.lock_token()).collect();
        for tokens in tokens.chunks(settled_together) {
            assert!(consumer.acknowledge(tokens).await?.is_complete(), "the service takes all of them");
        }
        settled += tokens.len();
    }
    Ok(metered)
}

/// By a processor with the default options and that concurrency, whose handlers are done at once.
async fn process(concurrency: usize) -> Result<Metered, AnyError> {
    let metered = Metered::with_events(EVENTS, DATA);
    let processor = Processor::new(consumer(&metered)?).concurrency(concurrency);
    let handle = processor.handle();
    let handled = Arc::new(AtomicUsize::new(0));
    let look = move |_: ProcessorEvent| {
        if handled.fetch_add(1, Ordering::Relaxed) + 1 == EVENTS {
            handle.stop(ProcessorStop::FinishNow);
        }
        async { Ok::<_, BoxError>(()) }
    };
    processor.run(look).await?;
    Ok(metered)
}

/// A number with commas.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
