//! Receiving and publishing over a slow link, with the default options of the clients.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventgrid::{
    AccessKey, AsyncSleep, AsyncTransport, Client, CloudEvent, Consumer, Data, NamespaceTopic, Publisher,
    ReceiveOptions, Subscription,
};
use eventgrid_emulator::EmulatorBuilder;
use eventgrid_emulator::broker::SubscriptionStats;
use eventgrid_worker::{Batcher, Processor, ProcessorEvent, ProcessorStats, ProcessorStop};

pub(crate) const KEY: &str = "c2VjcmV0";

/// A number of events of one size, and how long the locks of their subscription last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) events: u32,
    pub(crate) bytes: usize,
    pub(crate) lock: Duration,
}

pub(crate) type TestClient<T, E> = Client<T, E, AccessKey<'static>>;

/// The topic `orders` with the subscription `billing`.
pub(crate) fn namespace(lock: Duration) -> EmulatorBuilder {
    eventgrid_emulator::Emulator::builder().key(KEY).subscription("orders", "billing").lock_duration(lock)
}

pub(crate) fn topic(endpoint: &str) -> NamespaceTopic<'static> {
    NamespaceTopic::new(endpoint.to_owned(), "orders").unwrap()
}

pub(crate) fn subscription(endpoint: &str) -> Subscription<'static> {
    Subscription::new(endpoint.to_owned(), "orders", "billing").unwrap()
}

/// The events with the ids 0, 1, ….
pub(crate) fn events(load: Load) -> Vec<CloudEvent<'static>> {
    let data = Data::text("x".repeat(load.bytes));
    (0..load.events)
        .map(|id| CloudEvent::new(id.to_string(), "urn:shop", "Order").with_data(data.clone()))
        .collect()
}

/// How often each event was handled.
#[derive(Clone)]
pub(crate) struct Tally(Arc<Mutex<Vec<u32>>>);

impl Tally {
    pub(crate) fn new(load: Load) -> Self {
        Self(Arc::new(Mutex::new(vec![0; load.events as usize])))
    }

    pub(crate) fn handled(&self, id: &str) {
        self.0.lock().unwrap()[id.parse::<usize>().unwrap()] += 1;
    }

    pub(crate) fn least(&self) -> u32 {
        *self.0.lock().unwrap().iter().min().unwrap()
    }
}

/// Handles all events with a processor as it is by default.
pub(crate) async fn process<T: AsyncTransport, E: AsyncSleep>(
    client: TestClient<T, E>,
    endpoint: &str,
    load: Load,
    stats: impl Fn() -> SubscriptionStats,
) -> ProcessorStats {
    let tally = Tally::new(load);
    let consumer = Consumer::new(client, subscription(endpoint));
    let processor = Processor::new(consumer).lock_duration(load.lock);
    let (handle, handling) = (processor.handle(), tally.clone());
    let run = processor.run(move |event: ProcessorEvent| {
        handling.handled(&event.id().to_cow());
        async {}
    });
    let end = async {
        while !is_over(&stats(), load) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        handle.stop(ProcessorStop::FinishNow);
    };
    let (run, ()) = tokio::join!(run, end);
    assert!(tally.least() >= 1, "each event was handled");
    run.map_err(|error| error.to_string()).unwrap()
}

/// Receives and acknowledges all events in a loop of one's own.
pub(crate) async fn consume<T: AsyncTransport, E: AsyncSleep>(
    client: TestClient<T, E>,
    endpoint: &str,
    load: Load,
    stats: impl Fn() -> SubscriptionStats,
) {
    let consumer = Consumer::new(client, subscription(endpoint)).lock_duration(load.lock);
    let tally = Tally::new(load);
    let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
    while !is_over(&stats(), load) {
        let Ok(batch) = consumer.receive(options).await else { continue };
        for received in &batch {
            tally.handled(&received.event().unwrap().id().to_cow());
        }
        let _ = consumer.acknowledge(&batch).await;
    }
    assert!(tally.least() >= 1, "each event was handled");
}

/// Whether nothing is left to do, or nothing can be done any more.
pub(crate) fn is_over(stats: &SubscriptionStats, load: Load) -> bool {
    stats.acknowledged + stats.exhausted >= u64::from(load.events)
}

/// Publishes events in one request, in as many as it takes, and through a batcher.
pub(crate) async fn publish<T: AsyncTransport, E: AsyncSleep>(
    client: impl Fn() -> TestClient<T, E>,
    endpoint: &str,
    load: Load,
    way: Way,
) {
    let publisher = Publisher::new(client(), topic(endpoint));
    let events = events(load);
    match way {
        Way::Send => publisher.send(&events).await.map_err(|error| error.to_string()).unwrap(),
        Way::SendAll => {
            let report = publisher.send_all(&events).await;
            assert!(report.is_complete(), "{report:?}");
        }
        Way::Batcher => {
            let (batcher, run) = Batcher::builder(publisher).build();
            let send = async {
                let mut deliveries = Vec::new();
                for event in &events {
                    deliveries.push(batcher.send(event).await.unwrap());
                }
                for delivery in deliveries {
                    delivery.await.map_err(|error| error.to_string()).unwrap();
                }
                batcher.close().await;
            };
            tokio::join!(run, send);
        }
    }
}

/// How events are published.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    Send,
    SendAll,
    Batcher,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Send, Self::SendAll, Self::Batcher];
}
