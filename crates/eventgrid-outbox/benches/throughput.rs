//! How many events per second are put and forwarded, compared with how often the disk can sync:
//! `cargo bench -p eventgrid-outbox`, or, with a folder on the disk to measure, `cargo bench -p
//! eventgrid-outbox -- /var/lib/outbox`.
//!
//! Once `put` has returned, the event is on the disk, so the disk's own `fdatasync` is the measure:
//! each line says how many events there were for each sync that the disk could have done in that
//! time.

use std::error::Error;
use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use eventgrid_emulator::Emulator;
use eventgrid_hyper::{Publisher, client};
use eventgrid_outbox::eventgrid::{AccessKey, CloudEvent, Data, NamespaceTopic};
use eventgrid_outbox::eventgrid_worker::Batcher;
use eventgrid_outbox::{Outbox, OutboxOptions};

type AnyError = Box<dyn Error + Send + Sync>;

/// How long each line takes.
const TIME: Duration = Duration::from_secs(3);

/// How many events are forwarded.
const FORWARDED: u32 = 20_000;

/// No outbox gets more events than these, so that none is ever full.
const MOST: u32 = 500_000;

/// How many of them one thread puts before it waits.
const UNDER_WAY: u32 = 1000;

fn main() -> Result<(), AnyError> {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = folder.map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let folder = folder.join(format!("outbox-throughput-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let measured = measure(&folder);
    fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &Path) -> Result<(), AnyError> {
    let before = syncs(folder)?;
    println!("{:32} {before:>10.0} a second", "fdatasync of 4 KiB");
    let print = |what: &str, events: f64| {
        println!("{what:32} {events:>10.0} events a second, {:>7.2} for each fdatasync", events / before);
    };
    for threads in [1, 16, 64] {
        print(&format!("put, {threads} threads"), put(folder, threads)?);
    }
    print(&format!("put, 1 thread, {UNDER_WAY} under way"), put_many(folder)?);
    print("forwarded, by hyper", forward(folder)?);
    // A disk that others use is no measure.
    println!("{:32} {:>10.0} a second, after all of that", "fdatasync of 4 KiB", syncs(folder)?);
    Ok(())
}

/// How often a page of a file can be written and synced in a second.
fn syncs(folder: &Path) -> Result<f64, AnyError> {
    let path = folder.join("pages");
    let mut file = File::create(&path)?;
    let pages = 256;
    file.write_all(&vec![1; pages * 4096])?;
    file.sync_all()?;
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < TIME {
        file.seek(SeekFrom::Start(u64::from(count) % pages as u64 * 4096))?;
        file.write_all(&[count.to_le_bytes()[0]; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    let seconds = began.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(f64::from(count) / seconds)
}

/// An event of about 300 bytes.
fn event(id: u32) -> CloudEvent<'static> {
    let data = Data::raw_json(r#"{"orderId":"A-2024-000017","total":18.25,"currency":"EUR","city":"Ulm"}"#);
    let event = CloudEvent::new(id.to_string(), "urn:shop/orders", "Order.Created");
    event.with_subject("orders/A-2024-000017").with_data(data.expect("it is JSON"))
}

fn open(folder: &Path) -> Result<(Outbox, PathBuf), AnyError> {
    let path = folder.join("events.outbox");
    let _ = fs::remove_file(&path);
    Ok((Outbox::open(&path, OutboxOptions::new())?, path))
}

/// So many threads put, each an event after the other.
fn put(folder: &Path, threads: usize) -> Result<f64, AnyError> {
    let (outbox, _) = open(folder)?;
    let (count, is_over) = (AtomicU32::new(0), AtomicBool::new(false));
    let began = Instant::now();
    thread::scope(|scope| {
        let put = || {
            while !is_over.load(Ordering::Relaxed) && count.load(Ordering::Relaxed) < MOST {
                outbox.put_blocking(&event(count.fetch_add(1, Ordering::Relaxed)))?;
            }
            Ok::<_, AnyError>(())
        };
        let putting: Vec<_> = (0..threads).map(|_| scope.spawn(put)).collect();
        thread::sleep(TIME);
        is_over.store(true, Ordering::Relaxed);
        putting.into_iter().try_for_each(|putting| putting.join().expect("it does not panic"))
    })?;
    Ok(f64::from(count.into_inner()) / began.elapsed().as_secs_f64())
}

/// One thread puts many before it waits for them.
fn put_many(folder: &Path) -> Result<f64, AnyError> {
    let (outbox, _) = open(folder)?;
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < TIME && count < MOST {
        put_batch(&outbox, count)?;
        count += UNDER_WAY;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

fn put_batch(outbox: &Outbox, first: u32) -> Result<(), AnyError> {
    let under_way = (first..first + UNDER_WAY).map(|id| outbox.try_put(&event(id)));
    for operation in under_way.collect::<Result<Vec<_>, _>>()? {
        operation.wait()?;
    }
    Ok(())
}

/// What waits in a file is published to an emulator over HTTP, and removed.
fn forward(folder: &Path) -> Result<f64, AnyError> {
    let (outbox, _) = open(folder)?;
    for first in (0..FORWARDED).step_by(UNDER_WAY as usize) {
        put_batch(&outbox, first)?;
    }
    let emulator = Emulator::builder().topic("orders").start("127.0.0.1:0")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let topic = NamespaceTopic::new(emulator.endpoint(), "orders")?;
    let publisher = Publisher::new(client(AccessKey::new(emulator.key().to_owned())), topic);
    let began = Instant::now();
    let took = runtime.block_on(async {
        let forwarding = tokio::spawn(outbox.forward(Batcher::builder(publisher).max_delay(Duration::ZERO)));
        outbox.until_empty().await;
        let took = began.elapsed();
        outbox.close().await;
        forwarding.await??;
        Ok::<_, AnyError>(took)
    })?;
    let accepted: usize = emulator.accepted().iter().map(|request| request.events.len()).sum();
    // The emulator remembers the last ones alone.
    assert!(accepted > 0 && outbox.stats().queued_events == 0, "events are missing");
    Ok(f64::from(FORWARDED) / took.as_secs_f64())
}
