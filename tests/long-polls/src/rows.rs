//! One receive for each row, all at the same time.

use std::time::Duration;

use eventgrid::TransportErrorKind;
use eventgrid_emulator::Target;
use tokio::task::spawn_local;
use tokio::time::{Instant, sleep};

use crate::clients::{Consumer, Failure, REQWLESS_RESPONSE, Tunnel};
use crate::services::{EVENT, Services};
use crate::table::Row;
use crate::{AnyError, LONGEST, python};

/// How much earlier than the wait time is over events are published.
const EARLIER: Duration = Duration::from_secs(10);

/// How late a machine under load may see what has happened, and how early clocks may agree on it.
const LATE: Duration = Duration::from_secs(4);
const EARLY: Duration = Duration::from_secs(2);

/// How long beyond the wait time the official SDK is watched. It is slow to begin, and more so
/// while all of its processes and the many of one client do.
const PYTHON: Duration = Duration::from_secs(20);

/// What a row is about.
enum Way {
    /// Nothing is published: the service responds without events when the wait time is over.
    Empty,
    /// Events are published shortly before that.
    Direct,
    Tunnel,
    /// The middle box that forgets later than the keep-alive of ours asks.
    Patient,
    /// The one that forgets earlier.
    Impatient,
    /// The same as `Patient`, by a client that asks nothing.
    NeverAsked,
}

impl Way {
    fn case(&self) -> &'static str {
        match self {
            Self::Empty => "no event comes",
            Self::Direct => "events come at the end",
            Self::Tunnel => "the same through a tunnel (CONNECT)",
            Self::Patient | Self::NeverAsked => "the same, forgotten after 45 s in silence",
            Self::Impatient => "the same, forgotten after 20 s in silence",
        }
    }
}

pub(crate) async fn run(services: &Services) -> Result<Vec<Row>, AnyError> {
    let began = Instant::now();
    let mut rows = Vec::new();
    let mut topics = (0..).map(Services::topic);
    let mut topic = || topics.next().expect("there is always one more");
    let direct = services.plain.endpoint();
    let behind = Services::behind_proxy();
    let tunnel = Some(Tunnel { proxy: &services.proxy.url, root: services.root() });
    let empty = topic();
    let mut with = |client, way: Way, consumer: Consumer| {
        rows.push(spawn_local(row(client, way, consumer, services.wait)));
    };
    with("hyper", Way::Empty, Consumer::hyper(&direct, &empty, None)?);
    with("ureq", Way::Empty, Consumer::ureq(&direct, &empty, None)?);
    with("reqwless", Way::Empty, Consumer::reqwless(&direct, &empty)?);
    with("hyper", Way::Direct, Consumer::hyper(&direct, &topic(), None)?);
    with("ureq", Way::Direct, Consumer::ureq(&direct, &topic(), None)?);
    with("reqwless", Way::Direct, Consumer::reqwless(&direct, &topic())?);
    with("hyper", Way::Tunnel, Consumer::hyper(&behind, &topic(), tunnel)?);
    with("ureq", Way::Tunnel, Consumer::ureq(&behind, &topic(), tunnel)?);
    let is_longest = services.wait == Duration::from_secs(LONGEST);
    if is_longest {
        let (patient, impatient) = (&services.patient.endpoint, &services.impatient.endpoint);
        with("hyper", Way::Patient, Consumer::hyper(patient, &topic(), None)?);
        with("ureq", Way::Patient, Consumer::ureq(patient, &topic(), None)?);
        with("reqwless", Way::NeverAsked, Consumer::reqwless(patient, &topic())?);
        with("hyper", Way::Impatient, Consumer::hyper(impatient, &topic(), None)?);
        with("ureq", Way::Impatient, Consumer::ureq(impatient, &topic(), None)?);
    }
    if let Some(program) = &services.python {
        for (client, mode) in [("Python SDK", "sync"), ("Python SDK, aio", "aio")] {
            let mut with = |way: Way, endpoint: &str, topic: String| {
                let receive = python::receive(program, mode, endpoint, &topic, services.wait);
                rows.push(spawn_local(python_row(client, way, receive?, services.wait)));
                Ok::<_, AnyError>(())
            };
            with(Way::Empty, &direct, empty.clone())?;
            with(Way::Direct, &direct, topic())?;
            if is_longest {
                with(Way::NeverAsked, &services.patient.endpoint, topic())?;
            }
        }
    }
    sleep(services.wait.saturating_sub(EARLIER).saturating_sub(began.elapsed())).await;
    publish(services, &empty)?;
    let mut seen = Vec::new();
    for row in rows {
        seen.push(row.await?);
    }
    let tunnels = services.proxy.tunnels();
    let proxy = Row::new("proxy", "tunnels that it has opened", tunnels.to_string());
    seen.push(proxy.must("2", tunnels == 2));
    Ok(seen)
}

