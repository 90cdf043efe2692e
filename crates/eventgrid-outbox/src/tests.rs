//! The disk fails while events are put and forwarded.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use disk::Disk;
use eventgrid::{CloudEvent, NamespaceTopic, Publisher};
use eventgrid_emulator::{Emulator, InProcess};
use eventgrid_worker::Batcher;
use futures_util::future::join;

use crate::error::{OutboxErrorKind, PutError};
use crate::operation::block_on;
use crate::options::OutboxOptions;
use crate::outbox::Outbox;
use crate::store::Place;

fn event(number: u32) -> CloudEvent<'static> {
    CloudEvent::new(number.to_string(), "urn:shop", "x".repeat(100))
}

fn open(disk: &Disk) -> Outbox {
    Outbox::open_place(Place::Disk { disk: disk.clone(), size: 0 }, OutboxOptions::new()).unwrap()
}

/// The numbers of the events that a service accepted, in its order.
fn accepted(service: &InProcess) -> Vec<u32> {
    let of_event = |json: &str| {
        let event: serde_json::Value = serde_json::from_str(json).unwrap();
        event["id"].as_str().unwrap().parse().unwrap()
    };
    let accepted = service.accepted();
    accepted.iter().flat_map(|accepted| &accepted.events).map(|event| of_event(event.json())).collect()
}

/// Does something while the clock of a service runs.
fn while_time_passes<T>(service: &InProcess, work: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::SeqCst) {
                service.advance(Duration::from_millis(200));
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let output = work();
        is_over.store(true, Ordering::SeqCst);
        output
    })
}

#[test]
fn on_a_full_disk_putting_fails_and_forwarding_goes_on_and_makes_room() {
    let disk = Disk::default();
    let outbox = open(&disk);
    disk.set_free_blocks(Some(40));
    disk.set_reserve(64);
    let mut put = Vec::new();
    let error = (0..)
        .find_map(|number| match outbox.put_blocking(&event(number)) {
            Ok(()) => {
                put.push(number);
                None
            }
            Err(error) => Some(error),
        })
        .unwrap();
    let PutError::Storage(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), OutboxErrorKind::DiskFull);

    let service = Emulator::builder().topic("orders").in_process().unwrap();
    let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
    let publisher = Publisher::new(service.client(), topic);
    let forwarding = outbox.forward(Batcher::builder(publisher));
    let using = async {
        // The disk is full all the time.
        outbox.until_empty().await;
        disk.set_free_blocks(None);
        outbox.put(&event(u32::MAX)).await.unwrap();
        outbox.until_empty().await;
        outbox.close().await;
    };
    while_time_passes(&service, || block_on(join(forwarding, using))).0.unwrap();
    put.push(u32::MAX);
    let mut arrived = accepted(&service);
    // An event whose put failed may be there all the same.
    arrived.retain(|number| put.contains(number));
    assert_eq!(arrived, put);
}

#[test]
fn what_was_published_and_cannot_be_removed_is_not_sent_twice() {
    let disk = Disk::default();
    let outbox = open(&disk);
    for number in 0..20 {
        outbox.put_blocking(&event(number)).unwrap();
    }
    let service = Emulator::builder().topic("orders").in_process().unwrap();
    let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
    let publisher = Publisher::new(service.client(), topic);
    disk.fail();
    let forwarding = outbox.forward(Batcher::builder(publisher));
    let using = async {
        while outbox.stats().queued_events > 0 {
            if !accepted(&service).is_empty() {
                disk.repair();
            }
            yield_once().await;
        }
        outbox.close().await;
    };
    while_time_passes(&service, || block_on(join(forwarding, using))).0.unwrap();
    assert_eq!(accepted(&service), (0..20).collect::<Vec<_>>());
}

#[test]
fn an_event_that_was_damaged_on_the_disk_is_set_aside() {
    let disk = Disk::default();
    let outbox = open(&disk);
    outbox.put_blocking(&CloudEvent::new("17", "urn:shop", "seventeen")).unwrap();
    outbox.put_blocking(&event(18)).unwrap();
    drop(outbox);
    assert!(disk.damage(b"seventeen", b"eighteens"));

    let outbox = open(&disk);
    let service = Emulator::builder().topic("orders").in_process().unwrap();
    let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
    let publisher = Publisher::new(service.client(), topic);
    let forwarding = outbox.forward(Batcher::builder(publisher));
    let using = async {
        outbox.until_empty().await;
        let refused = outbox.refused(None, 10).await.unwrap();
        outbox.close().await;
        refused
    };
    let (_, refused) = while_time_passes(&service, || block_on(join(forwarding, using)));
    assert_eq!(accepted(&service), [18]);
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].reason, crate::refused::RefusalReason::Damaged);
    assert!(refused[0].json().unwrap().contains("eighteens"));
}

/// Lets whatever is joined with it go on.
async fn yield_once() {
    let mut was_polled = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut was_polled, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
