//! Publishes JSON lines from standard input, one CloudEvent each, in batches.
//!
//! `EVENTGRID_ENDPOINT`, `EVENTGRID_TOPIC` and `EVENTGRID_KEY` set the destination. The exit code
//! is 0 if every event was published, 1 if any was not (standard error says which line, and why),
//! and 2 if it could not begin.

use std::error::Error;
use std::io::{BufRead, stdin};
use std::process::ExitCode;

use eventgrid::event::CloudEventView;
use eventgrid::json::RawJson;
use eventgrid::{AccessKey, CloudEvent, NamespaceTopic, with_causes};
use eventgrid_ureq::Publisher;

/// Lines are published in groups of so many, so that any amount of input needs little memory.
const GROUP: usize = 100;

fn main() -> ExitCode {
    match run() {
        Ok(Count { published, failed: 0 }) => {
            println!("published {published}");
            ExitCode::SUCCESS
        }
        Ok(Count { published, failed }) => {
            println!("published {published}, failed {failed}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

#[derive(Default)]
struct Count {
    published: usize,
    failed: usize,
}

fn run() -> Result<Count, Box<dyn Error>> {
    let variable = |name| std::env::var(name).map_err(|_| format!("set the environment variable {name}"));
    let topic = NamespaceTopic::new(variable("EVENTGRID_ENDPOINT")?, variable("EVENTGRID_TOPIC")?)?;
    let client = eventgrid_ureq::client(AccessKey::new(variable("EVENTGRID_KEY")?));
    let publisher = Publisher::new(client, topic);

    let mut count = Count::default();
    let mut group = Vec::with_capacity(GROUP);
    for (number, line) in (1..).zip(stdin().lock().lines()) {
        let line = line?;
        if !line.trim().is_empty() {
            group.push((number, line));
        }
        if group.len() == GROUP {
            publish(&publisher, &group, &mut count);
            group.clear();
        }
    }
    publish(&publisher, &group, &mut count);
    Ok(count)
}

/// Publishes what can be, and says what cannot.
fn publish(publisher: &Publisher, group: &[(usize, String)], count: &mut Count) {
    let mut numbers = Vec::with_capacity(group.len());
    let mut events = Vec::with_capacity(group.len());
    for (number, line) in group {
        match read(line) {
            Ok(event) => {
                numbers.push(*number);
                events.push(event);
            }
            Err(error) => report(&[*number], &*error, count),
        }
    }
    let sent = publisher.send_all(&events);
    count.published += sent.accepted();
    for failure in sent.failures() {
        report(&numbers[failure.events()], failure.reason(), count);
    }
}

fn read(line: &str) -> Result<CloudEvent<'_>, Box<dyn Error>> {
    Ok(CloudEventView::parse(RawJson::parse(line)?)?.to_event()?)
}

/// Says why these lines were not published, cause by cause.
fn report(lines: &[usize], error: &dyn Error, count: &mut Count) {
    count.failed += lines.len();
    let error = with_causes(error);
    match lines {
        [first, .., last] => eprintln!("lines {first} to {last}: {error}"),
        [line] => eprintln!("line {line}: {error}"),
        [] => {}
    }
}
