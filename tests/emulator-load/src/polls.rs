//! Receives that wait: what ten thousand of them cost, and how soon one gets its event.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use eventgrid_emulator::{Emulator, RunningEmulator};

use crate::ALLOCATOR;
use crate::cpu::of_thread;
use crate::publish::EMULATOR;

const POLLS: usize = 10_000;
const WAKES: usize = 1000;
const IDLE: Duration = Duration::from_secs(3);

pub(crate) fn measure() {
    // Each poll has two ends in this process.
    let limit = rlimit::increase_nofile_limit(4 * POLLS as u64).expect("the limit can be asked for");
    let polls = POLLS.min(usize::try_from(limit / 2).unwrap_or(POLLS) - 100);
    let emulator = Emulator::builder()
        .key("c2VjcmV0")
        .subscription("orders", "billing")
        .subscription("returns", "billing")
        .start("127.0.0.1:0")
        .expect("a port is free");
    let (heap, resident) = (ALLOCATOR.current_usage(), resident());
    let waiting: Vec<_> = (0..polls).map(|_| poll(&emulator, "orders")).collect();
    wait_for(&emulator, polls);
    let each = |all: usize| all / polls;
    let (heap, resident) = (ALLOCATOR.current_usage() - heap, self::resident().saturating_sub(resident));
    println!(
        "{polls} receives that wait: {} bytes of the heap each, {} resident (limit 12288)",
        each(heap),
        each(resident)
    );
    let before = of_thread(EMULATOR);
    thread::sleep(IDLE);
    println!("processor time in {IDLE:?} meanwhile: {:.1?}", of_thread(EMULATOR).saturating_sub(before));
    wake(&emulator, polls);
    drop(waiting);
}

/// How soon a receive has an event that is published.
fn wake(emulator: &RunningEmulator, others: usize) {
    let mut publisher = connect(emulator);
    let event = r#"{"specversion":"1.0","id":"1","source":"/shop","type":"Returned"}"#;
    let mut times = Vec::new();
    for _ in 0..WAKES {
        let mut receiver = poll(emulator, "returns");
        wait_for(emulator, others + 1);
        let start = Instant::now();
        let length = event.len();
        let head = request(&format!("/topics/returns:publish?{VERSION}"), length);
        publisher.write_all(format!("{head}{event}").as_bytes()).expect("the server is there");
        read(&mut receiver);
        times.push(start.elapsed());
        read(&mut publisher);
    }
    times.sort();
    let [median, late] = [times[WAKES / 2], times[WAKES * 99 / 100]];
    println!(
        "a receive has an event {median:.1?} after its publish, 99 of 100 within {late:.1?} (limit 5ms)"
    );
}

const VERSION: &str = "api-version=2024-06-01";

fn request(target: &str, length: usize) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nhost: localhost\r\nauthorization: SharedAccessKey c2VjcmV0\r\n\
         content-type: application/cloudevents+json\r\nuser-agent: emulator-load\r\n\
         content-length: {length}\r\n\r\n"
    )
}

fn connect(emulator: &RunningEmulator) -> TcpStream {
    let stream = TcpStream::connect(emulator.address()).expect("it listens");
    stream.set_nodelay(true).expect("it can be");
    stream
}

fn poll(emulator: &RunningEmulator, topic: &str) -> TcpStream {
    let mut stream = connect(emulator);
    let target =
        format!("/topics/{topic}/eventsubscriptions/billing:receive?{VERSION}&maxEvents=1&maxWaitTime=120");
    stream.write_all(request(&target, 0).as_bytes()).expect("the server is there");
    stream
}

/// Reads what comes first. All responses here fit.
fn read(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let count = stream.read(&mut buffer).expect("the server is there");
    assert!(buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&buffer[..count]));
}

fn wait_for(emulator: &RunningEmulator, waiting: usize) {
    while emulator.waiting() < waiting {
        thread::yield_now();
    }
}

fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is said");
    let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kibibytes * 1024
}
