//! Compares a processor whose handlers do nothing with a bare loop that receives and acknowledges
//! 100 events at a time: how many events each handles per second of processor time. They take
//! turns, each in a process of its own, against a service in another one. It fails if the processor
//! handles less than four fifths of what the loop does.
//!
//! `cargo run --release -p load --bin worker-ratio [EVENTS]`

use std::env::{args, current_exe};
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use eventgrid::{AccessKey, ReceiveOptions, Subscription};
use eventgrid_hyper::Consumer;
use eventgrid_worker::{BoxError, Processor, ProcessorEvent, ProcessorStop};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tokio::runtime::Builder;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

const ROUNDS: usize = 5;
const EVENTS: usize = 200_000;
const TOGETHER: usize = 100;
/// What a processor must reach, of what the loop does.
const LEAST: f64 = 0.8;

fn main() -> Result<ExitCode, AnyError> {
    let arguments: Vec<String> = args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["service"] => serve(),
        ["loop", endpoint, events] => measured(in_loop(endpoint, events.parse()?)),
        ["processor", endpoint, events] => measured(by_processor(endpoint, events.parse()?)),
        [] => compare(EVENTS),
        [events] => compare(events.parse()?),
        _ => Err("say how many events, or nothing".into()),
    }
}

fn compare(events: usize) -> Result<ExitCode, AnyError> {
    let mut service = Command::new(current_exe()?).arg("service").stdout(Stdio::piped()).spawn()?;
    let mut endpoint = String::new();
    if let Some(printed) = service.stdout.take() {
        BufReader::new(printed).read_line(&mut endpoint)?;
    }
    let ratios = (0..ROUNDS).map(|_| {
        let [of_loop, of_processor] =
            ["loop", "processor"].map(|who| microseconds(who, endpoint.trim(), events));
        let (of_loop, of_processor) = (of_loop?, of_processor?);
        println!(
            "the loop takes {:.2} us of the processor for an event, the processor {:.2}: {:.2} of its events",
            per_event(of_loop, events),
            per_event(of_processor, events),
            of_loop / of_processor
        );
        Ok(of_loop / of_processor)
    });
    let ratios = ratios.collect::<Result<Vec<f64>, AnyError>>();
    service.kill()?;
    service.wait()?;
    let mut ratios = ratios?;
    ratios.sort_by(f64::total_cmp);
    let median = ratios[ROUNDS / 2];
    println!("median {median:.2}, of {LEAST} at the least");
    Ok(if median >= LEAST { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn per_event(microseconds: f64, events: usize) -> f64 {
    microseconds / f64::from(u32::try_from(events).unwrap_or(u32::MAX))
}

/// What one run takes, which it prints.
fn microseconds(who: &str, endpoint: &str, events: usize) -> Result<f64, AnyError> {
    let output = Command::new(current_exe()?).args([who, endpoint, &events.to_string()]).output()?;
    if !output.status.success() {
        return Err(format!("{who} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// Runs it, and prints the processor's time of this process in microseconds.
fn measured(work: impl Future<Output = Result<(), AnyError>>) -> Result<ExitCode, AnyError> {
    Builder::new_current_thread().enable_all().build()?.block_on(work)?;
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    println!("{}", usage.user_time().num_microseconds() + usage.system_time().num_microseconds());
    Ok(ExitCode::SUCCESS)
}

fn consumer(endpoint: &str) -> Result<Consumer, AnyError> {
    let client = eventgrid_hyper::client(AccessKey::new("c2VjcmV0"));
    Ok(Consumer::new(client, Subscription::new(endpoint.to_owned(), "orders", "all")?))
}

async fn in_loop(endpoint: &str, events: usize) -> Result<(), AnyError> {
    let consumer = consumer(endpoint)?;
    let options = ReceiveOptions::new().max_events(u32::try_from(TOGETHER)?);
    let mut handled = 0;
    while handled < events {
        let batch = consumer.receive(options).await?;
        for received in &batch {
            black_box(received.event()?.id());
            handled += 1;
        }
        if !consumer.acknowledge(&batch).await?.is_complete() {
            return Err("not every event was acknowledged".into());
        }
    }
    Ok(())
}

async fn by_processor(endpoint: &str, events: usize) -> Result<(), AnyError> {
    let processor = Processor::new(consumer(endpoint)?).concurrency(TOGETHER);
    let handle = processor.handle();
    let handled = Arc::new(AtomicUsize::new(0));
    let look = move |event: ProcessorEvent| {
        black_box(event.id());
        if handled.fetch_add(1, Ordering::Relaxed) + 1 == events {
            handle.stop(ProcessorStop::FinishNow);
        }
        async { Ok::<_, BoxError>(()) }
    };
    processor.run(look).await?;
    Ok(())
}

/// Is the service, until the process is killed: it has as many events as anybody wants.
fn serve() -> Result<ExitCode, AnyError> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    for connection in listener.incoming() {
        let connection = connection?;
        // It ends however the client ends it.
        thread::spawn(move || respond(&connection));
    }
    Ok(ExitCode::SUCCESS)
}

fn respond(connection: &TcpStream) -> io::Result<()> {
    let mut requests = BufReader::new(connection);
    let mut first = String::new();
    while requests.read_line(&mut first)? > 0 {
        let mut length = 0;
        let mut line = String::new();
        while requests.read_line(&mut line)? > 0 && line != "\r\n" {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
            line.clear();
        }
        let mut body = String::new();
        requests.by_ref().take(length).read_to_string(&mut body)?;
        let response = if first.contains(":receive?") {
            let asked = first.split(['?', '&', ' ']).find_map(|part| part.strip_prefix("maxEvents="));
            received(asked.and_then(|most| most.parse().ok()).unwrap_or(1))
        } else {
            body.replacen("lockTokens", "succeededLockTokens", 1).replacen(
                '{',
                r#"{"failedLockTokens":[],"#,
                1,
            )
        };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", response.len());
        (&mut &*connection).write_all((head + &response).as_bytes())?;
        first.clear();
    }
    Ok(())
}

fn received(events: usize) -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let note = "x".repeat(960);
    let first = LAST.fetch_add(events, Ordering::Relaxed);
    let details = |number: usize| {
        format!(
            r#"{{"brokerProperties":{{"lockToken":"CgMKATESCQoHdG9rZW4t{number:012}LTQ2ZTctOGQ5Ni1iNDZmYTA5NGRkMGI","deliveryCount":1}},"event":{{"specversion":"1.0","id":"{number}","source":"urn:bench/orders","type":"Order.Created","subject":"orders/{number}","time":"2026-01-01T00:00:00Z","data":{{"order_id":{number},"total":10.99,"note":"{note}"}}}}}}"#
        )
    };
    let events: Vec<_> = (first..first + events).map(details).collect();
    format!(r#"{{"value":[{}]}}"#, events.join(","))
}
