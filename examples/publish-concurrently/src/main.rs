//! Publishes to several topics at once, with a few requests in flight for each, and prints the
//! outcome of the events of each topic.
//!
//! The crate `example-namespace` chooses the topics: three of yours, or a local emulator.

use std::process::ExitCode;

use eventgrid::{CloudEvent, Data, with_causes};
use example_namespace::{AnyError, Namespace, exit_code, source_of_this_run};
use serde::Serialize;
use tokio::task::JoinSet;

const TOPICS: &[(&str, &str)] = &[("orders", "all"), ("shipments", "all"), ("invoices", "all")];
const TASKS_PER_TOPIC: u32 = 4;
const EVENTS_PER_TASK: u32 = 500;

#[derive(Serialize)]
struct Record {
    number: u32,
    note: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Whether all events were published.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(TOPICS)?;
    let source = source_of_this_run();

    // One client, one pool of connections: clones of a publisher share it.
    let mut tasks = JoinSet::new();
    for (topic, publisher) in namespace.topics().iter().zip(namespace.publishers()) {
        for task in 0..TASKS_PER_TOPIC {
            let (publisher, source, name) = (publisher.clone(), source.clone(), topic.topic().to_owned());
            tasks.spawn(async move {
                let first = task * EVENTS_PER_TASK;
                let records: Vec<_> = (first..first + EVENTS_PER_TASK).map(record).collect();
                let events: Vec<_> = records
                    .iter()
                    .map(|record| {
                        CloudEvent::new(record.number.to_string(), source.as_str(), "Record.Created")
                            .with_data(Data::json(record))
                    })
                    .collect();
                // As many requests as the service's limits ask for; the report has an outcome for
                // each event.
                let report = publisher.send_all(&events).await;
                for failure in report.failures() {
                    eprintln!("{name}: events {:?}: {}", failure.events(), with_causes(failure.reason()));
                }
                (name, report.accepted())
            });
        }
    }

    let mut accepted = 0;
    while let Some(task) = tasks.join_next().await {
        let (topic, events) = task?;
        println!("{topic}: {events} events accepted");
        accepted += events;
    }
    let wanted = TOPICS.len() * (TASKS_PER_TOPIC * EVENTS_PER_TASK) as usize;
    println!("published {accepted} of {wanted} events to {} topics", TOPICS.len());
    Ok(accepted == wanted)
}

fn record(number: u32) -> Record {
    Record { number, note: format!("the record number {number}") }
}
