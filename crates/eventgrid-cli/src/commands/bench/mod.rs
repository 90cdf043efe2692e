//! `egrid bench`.
//!
//! This module covers what is sent and received to be measured, and what is measured. Requests,
//! retries and limits are the library's.

mod consuming;
mod limit;
mod meter;
mod progress;
mod publishing;
mod round_trip;
mod summary;

use std::env;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use eventgrid::Endpoint;
use eventgrid::target::Target as _;
use eventgrid_hyper::{Consumer, Publisher};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

use self::consuming::{Consuming, TakeAll};
use self::limit::Limit;
use self::meter::Meter;
use self::publishing::{Publishing, Unwatched};
use self::round_trip::RoundTrip;
use self::summary::Summary;
use super::working::block_on;
use crate::arguments::{
    BenchCommand, ConnectionArguments, ConsumeBench, LoadArguments, PublishBench, RoundTripBench,
};
use crate::connection::Connection;
use crate::failure::{Failure, FailureKind, in_words_of_arguments};
use crate::interruption::Signals;
use crate::output::{OutputFormat, RecordWriter, cannot_write};

/// How long requests may go on after a signal.
const GRACE: Duration = Duration::from_millis(1500);

/// How long to wait for the next event of a round trip, once all were published.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does what was asked for.
pub(super) fn run(command: &BenchCommand, format: OutputFormat) -> Result<(), Failure> {
    block_on(LocalSet::new().run_until(async {
        match command {
            BenchCommand::Publish(arguments) => publish(arguments, format).await,
            BenchCommand::Consume(arguments) => consume(arguments, format).await,
            BenchCommand::RoundTrip(arguments) => round_trip(arguments, format).await,
        }
    }))
}

async fn publish(arguments: &PublishBench, format: OutputFormat) -> Result<(), Failure> {
    let connection = connect(&arguments.connection)?;
    let target = connection.target()?;
    warn_of_costs(target.endpoint());
    let publisher = Publisher::new(connection.async_client()?, target);
    let limit = Rc::new(Limit::new(&arguments.load));
    let publishing =
        Publishing::new(publisher, &arguments.load, &arguments.events, Rc::clone(&limit), source());
    let publishing = Rc::new(publishing);
    let mut tasks = JoinSet::new();
    for _ in 0..arguments.load.connections {
        let publishing = Rc::clone(&publishing);
        tasks.spawn_local(async move { publishing.run(&Unwatched).await });
    }
    let interrupted = drive(tasks, &limit, &publishing.meter).await?;
    conclude(&[Summary::new(&publishing.meter)], &[&publishing.meter], interrupted, format)
}

async fn consume(arguments: &ConsumeBench, format: OutputFormat) -> Result<(), Failure> {
    let connection = connect(&arguments.connection)?;
    let subscription = connection.subscription(&arguments.subscription)?;
    warn_of_costs(subscription.endpoint());
    let consumer = Consumer::new(connection.async_client()?, subscription);
    let limit = Rc::new(Limit::new(&arguments.load));
    let consuming = Rc::new(Consuming::new(consumer, &arguments.load, Rc::clone(&limit)));
    let mut tasks = JoinSet::new();
    for _ in 0..arguments.load.connections {
        let consuming = Rc::clone(&consuming);
        tasks.spawn_local(async move { consuming.run(&TakeAll).await });
    }
    let interrupted = drive(tasks, &limit, &consuming.acknowledged).await?;
    let meters = [&consuming.received, &consuming.acknowledged];
    conclude(&meters.map(Summary::new), &meters, interrupted, format)
}

