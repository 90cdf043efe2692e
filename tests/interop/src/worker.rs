//! The processor and the batcher, each run until the input ends.

use std::io;

use eventgrid::ReleaseDelay;
use eventgrid_hyper::{Consumer, Publisher};
use eventgrid_worker::{Batcher, BoxError, Processor, ProcessorNotice, ProcessorStop, Verdict};
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::event::Event;
use crate::{Outcome, write_line};

/// The subject of an event whose handler fails when it comes for the first time.
const FAILS_AT_FIRST: &str = "fails at first";

/// One line for every delivery whose handler has ended, and the last one, when the processor has.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Progress {
    Handled { acknowledged: bool, delivery_count: u32, event: Box<Event> },
    Finished { acknowledged: u64, released: u64, failed: u64 },
}

/// Handles what comes until the input ends, then finishes.
pub(crate) fn process(consumer: Consumer) -> Outcome<()> {
    let processor = Processor::new(consumer)
        .on_failure(|_| Verdict::Release(ReleaseDelay::NoDelay))
        .on_notice(|notice| match notice {
            ProcessorNotice::Handled { event, verdict, .. } => write_line(&Progress::Handled {
                acknowledged: *verdict == Verdict::Acknowledge,
                delivery_count: event.delivery_count(),
                event: Box::new(Event::received(&event.view()).expect("a known form of data")),
            })
            .expect("somebody reads"),
            ProcessorNotice::Received { .. } => {}
            trouble => eprintln!("{trouble:?}"),
        });
    let handle = processor.handle();
    std::thread::spawn(move || {
        let end = io::copy(&mut io::stdin(), &mut io::sink());
        handle.stop(ProcessorStop::Finish);
        end
    });
    let stats = Runtime::new()?.block_on(processor.run(handle_event))?;
    write_line(&Progress::Finished {
        acknowledged: stats.acknowledged,
        released: stats.released,
        failed: stats.failed,
    })
}

async fn handle_event(event: eventgrid_worker::ProcessorEvent) -> Result<(), BoxError> {
    let fails_at_first = event.subject().is_some_and(|subject| subject == FAILS_AT_FIRST);
    if fails_at_first && event.delivery_count() == 1 {
        return Err(FAILS_AT_FIRST.into());
    }
    Ok(())
}

/// Publishes the events of the input, one on each line; then tells how many the service has stored.
pub(crate) fn batch(publisher: Publisher) -> Outcome<()> {
    // The input is read on this thread, the requests are sent by others.
    let runtime = Runtime::new()?;
    let (batcher, run) = Batcher::builder(publisher).build();
    let run = runtime.spawn(run);
    runtime.block_on(async {
        let mut deliveries = Vec::new();
        for line in io::stdin().lines() {
            let event: Event = serde_json::from_str(&line?)?;
            deliveries.push(batcher.send(&event.to_publish()?).await?);
        }
        batcher.close().await;
        run.await?;
        let taken = deliveries.len();
        for delivery in deliveries {
            delivery.await?;
        }
        write_line(&taken)
    })
}
