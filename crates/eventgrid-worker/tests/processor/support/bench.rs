//! All that a test needs: a namespace with events, processors for it, and a clock.

use std::ops::Range;
use std::time::Duration;

use eventgrid::{
    AccessKey, Client, CloudEvent, Consumer, Data, Error, NamespaceTopic, Publisher, RetryPolicy,
    SendAsyncSleep, Subscription,
};
use eventgrid_emulator::broker::SubscriptionStats;
use eventgrid_emulator::{Emulator, EmulatorBuilder, InProcess};
use eventgrid_worker::{Processor, ProcessorStats};

use super::task::{Task, ready};
use super::{Cut, Faulty};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// Waits on the clock of the namespace.
pub(crate) async fn sleep(namespace: &InProcess, time: Duration) {
    SendAsyncSleep::sleep(namespace, time).await;
}

/// Publishes events with those ids to a topic.
pub(crate) fn publish(namespace: &InProcess, topic: &'static str, ids: impl IntoIterator<Item = u32>) {
    let publisher =
        Publisher::new(namespace.client(), NamespaceTopic::new(InProcess::ENDPOINT, topic).unwrap());
    let data = Data::raw_json(r#"{"total":9}"#).unwrap();
    for id in ids {
        let event = CloudEvent::new(id.to_string(), "urn:shop", "Order.Created").with_data(data.clone());
        ready(publisher.send(&event)).unwrap();
    }
}

/// What a run gives.
pub(crate) type Outcome = Result<ProcessorStats, Error<'static, Cut>>;

pub(crate) struct Bench {
    pub(crate) namespace: InProcess,
    pub(crate) network: Faulty,
}

impl Bench {
    /// A namespace with the topic `orders` and its subscription `billing`.
    pub(crate) fn new() -> Self {
        Self::with(Emulator::builder())
    }

    pub(crate) fn with(builder: EmulatorBuilder) -> Self {
        let builder = builder.key("c2VjcmV0").subscription("orders", "billing").seed(1);
        let namespace = builder.in_process().unwrap();
        Self { network: Faulty::new(namespace.clone()), namespace }
    }

    pub(crate) fn client(&self) -> Client<Faulty, InProcess, AccessKey<'static>> {
        let key = AccessKey::new("c2VjcmV0");
        Client::new(self.network.clone(), self.namespace.clone(), key)
            .retry(RetryPolicy::none())
            .body_limit(1 << 20)
    }

    pub(crate) fn consumer(
        &self,
        topic: &'static str,
        subscription: &'static str,
    ) -> Consumer<Faulty, InProcess, AccessKey<'static>> {
        Consumer::new(self.client(), Subscription::new(InProcess::ENDPOINT, topic, subscription).unwrap())
    }

    /// A processor of `billing`.
    pub(crate) fn processor(&self) -> Processor<Faulty, InProcess, AccessKey<'static>> {
        Processor::new(self.consumer("orders", "billing"))
    }

    /// Publishes events with the ids `ids` to `orders`.
    pub(crate) fn publish(&self, ids: Range<u32>) {
        self.publish_to("orders", ids);
    }

    pub(crate) fn publish_to(&self, topic: &'static str, ids: Range<u32>) {
        publish(&self.namespace, topic, ids);
    }

    /// Moves the clock, in steps so small that whatever is due meanwhile happens at its time, and
    /// lets the run go on.
    pub(crate) fn pass(&self, run: &mut Task<'_, Outcome>, time: Duration) {
        let end = self.namespace.now() + time;
        run.go_on();
        while self.namespace.now() < end {
            self.namespace.advance(Duration::from_millis(50));
            run.go_on();
        }
    }

    pub(crate) fn stats(&self) -> SubscriptionStats {
        self.namespace.stats("orders", "billing").unwrap()
    }
}