/// One receive of ours.
async fn row(client: &'static str, way: Way, consumer: Consumer, wait: Duration) -> Row {
    let began = Instant::now();
    let result = consumer.receive(wait).await;
    let took = began.elapsed();
    let seen = match &result {
        Ok(events) => format!("{events} events after {:.1} s", took.as_secs_f64()),
        Err(Failure::Transport(kind)) => format!("{kind:?} after {:.1} s", took.as_secs_f64()),
        Err(Failure::Other(error)) => format!("{error} after {:.1} s", took.as_secs_f64()),
    };
    let failed = |kind| Err(Failure::Transport(kind));
    let (expected, at) = match way {
        Way::Empty => (Ok(0), wait),
        Way::Direct | Way::Tunnel | Way::Patient => (Ok(1), wait.saturating_sub(EARLIER)),
        // Its keep-alive asks after 30 seconds, and is told that there is no connection any more.
        Way::Impatient => (failed(TransportErrorKind::Interrupted), Duration::from_secs(30)),
        Way::NeverAsked => (failed(TransportErrorKind::Timeout), wait + REQWLESS_RESPONSE),
    };
    let is_right = result == expected && is_at(at, LATE, took);
    Row::new(client, way.case(), seen).must(format!("{expected:?} after {} s", at.as_secs()), is_right)
}

/// One receive of the official SDK.
async fn python_row(client: &'static str, way: Way, receive: python::Receive, wait: Duration) -> Row {
    let began = Instant::now();
    let (result, own_time) = receive.end(wait + PYTHON).await;
    // Its process takes some seconds to begin, and events come when they come.
    let (expected, at, took) = match way {
        Way::Empty => (Some("0"), wait, own_time),
        Way::Direct | Way::Tunnel | Way::Patient => {
            (Some("1"), wait.saturating_sub(EARLIER), began.elapsed())
        }
        // It gives up after 300 seconds, as is documented.
        Way::Impatient | Way::NeverAsked => (None, wait + PYTHON, began.elapsed()),
    };
    let seen = match &result {
        Some(events) => format!("{events} events after {:.1} s", took.as_secs_f64()),
        None => format!("waits still after {} s", took.as_secs()),
    };
    let is_right = result.as_deref() == expected && is_at(at, PYTHON, took);
    Row::new(client, way.case(), seen).must(format!("{expected:?} after {} s", at.as_secs()), is_right)
}

/// Whether that is when it had to be.
fn is_at(expected: Duration, late: Duration, took: Duration) -> bool {
    (expected.saturating_sub(EARLY)..expected + late).contains(&took)
}

/// Publishes an event for each row that is to get one.
fn publish(services: &Services, empty: &str) -> Result<(), AnyError> {
    for emulator in services.emulators() {
        for topic in Services::topics().filter(|topic| topic != empty) {
            emulator.with(move |emulator| emulator.publish(Target::NamespaceTopic(&topic), EVENT))?;
        }
    }
    Ok(())
}
