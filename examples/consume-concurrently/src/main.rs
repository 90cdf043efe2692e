//! Handles many events at once, each with a time limit: an event that takes too long is dropped,
//! released, and delivered again.
//!
//! The crate `example-namespace` chooses where the events come from: a subscription of yours, or a
//! local emulator.

use std::collections::HashSet;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid::{CloudEvent, Data, ReleaseDelay};
use eventgrid_worker::spawn::Tokio;
use eventgrid_worker::{Processor, ProcessorEvent, ProcessorNotice, ProcessorStop, Verdict};
use example_namespace::{AnyError, Namespace, exit_code, source_of_this_run};
use serde::{Deserialize, Serialize};

const JOBS: u32 = 200;
/// Every twentieth job hangs when it comes for the first time.
const HANGS_AT_FIRST: u32 = 20;

#[derive(Serialize, Deserialize)]
struct Job {
    number: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Whether every job was done, and those that hung were given up first.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(&[("jobs", "workers")])?;
    let (publisher, consumer) = namespace.first();
    let source: Arc<str> = source_of_this_run().into();

    let jobs: Vec<_> = (0..JOBS).map(|number| Job { number }).collect();
    let events: Vec<_> = jobs
        .iter()
        .map(|job| CloudEvent::new(job.number.to_string(), &*source, "Job").with_data(Data::json(job)))
        .collect();
    publisher.send_all(&events).await.into_result()?;

    let processor = Processor::new(consumer)
        .concurrency(32)
        .event_timeout(Duration::from_millis(500))
        .on_failure(|_| Verdict::Release(ReleaseDelay::NoDelay))
        .on_notice(|notice| {
            if let ProcessorNotice::Handled { event, cause: Some(cause), took, .. } = notice {
                println!("job {} was given up after {took:.1?}: {cause}", event.id());
            }
        })
        // Each handler is a task of its own, so that all cores are used.
        .spawner(Tokio::current());

    let handle = processor.handle();
    let done = Arc::new(Mutex::new(HashSet::new()));
    let handler = {
        let (done, handle) = (Arc::clone(&done), handle.clone());
        move |event: ProcessorEvent| {
            let (done, handle, source) = (Arc::clone(&done), handle.clone(), Arc::clone(&source));
            async move {
                if event.source() != *source {
                    return Ok(Verdict::Release(ReleaseDelay::OneMinute)); // It is not of this run.
                }
                let job: Job = event.data().deserialize()?;
                work(&job, event.delivery_count()).await;
                let mut done = done.lock().expect("no handler panics while it holds this");
                done.insert(job.number);
                if done.len() == JOBS as usize {
                    handle.stop(ProcessorStop::Finish);
                }
                Ok::<_, AnyError>(Verdict::Acknowledge)
            }
        }
    };
    let stats = processor.run(handler).await?;

    let done = done.lock().expect("no handler panics while it holds this").len();
    println!("done {done}, acknowledged {}, given up {}", stats.acknowledged, stats.timed_out);
    Ok(done == JOBS as usize && stats.timed_out >= u64::from(JOBS / HANGS_AT_FIRST))
}

/// What an application would do.
async fn work(job: &Job, delivery_count: u32) {
    let hangs = job.number % HANGS_AT_FIRST == 0 && delivery_count == 1;
    tokio::time::sleep(Duration::from_millis(if hangs { 60_000 } else { 20 })).await;
}
