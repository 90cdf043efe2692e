//! The scenes over sockets, through a relay. Rates are higher and locks shorter by the same factor,
//! so that a response takes the same share of its lock as in full size.

use std::time::Duration;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use eventgrid::{AccessKey, AsyncSleep, AsyncTransport, Client, ReceiveOptions};
use eventgrid_emulator::RunningEmulator;
use eventgrid_emulator::broker::SubscriptionStats;
use eventgrid_hyper::{Hyper, Tokio};
use eventgrid_reqwless::{Reqwless, Slot};
use eventgrid_ureq::Ureq;
use link::relay::Relay;
use link::{LinkOptions, PipeOptions};

use crate::scenes::{
    KEY, Load, Tally, TestClient, Way, consume, events, is_over, namespace, process, publish, subscription,
    topic,
};
use crate::socket::TokioSocket;

/// By how much everything is faster than in full size.
const FACTOR: u32 = 20;

const LARGE: Load = Load { events: 32, bytes: 900_000, lock: Duration::from_millis(60_000 / FACTOR as u64) };
const UPHILL: Load = Load { events: 10, bytes: 90_000, lock: LARGE.lock };

/// A namespace, and a relay on the way to it.
struct Far {
    emulator: RunningEmulator,
    relay: Relay,
}

impl Far {
    fn new(load: Load, rate: u32, options: PipeOptions) -> Self {
        let emulator = namespace(load.lock).max_delivery_count(1000).start("127.0.0.1:0").unwrap();
        let options = options.rate(u64::from(rate * FACTOR));
        let relay = Relay::start(emulator.address(), &LinkOptions::new().seed(7).both(options)).unwrap();
        Self { emulator, relay }
    }

    /// Publishes the events without the relay.
    fn fill(&self, load: Load) {
        let client = eventgrid_ureq::client(AccessKey::new(KEY));
        let publisher = eventgrid_ureq::Publisher::new(client, topic(&self.emulator.endpoint()));
        for event in events(load) {
            publisher.send(&event).unwrap();
        }
    }

    fn endpoint(&self) -> String {
        format!("http://{}", self.relay.address())
    }

    fn stats(&self) -> SubscriptionStats {
        self.emulator.stats("orders", "billing").unwrap()
    }

    /// Nothing was lost. A machine that is busy may have let a lock end.
    fn assert_nothing_is_lost(&self, load: Load) {
        let stats = self.stats();
        assert_eq!((stats.acknowledged, stats.exhausted), (load.events.into(), 0), "{stats:?}");
    }
}

fn hyper() -> TestClient<Hyper, Tokio> {
    Client::new(Hyper::builder().without_proxy().build(), Tokio, AccessKey::new(KEY))
}

fn reqwless() -> TestClient<Reqwless<'static, TokioSocket, Tokio, 3, CriticalSectionRawMutex>, Tokio> {
    let slot = || Slot::new(TokioSocket::default(), vec![0; 4096].leak());
    Client::new(Reqwless::with_mutex(Tokio, [slot(), slot(), slot()]), Tokio, AccessKey::new(KEY))
}

async fn assert_processed<T: AsyncTransport, E: AsyncSleep>(client: TestClient<T, E>, options: PipeOptions) {
    let far = Far::new(LARGE, 400_000, options);
    far.fill(LARGE);
    process(client, &far.endpoint(), LARGE, || far.stats()).await;
    far.assert_nothing_is_lost(LARGE);
}

#[tokio::test]
async fn a_processor_over_hyper_loses_nothing() {
    assert_processed(hyper(), PipeOptions::new()).await;
}

#[tokio::test]
async fn a_processor_over_reqwless_loses_nothing() {
    assert_processed(reqwless(), PipeOptions::new()).await;
}

#[tokio::test]
async fn a_processor_loses_nothing_where_connections_break() {
    assert_processed(hyper(), PipeOptions::new().reset_after_bytes(4_000_000)).await;
}

#[tokio::test]
async fn a_consumer_over_hyper_loses_nothing() {
    let far = Far::new(LARGE, 400_000, PipeOptions::new());
    far.fill(LARGE);
    consume(hyper(), &far.endpoint(), LARGE, || far.stats()).await;
    far.assert_nothing_is_lost(LARGE);
}

#[test]
fn a_consumer_over_ureq_loses_nothing() {
    let far = Far::new(LARGE, 400_000, PipeOptions::new());
    far.fill(LARGE);
    let client = Client::new(Ureq::builder().without_proxy().build(), eventgrid::Std, AccessKey::new(KEY));
    let consumer =
        eventgrid::blocking::Consumer::new(client, subscription(&far.endpoint())).lock_duration(LARGE.lock);
    let tally = Tally::new(LARGE);
    let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
    while !is_over(&far.stats(), LARGE) {
        let Ok(batch) = consumer.receive(options) else { continue };
        for received in &batch {
            tally.handled(&received.event().unwrap().id().to_cow());
        }
        let _ = consumer.acknowledge(&batch);
    }
    assert!(tally.least() >= 1);
    far.assert_nothing_is_lost(LARGE);
}

#[tokio::test]
async fn what_is_published_over_a_slow_link_arrives() {
    for way in Way::ALL {
        let far = Far::new(UPHILL, 20_000, PipeOptions::new());
        publish(hyper, &far.endpoint(), UPHILL, way).await;
        assert_eq!(far.stats().published, 10, "{way:?}");
        let far = Far::new(UPHILL, 20_000, PipeOptions::new());
        publish(reqwless, &far.endpoint(), UPHILL, way).await;
        assert_eq!(far.stats().published, 10, "{way:?}");
    }
}

#[test]
fn what_is_published_over_a_slow_link_by_ureq_arrives() {
    let far = Far::new(UPHILL, 20_000, PipeOptions::new());
    let client = || Client::new(Ureq::builder().without_proxy().build(), eventgrid::Std, AccessKey::new(KEY));
    let publisher = eventgrid::blocking::Publisher::new(client(), topic(&far.endpoint()));
    publisher.send(&events(UPHILL)).unwrap();
    assert!(publisher.send_all(&events(UPHILL)).is_complete());
    assert_eq!(far.stats().published, 20);
}