async fn round_trip(arguments: &RoundTripBench, format: OutputFormat) -> Result<(), Failure> {
    let connection = connect(&arguments.connection)?;
    let subscription = connection.subscription(&arguments.subscription)?;
    warn_of_costs(subscription.endpoint());
    let publisher = Publisher::new(connection.async_client()?, connection.target()?);
    let consumer = Consumer::new(connection.async_client()?, subscription);
    let source = source();
    let limit = Rc::new(Limit::new(&arguments.load));
    let trip = Rc::new(RoundTrip::new(source.clone()));
    let publishing =
        Rc::new(Publishing::new(publisher, &arguments.load, &arguments.events, Rc::clone(&limit), source));
    // It goes on until all events are there.
    let forever = LoadArguments { count: None, duration: Some(Duration::MAX), ..arguments.load.clone() };
    let receiving = Rc::new(Limit::new(&forever));
    let mut consuming = Consuming::new(consumer, &arguments.load, Rc::clone(&receiving));
    consuming.ends_without_events = false;
    let consuming = Rc::new(consuming);
    let (mut sending, mut tasks) = (JoinSet::new(), JoinSet::new());
    for _ in 0..arguments.load.connections {
        let (consuming, to) = (Rc::clone(&consuming), Rc::clone(&trip));
        tasks.spawn_local(async move { consuming.run(&*to).await });
        let (publishing, from) = (Rc::clone(&publishing), Rc::clone(&trip));
        sending.spawn_local(async move { publishing.run(&*from).await });
    }
    let (under_way, all_received) = (Rc::clone(&trip), Rc::clone(&receiving));
    let cannot_receive = Rc::clone(&receiving);
    let sent = Rc::clone(&limit);
    tasks.spawn_local(async move {
        tokio::select! {
            () = joined(&mut sending) => {}
            // Without receiving, there is no sense in sending.
            () = cannot_receive.over() => {
                sent.end();
                joined(&mut sending).await;
            }
        }
        while under_way.under_way() > 0 {
            tokio::select! {
                arrived = timeout(PATIENCE, under_way.arrived()) => if arrived.is_err() { break },
                () = cannot_receive.over() => break,
            }
        }
        all_received.end();
    });
    let interrupted = drive_both(tasks, &limit, &receiving, &trip.meter).await?;
    if interrupted.is_none() && trip.under_way() > 0 {
        let reason = "published, and not received within ten seconds after the event before";
        trip.meter.fail(trip.under_way(), FailureKind::Partial, reason);
    }
    if trip.others.get() > 0 {
        message!(
            "warning: {} events of others were released, each of which costs one of its deliveries: give the \
             bench an event subscription of its own",
            trip.others.get()
        );
    }
    let summaries = [
        Summary::new(&publishing.meter),
        Summary::new(&trip.meter).with_others(trip.duplicates.get(), trip.others.get()),
    ];
    let meters = [&publishing.meter, &consuming.received, &consuming.acknowledged, &trip.meter];
    conclude(&summaries, &meters, interrupted, format)
}

/// The connection that is to be measured: one that was named for this.
fn connect(arguments: &ConnectionArguments) -> Result<Connection, Failure> {
    let is_named = arguments.endpoint.is_some()
        || arguments.context.is_some()
        || env::var_os("EVENTGRID_ENDPOINT").is_some_and(|endpoint| !endpoint.is_empty());
    if !is_named {
        return Err(Failure::usage("no endpoint to measure is named").advice(
            "name it by --endpoint, --context or EVENTGRID_ENDPOINT: the current context is not used for \
             this, since operations cost money",
        ));
    }
    Connection::new(arguments)
}

/// Says that it may cost something.
fn warn_of_costs(endpoint: &Endpoint<'_>) {
    if !endpoint.is_loopback() {
        let host = endpoint.host();
        message!("warning: {host} is not this machine: its operations may cost money; Ctrl-C ends this");
    }
}

/// Where the events of this run are from. No other run has it.
fn source() -> String {
    format!("urn:egrid:bench:{}", uuid::Uuid::new_v4())
}

async fn joined(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

/// Waits for the end of all tasks, and shows how far they are. A signal ends them: it is returned.
async fn drive(tasks: JoinSet<()>, limit: &Limit, meter: &Meter) -> Result<Option<Failure>, Failure> {
    drive_both(tasks, limit, limit, meter).await
}

async fn drive_both(
    mut tasks: JoinSet<()>,
    limit: &Limit,
    other: &Limit,
    meter: &Meter,
) -> Result<Option<Failure>, Failure> {
    let mut signals = Signals::catch().map_err(|error| Failure::local("cannot catch signals", &error))?;
    let interrupted = tokio::select! {
        () = joined(&mut tasks) => return Ok(None),
        failure = signals.failure() => failure,
        () = progress::show(meter) => return Ok(None),
    };
    limit.end();
    other.end();
    tokio::select! {
        () = joined(&mut tasks) => {}
        () = sleep(GRACE) => message!("requests in progress were given up"),
    }
    Ok(Some(interrupted))
}

/// Prints what was measured.
fn conclude(
    summaries: &[Summary],
    meters: &[&Meter],
    interrupted: Option<Failure>,
    format: OutputFormat,
) -> Result<(), Failure> {
    let mut out = RecordWriter::new(format, io::stdout().lock());
    let written = summaries.iter().try_for_each(|summary| out.write(summary)).and_then(|()| out.finish());
    written.map_err(|error| cannot_write(&error))?;
    if let Some(failure) = interrupted {
        return Err(failure);
    }
    let Some((kind, reason)) = meters.iter().find_map(|meter| meter.failure()) else { return Ok(()) };
    let failed: u64 = meters.iter().map(|meter| meter.failed()).sum();
    let has_any = meters.iter().any(|meter| meter.events() > 0);
    let message = match failed {
        0 => format!("requests failed: {}", in_words_of_arguments(&reason)),
        1 => format!("1 event failed: {reason}"),
        failed => format!("{failed} events failed; the first reason: {reason}"),
    };
    let failure = Failure::new(if has_any { FailureKind::Partial } else { kind }, message);
    Err(match kind.advice() {
        Some(advice) => failure.advice(advice),
        None => failure,
    })
}
