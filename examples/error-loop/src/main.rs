//! A consumer that goes on after errors that pass, and ends at one that does not.
//!
//! A receive has a time limit, and so has the handling of each event; events that were handled are
//! acknowledged while the others are released. After a 5xx it waits and carries on; a 401 ends it,
//! since no further request can succeed.
//!
//! It runs against an emulator that is told to respond with these errors.

mod service;

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Duration;

use eventgrid::{Batch, Error, LockToken, ReceiveOptions, ReceivedEvent, ReleaseDelay, with_causes};
use eventgrid_hyper::Consumer;
use example_namespace::{AnyError, exit_code};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

use service::Service;

/// How long the service may wait for an event, and how long a receive may take in all.
const WAIT: Duration = Duration::from_secs(10);
const RECEIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long the handling of an event may take.
const EVENT_TIMEOUT: Duration = Duration::from_millis(200);
/// How long to wait after an error that passes, unless the service says how long.
const PAUSE: Duration = Duration::from_millis(500);

const JOBS: u32 = 40;
/// Every tenth job hangs when it comes for the first time.
const HANGS_AT_FIRST: u32 = 10;

#[derive(Serialize, Deserialize)]
struct Job {
    number: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Whether every job was done although some hung and the service was busy, and a 401 was the end.
async fn run() -> Result<bool, AnyError> {
    let service = Service::start(JOBS).await?;
    let consumer = service.consumer()?;
    let (seen, ()) = tokio::try_join!(consume(&consumer), service.revoke_key_when_drained())?;
    consumer.close().await;
    println!(
        "{} jobs done, {} given up for then, {} times the service was busy",
        seen.done.len(),
        seen.given_up,
        seen.busy
    );
    let hung = (JOBS / HANGS_AT_FIRST) as usize;
    Ok(seen.done.len() >= JOBS as usize && seen.given_up >= hung && seen.busy > 0)
}

/// What a consumer has seen until its end.
#[derive(Default)]
struct Seen {
    done: HashSet<u32>,
    given_up: usize,
    busy: usize,
}

/// What becomes of the loop after an error.
enum Next {
    End,
    CarryOnAfter(Duration),
}

async fn consume(consumer: &Consumer) -> Result<Seen, AnyError> {
    let options = ReceiveOptions::new().max_events(10).max_wait_time(WAIT);
    let mut seen = Seen::default();
    loop {
        let batch = match timeout(RECEIVE_TIMEOUT, consumer.receive(options)).await {
            Ok(Ok(batch)) => batch,
            Ok(Err(error)) => match after(error)? {
                Next::End => return Ok(seen),
                Next::CarryOnAfter(pause) => {
                    seen.busy += 1;
                    sleep(pause).await;
                    continue;
                }
            },
            // Events that the service has locked for it come again when their locks end.
            Err(_) => continue,
        };
        let (handled, failed) = handle_all(&batch, &mut seen).await;
        let (acknowledged, released) =
            tokio::join!(consumer.acknowledge(&handled), consumer.release(&failed, ReleaseDelay::NoDelay),);
        for settled in [acknowledged, released] {
            // Events that could not be settled come again when their locks end.
            match settled.map_err(after) {
                Ok(settlement) => settlement.failed().for_each(|failed| {
                    eprintln!("an event was not settled: {:?}", failed.reason());
                }),
                Err(next) => match next? {
                    Next::End => return Ok(seen),
                    Next::CarryOnAfter(pause) => sleep(pause).await,
                },
            }
        }
    }
}

/// Errors that neither pass nor are a 401 are returned: the program must be changed.
fn after(error: Error<'static, eventgrid_hyper::Error>) -> Result<Next, AnyError> {
    eprintln!("{}", with_causes(&error));
    match error.status() {
        Some(401) => Ok(Next::End),
        _ if error.is_retryable() => Ok(Next::CarryOnAfter(error.retry_after().unwrap_or(PAUSE))),
        _ => Err(error.into()),
    }
}

/// Handles the events of a batch, each within its time. Returns the lock tokens of those that were
/// handled, and of the others.
async fn handle_all<'b>(batch: &'b Batch<'_>, seen: &mut Seen) -> (Vec<LockToken<'b>>, Vec<LockToken<'b>>) {
    let (mut handled, mut failed) = (Vec::new(), Vec::new());
    for received in batch {
        match timeout(EVENT_TIMEOUT, handle(&received)).await {
            Ok(Ok(number)) => {
                handled.push(received.lock_token());
                seen.done.insert(number);
            }
            Ok(Err(error)) => {
                eprintln!("released: {error}");
                failed.push(received.lock_token());
            }
            Err(_) => {
                eprintln!("released: it took longer than {EVENT_TIMEOUT:?}");
                seen.given_up += 1;
                failed.push(received.lock_token());
            }
        }
    }
    (handled, failed)
}

/// What an application would do with a job. Returns its number.
async fn handle(received: &ReceivedEvent<'_>) -> Result<u32, AnyError> {
    let job: Job = received.event()?.data().deserialize()?;
    if job.number % HANGS_AT_FIRST == 0 && received.delivery_count() == 1 {
        std::future::pending::<()>().await;
    }
    Ok(job.number)
}
