//! Receives that are stopped while they wait: how soon they end, when the service notices, and that
//! the next receive gets the event that they might have got.

use std::time::Duration;

use eventgrid_emulator::{Emulator, RunningEmulator, Target};
use eventgrid_ureq::Ureq;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

use crate::AnyError;
use crate::clients::Consumer;
use crate::services::{EVENT, KEY, SUBSCRIPTION};
use crate::table::Row;

const TOPIC: &str = "stops";

/// How often each client is stopped.
const TIMES: usize = 21;

/// How soon a receive has ended, as a rule: the machine may be busy with something else.
const SOON: Duration = Duration::from_millis(100);

/// How long the receives would wait.
const WAIT: Duration = Duration::from_secs(120);

pub(crate) async fn run() -> Result<Vec<Row>, AnyError> {
    let emulator = Emulator::builder().key(KEY).subscription(TOPIC, SUBSCRIPTION).start("127.0.0.1:0")?;
    let endpoint = emulator.endpoint();
    Ok(vec![
        by_drop(&emulator, "hyper", || Consumer::hyper(&endpoint, TOPIC, None)).await?,
        by_drop(&emulator, "reqwless", || Consumer::reqwless(&endpoint, TOPIC)).await?,
        by_shutdown(&emulator).await?,
    ])
}

/// Stopped by dropping the future.
async fn by_drop(
    emulator: &RunningEmulator,
    client: &'static str,
    consumer: impl Fn() -> Result<Consumer, AnyError>,
) -> Result<Row, AnyError> {
    let (mut ended, mut known, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let consumer = std::rc::Rc::new(consumer()?);
    for _ in 0..TIMES {
        let receiving = std::rc::Rc::clone(&consumer);
        let receive = spawn_local(async move { receiving.receive(WAIT).await });
        until_waiting(emulator, 1).await;
        let stopped = Instant::now();
        receive.abort();
        let is_stopped = receive.await.is_err_and(|error| error.is_cancelled());
        ended.push(stopped.elapsed());
        assert!(is_stopped, "a receive without events has not ended by itself");
        until_waiting(emulator, 0).await;
        known.push(stopped.elapsed());
        counts.push(next_delivery(emulator, &consumer).await?);
    }
    Ok(row(client, "stopped: drop of the future", ended, known, &counts))
}

/// ureq blocks a thread. What ends its wait is the end of the transport.
async fn by_shutdown(emulator: &RunningEmulator) -> Result<Row, AnyError> {
    let (mut ended, mut known, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let transport = Ureq::new();
        let consumer = Consumer::by_ureq(transport.clone(), &emulator.endpoint(), TOPIC)?;
        let receive = spawn_local(async move { consumer.receive(WAIT).await });
        until_waiting(emulator, 1).await;
        let stopped = Instant::now();
        transport.shutdown();
        assert!(receive.await?.is_err(), "a receive without events has not ended by itself");
        ended.push(stopped.elapsed());
        until_waiting(emulator, 0).await;
        known.push(stopped.elapsed());
        let consumer = Consumer::ureq(&emulator.endpoint(), TOPIC, None)?;
        counts.push(next_delivery(emulator, &consumer).await?);
    }
    Ok(row("ureq", "stopped: Ureq::shutdown, for all of its receives", ended, known, &counts))
}

fn row(
    client: &'static str,
    case: &str,
    ended: Vec<Duration>,
    known: Vec<Duration>,
    deliveries: &[u64],
) -> Row {
    let [(median, slowest), (median_known, slowest_known)] = [ended, known].map(|mut times| {
        times.sort_unstable();
        (times[times.len() / 2], times[times.len() - 1])
    });
    let seen = format!(
        "ended after {median:.1?} ({slowest:.1?} at the most), the service knows after {median_known:.1?} ({slowest_known:.1?})"
    );
    let is_first = deliveries.iter().all(|count| *count == 1);
    let expected = "ended within 100 ms, and the next event is delivered for the first time";
    Row::new(client, case, seen).must(expected, median < SOON && is_first)
}

/// Publishes an event, receives it, and returns how often it was delivered by then.
async fn next_delivery(emulator: &RunningEmulator, consumer: &Consumer) -> Result<u64, AnyError> {
    let before = emulator.stats(TOPIC, SUBSCRIPTION).ok_or("it was created")?.deliveries;
    emulator.with(|emulator| emulator.publish(Target::NamespaceTopic(TOPIC), EVENT))?;
    let received = consumer.receive(Duration::from_secs(10)).await;
    let after = emulator.stats(TOPIC, SUBSCRIPTION).ok_or("it was created")?.deliveries;
    emulator.with(|emulator| emulator.reset_subscription(Target::NamespaceTopic(TOPIC), SUBSCRIPTION));
    if received == Ok(1) {
        Ok(after - before)
    } else {
        Err(format!("{received:?} in place of an event").into())
    }
}

async fn until_waiting(emulator: &RunningEmulator, count: usize) {
    while emulator.waiting() != count {
        sleep(Duration::from_millis(1)).await;
    }
}
