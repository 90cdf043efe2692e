//! The cost of keeping events in a directory: publishes per second, and how long it takes to open a
//! million events.

use std::fs::File;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use eventgrid_emulator::{Emulator, RunningEmulator};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::folder::Folder;
use crate::publish::{batch, event, publish, request};

const PUBLISHERS: u32 = 64;
const REQUESTS: u32 = 500;
const ROUNDS: usize = 5;

const BACKLOG: u64 = 1_000_000;

/// How many events are published at once to fill a directory.
const BATCH: usize = 1000;

/// How long it may take to open the backlog.
const OPENING: Duration = Duration::from_millis(50);

pub(crate) fn measure() {
    throughput();
    opening();
}

fn start(folder: Option<&Path>) -> RunningEmulator {
    let builder = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing");
    let builder = match folder {
        Some(folder) => builder.data(folder),
        None => builder,
    };
    builder.start("127.0.0.1:0").expect("a port is free, and the disk can be written")
}

/// A round of all publishers takes as long as in memory, and one sync of the disk at least: no
/// publisher goes on before its event is there. So a fast machine with a slow disk cannot come to
/// half of its throughput in memory; what it could come to is printed beside it.
fn throughput() {
    let (mut ratios, mut of_possible) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = Folder::new("throughput");
        let sync = median_of_syncs(folder.path());
        let memory = per_second(&start(None));
        let emulator = start(Some(folder.path()));
        let kept = per_second(&emulator);
        let possible = 1.0 / (1.0 / memory + sync.as_secs_f64() / f64::from(PUBLISHERS));
        ratios.push(kept / memory);
        of_possible.push(kept / possible);
        println!(
            "{PUBLISHERS} publishers: {memory:.0} events/s in memory, {kept:.0} events/s with a data directory; \
             fdatasync takes {sync:.1?}, so {possible:.0} events/s are possible"
        );
    }
    println!(
        "{:.2} of the throughput in memory, of at least 0.50; {:.2} of what is possible with this disk (medians of {ROUNDS} \
         rounds)",
        median(ratios),
        median(of_possible)
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn per_second(emulator: &RunningEmulator) -> f64 {
    let request = request(&event());
    let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
    let start = Instant::now();
    runtime.block_on(async {
        let mut publishers = JoinSet::new();
        for _ in 0..PUBLISHERS {
            publishers.spawn(publish(emulator.address(), request.clone(), REQUESTS));
        }
        publishers.join_all().await;
    });
    f64::from(PUBLISHERS * REQUESTS) / start.elapsed().as_secs_f64()
}

/// What the disk takes for the least that could be made lasting.
fn median_of_syncs(folder: &Path) -> Duration {
    let mut file = File::create(folder.join("sync")).expect("the disk can be written");
    let mut times: Vec<_> = (0..200)
        .map(|_| {
            file.write_all(&[0; 4096]).expect("the disk has room");
            let start = Instant::now();
            file.sync_data().expect("the disk works");
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn opening() {
    let folder = Folder::new("opening");
    let start_time = Instant::now();
    // Another process, so that it can be killed.
    let program = std::env::current_exe().expect("it runs from a file");
    let mut filling = Command::new(program);
    filling.arg("fill").arg(folder.path()).stdout(Stdio::piped()).stdin(Stdio::piped());
    let mut filling = filling.spawn().expect("it can run itself");
    let mut line = String::new();
    let stdout = filling.stdout.take().expect("it is a pipe");
    BufReader::new(stdout).read_line(&mut line).expect("it says when it is done");
    assert_eq!(line, "filled\n");
    filling.kill().expect("it runs");
    filling.wait().expect("it has ended");
    println!("{BACKLOG} events filled in {:.1?}, and the emulator was killed", start_time.elapsed());
    for after in ["a kill", "a clean end"] {
        let start_time = Instant::now();
        let emulator = start(Some(folder.path()));
        let opened = start_time.elapsed();
        let stats = emulator.stats("orders", "billing").expect("it is kept");
        assert_eq!(stats.queued, BACKLOG);
        println!("opening {BACKLOG} events after {after}: {opened:.1?}, of at most {OPENING:.0?}");
    }
}

/// Fills a directory with events, says so, and waits to be killed.
pub(crate) fn fill(folder: &str) {
    let emulator = start(Some(Path::new(folder)));
    let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
    let requests = u32::try_from(BACKLOG / BATCH as u64).expect("they are few");
    runtime.block_on(publish(emulator.address(), batch(BATCH), requests));
    println!("filled");
    let _ = std::io::stdin().read_line(&mut String::new());
}
