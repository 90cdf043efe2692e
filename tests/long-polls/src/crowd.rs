//! Many receives on one client: the memory that each takes, how soon all are stopped, and that
//! stopping them loses no event.

use std::collections::BTreeSet;
use std::future::pending;
use std::io::{BufRead as _, Write as _};
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use eventgrid::{AccessKey, Client, CloudEvent, NamespaceTopic, ReceiveOptions, RetryPolicy, Subscription};
use eventgrid_emulator::Emulator;
use eventgrid_hyper::{Consumer, Hyper, Publisher, Tokio};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, sleep};

use crate::services::{KEY, SUBSCRIPTION};
use crate::table::Row;
use crate::{ALLOCATOR, AnyError};

const TOPIC: &str = "crowd";

/// After so long an event comes again that was locked for a receive that is gone.
const LOCK: Duration = Duration::from_secs(5);

/// How many receives are stopped while events are published, and how many events that are.
const STOPPED: usize = 1000;
const EVENTS: usize = 2000;
const BATCH: usize = 50;

const WAIT: Duration = Duration::from_secs(120);

/// Runs the emulator, prints where it is, and for each line of stdin how many receives wait.
pub(crate) fn serve() -> Result<(), AnyError> {
    let builder = Emulator::builder().key(KEY).subscription(TOPIC, SUBSCRIPTION).lock_duration(LOCK);
    let emulator = builder.start("127.0.0.1:0")?;
    println!("{}", emulator.endpoint());
    for line in std::io::stdin().lock().lines() {
        line?;
        println!("{}", emulator.waiting());
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// That emulator, as a process. It ends with this.
struct Service {
    endpoint: String,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Service {
    async fn start() -> Result<Self, AnyError> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn()?;
        let stdin = process.stdin.take().ok_or("stdin is a pipe")?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("stdout is a pipe")?).lines();
        let endpoint = lines.next_line().await?.ok_or("the emulator did not start")?;
        Ok(Self { endpoint, stdin, lines, _process: process })
    }

    async fn until_waiting(&mut self, count: usize) -> Result<(), AnyError> {
        loop {
            self.stdin.write_all(b"\n").await?;
            let line = self.lines.next_line().await?.ok_or("the emulator has ended")?;
            if line.parse::<usize>()? == count {
                return Ok(());
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

pub(crate) async fn run(count: usize) -> Result<Vec<Row>, AnyError> {
    let mut service = Service::start().await?;
    let transport = Hyper::builder().build();
    let client = Client::new(transport, Tokio, AccessKey::new(KEY)).retry(RetryPolicy::none());
    let subscription = Subscription::new(service.endpoint.clone(), TOPIC, SUBSCRIPTION)?;
    let consumer = Rc::new(Consumer::new(client.clone(), subscription));
    let publisher = Publisher::new(client, NamespaceTopic::new(service.endpoint.clone(), TOPIC)?);
    let mut rows = many(&mut service, &consumer, count).await?;
    rows.push(while_stopping(&mut service, &consumer, &publisher).await?);
    Ok(rows)
}

/// What each of them takes, and how soon all have ended.
async fn many(service: &mut Service, consumer: &Rc<Consumer>, count: usize) -> Result<Vec<Row>, AnyError> {
    let (heap, resident) = (ALLOCATOR.current_usage(), resident()?);
    let mut receives = Vec::with_capacity(count);
    for _ in 0..count {
        receives.push(receive(Rc::clone(consumer)));
        // So many connections at once are more than a listener takes.
        if receives.len() % 100 == 0 {
            service.until_waiting(receives.len()).await?;
        }
    }
    service.until_waiting(count).await?;
    let per = |before: usize, after: usize| after.saturating_sub(before) / count / 100;
    let (heap, resident) = (per(heap, ALLOCATOR.current_usage()), per(resident, self::resident()?));
    let kilobytes = |hundreds: usize| format!("{}.{} kB", hundreds / 10, hundreds % 10);
    let seen = format!("{} of heap each, {} resident", kilobytes(heap), kilobytes(resident));
    let memory = Row::new("hyper", format!("{count} wait on one client"), seen);

    let stopped = Instant::now();
    receives.iter().for_each(JoinHandle::abort);
    for receive in receives {
        if !receive.await.is_err_and(|error| error.is_cancelled()) {
            return Err("a receive has ended by itself".into());
        }
    }
    let ended = stopped.elapsed();
    service.until_waiting(0).await?;
    let seen = format!(
        "ended after {} ms, {} µs each; the service knows after {} ms",
        ended.as_millis(),
        ended.as_micros() / count as u128,
        stopped.elapsed().as_millis()
    );
    let each = ended / u32::try_from(count)?;
    let stops = Row::new("hyper", "all of them stopped at once", seen);
    Ok(vec![
        // A connection and its buffers.
        memory.must("at most 48 kB of heap each", heap <= 480),
        stops.must("5 ms each at the most", each < Duration::from_millis(5)),
    ])
}

fn receive(consumer: Rc<Consumer>) -> JoinHandle<Result<(), String>> {
    spawn_local(async move {
        let options = ReceiveOptions::new().max_events(1).max_wait_time(WAIT);
        consumer.receive(options).await.map(drop).map_err(|error| error.to_string())
    })
}

/// Where each event was received for the first time.
#[derive(Debug, Default)]
struct Arrived {
    /// By a receive before it was stopped.
    before: usize,
    /// Later, for the first time.
    later: usize,
    /// Later, since the lock for a receive that was stopped had ended.
    again: usize,
}

/// Stops receives while events are published for them.
async fn while_stopping(
    service: &mut Service,
    consumer: &Rc<Consumer>,
    publisher: &Publisher,
) -> Result<Row, AnyError> {
    let (start, started) = watch::channel(false);
    let mut receives = Vec::new();
    for number in 0..STOPPED {
        let (consumer, mut started) = (Rc::clone(consumer), started.clone());
        receives.push(spawn_local(async move {
            let stopped = async {
                let _ = started.wait_for(|started| *started).await;
                sleep(Duration::from_millis(number as u64 % 200 * 2)).await;
            };
            received(&consumer, ReceiveOptions::new().max_events(1).max_wait_time(WAIT), stopped).await
        }));
    }
    service.until_waiting(STOPPED).await?;
    start.send(true)?;
    for batch in (0..EVENTS).step_by(BATCH) {
        let events = (batch..batch + BATCH).map(|id| CloudEvent::new(id.to_string(), "urn:shop", "Ordered"));
        publisher.send(&events.collect::<Vec<_>>()).await.map_err(|error| error.to_string())?;
        sleep(Duration::from_millis(5)).await;
    }
    let (mut seen, mut arrived) = (BTreeSet::new(), Arrived::default());
    for receive in receives {
        for (id, _) in receive.await?? {
            arrived.before += usize::from(seen.insert(id));
        }
    }
    service.until_waiting(0).await?;
    let patience = Instant::now() + 4 * LOCK;
    while seen.len() < EVENTS && Instant::now() < patience {
        let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
        for (id, count) in received(consumer, options, pending()).await? {
            if seen.insert(id) {
                *if count == 1 { &mut arrived.later } else { &mut arrived.again } += 1;
            }
        }
    }
    let lost = EVENTS - seen.len();
    let Arrived { before, later, again } = arrived;
    let text = format!(
        "{EVENTS} events: {before} received, {later} received later, {again} again when their lock had ended, {lost} lost"
    );
    Ok(Row::new("hyper", format!("{STOPPED} stopped while events come"), text).must("none lost", lost == 0))
}

/// Receives events unless that is stopped before, acknowledges them, and returns their ids and
/// delivery counts.
async fn received(
    consumer: &Consumer,
    options: ReceiveOptions,
    stopped: impl Future<Output = ()>,
) -> Result<Vec<(String, u32)>, String> {
    let batch = tokio::select! {
        batch = consumer.receive(options) => batch.map_err(|error| error.to_string())?,
        () = stopped => return Ok(Vec::new()),
    };
    let mut events = Vec::new();
    for received in &batch {
        let event = received.event().map_err(|error| error.to_string())?;
        events.push((event.id().to_string(), received.delivery_count()));
    }
    if !events.is_empty() {
        // One whose lock has ended comes again, and is seen again.
        let _ = consumer.acknowledge(&batch).await.map_err(|error| error.to_string())?;
    }
    Ok(events)
}

/// How much memory the process has, in bytes.
fn resident() -> Result<usize, AnyError> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("Linux says it")?;
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}
