//! What is allocated for each request: as much with a hundred events as with one.

use allocation_counter::measure;
use eventgrid_emulator::{Emulator, RunningEmulator};
use eventgrid_hyper::eventgrid::{AccessKey, CloudEvent, Data, NamespaceTopic, ReceiveOptions, Subscription};
use tokio::runtime::Builder;

/// Far fewer than events, and those that the libraries below make for an answer that arrives in several pieces.
const BY_HYPER: u64 = 8;
const BY_UREQ: u64 = 40;

const ROUNDS: u64 = 10;

#[test]
fn by_hyper() {
    let service = service();
    let client = eventgrid_hyper::client(key(&service));
    let publisher = eventgrid_hyper::Publisher::new(client.clone(), topic(&service));
    let consumer = eventgrid_hyper::Consumer::new(client, subscription(&service));
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let counts = for_each_request(|events| {
        runtime.block_on(async {
            publisher.send(events).await.unwrap();
            let batch = consumer.receive(up_to_a_hundred()).await.unwrap();
            assert_eq!(batch.len(), events.len());
            assert!(consumer.acknowledge(&batch).await.unwrap().is_complete());
        });
    });
    assert!(counts.iter().all(|count| *count <= BY_HYPER), "{counts:?}");
}

#[test]
fn by_ureq() {
    let service = service();
    let client = eventgrid_ureq::client(key(&service));
    let publisher = eventgrid_ureq::Publisher::new(client.clone(), topic(&service));
    let consumer = eventgrid_ureq::Consumer::new(client, subscription(&service));
    let counts = for_each_request(|events| {
        publisher.send(events).unwrap();
        let batch = consumer.receive(up_to_a_hundred()).unwrap();
        assert_eq!(batch.len(), events.len());
        assert!(consumer.acknowledge(&batch).unwrap().is_complete());
    });
    assert!(counts.iter().all(|count| *count <= BY_UREQ), "{counts:?}");
}

/// How many allocations a request takes, with one event and with a hundred, by a round of three requests.
fn for_each_request(round: impl Fn(&[CloudEvent<'_>])) -> [u64; 2] {
    [1, 100].map(|count| {
        let event = CloudEvent::new("1", "urn:plant/boiler", "Reading").with_data(Data::text("71 degrees"));
        let events = vec![event; count];
        // Opens a connection, and makes the buffers that are kept.
        round(&events);
        let rounds = || (0..ROUNDS).for_each(|_| round(&events));
        measure(rounds).count_total.div_ceil(3 * ROUNDS)
    })
}

/// Its own allocations are made in other threads, which are not counted.
fn service() -> RunningEmulator {
    Emulator::builder().subscription("readings", "all").start("127.0.0.1:0").unwrap()
}

fn key(service: &RunningEmulator) -> AccessKey<'static> {
    AccessKey::new(service.key().to_owned())
}

fn topic(service: &RunningEmulator) -> NamespaceTopic<'static> {
    NamespaceTopic::new(service.endpoint(), "readings").unwrap()
}

fn subscription(service: &RunningEmulator) -> Subscription<'static> {
    Subscription::new(service.endpoint(), "readings", "all").unwrap()
}

fn up_to_a_hundred() -> ReceiveOptions {
    ReceiveOptions::new().max_events(100)
}
