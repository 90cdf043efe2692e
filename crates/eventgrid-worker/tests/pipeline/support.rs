//! A namespace with orders that become invoices.

use std::collections::HashMap;
use std::time::Duration;

use eventgrid::target::CloudEvents;
use eventgrid::{
    AccessKey, Client, CloudEvent, Consumer, NamespaceTopic, Publisher, ReceiveOptions, RetryPolicy,
    Subscription,
};
use eventgrid_emulator::{Emulator, InProcess};
use eventgrid_worker::{Batcher, BatcherBuilder, Processor, ProcessorStats};

use crate::faulty::Faulty;
use crate::task::{Task, ready};

type Key = AccessKey<'static>;

pub(crate) struct Shop {
    pub(crate) namespace: InProcess,
    pub(crate) network: Faulty,
}

/// Both runs of a pipeline.
pub(crate) type Run = Task<'static, ProcessorStats>;

impl Shop {
    pub(crate) fn new() -> Self {
        let builder = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing").topic("invoices");
        let namespace = builder.max_delivery_count(1000).seed(1).in_process().unwrap();
        Self { network: Faulty::new(namespace.clone()), namespace }
    }

    fn client(&self) -> Client<Faulty, InProcess, Key> {
        let key = AccessKey::new("c2VjcmV0");
        Client::new(self.network.clone(), self.namespace.clone(), key)
            .retry(RetryPolicy::none())
            .body_limit(1 << 20)
    }

    pub(crate) fn processor(&self) -> Processor<Faulty, InProcess, Key> {
        let subscription = Subscription::new(InProcess::ENDPOINT, "orders", "billing").unwrap();
        Processor::new(Consumer::new(self.client(), subscription))
    }

    pub(crate) fn batcher(
        &self,
    ) -> BatcherBuilder<Faulty, InProcess, Key, NamespaceTopic<'static>, CloudEvents> {
        let topic = NamespaceTopic::new(InProcess::ENDPOINT, "invoices").unwrap();
        Batcher::builder(Publisher::new(self.client(), topic))
    }

    pub(crate) fn order(&self, ids: std::ops::Range<u32>) {
        let topic = NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap();
        let publisher = Publisher::new(self.namespace.client(), topic);
        for id in ids {
            ready(publisher.send(&event(id))).unwrap();
        }
    }

    /// How often each invoice was accepted.
    pub(crate) fn invoices(&self) -> HashMap<String, usize> {
        let accepted = self.namespace.accepted();
        let invoices = accepted.iter().filter(|accepted| accepted.name == "invoices");
        let mut counts = HashMap::new();
        for event in invoices.flat_map(|accepted| &accepted.events) {
            let event: serde_json::Value = serde_json::from_str(event.json()).unwrap();
            *counts.entry(event["id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        counts
    }

    pub(crate) fn acknowledged(&self) -> u64 {
        self.namespace.stats("orders", "billing").unwrap().acknowledged
    }

    /// The ids of the orders that were not acknowledged; they are taken out.
    pub(crate) fn left(&self) -> Vec<String> {
        // Whatever is locked or delayed is available again.
        self.namespace.advance(Duration::from_secs(7200));
        let subscription = Subscription::new(InProcess::ENDPOINT, "orders", "billing").unwrap();
        let consumer = Consumer::new(self.namespace.client(), subscription);
        let mut left = Vec::new();
        while self.namespace.stats("orders", "billing").unwrap().queued > 0 {
            let batch = ready(consumer.receive(ReceiveOptions::new().max_events(100))).unwrap();
            left.extend(batch.iter().map(|received| received.event().unwrap().id().to_string()));
            assert!(ready(consumer.acknowledge(&batch)).unwrap().is_complete());
        }
        left
    }

    /// Moves the clock in small steps, and lets the runs go on. True once they are over.
    pub(crate) fn pass(&self, run: &mut Run, time: Duration) -> bool {
        let end = self.namespace.now() + time;
        while !run.go_on() && self.namespace.now() < end {
            self.namespace.advance(Duration::from_millis(50));
        }
        run.go_on()
    }
}

pub(crate) fn event(id: impl std::fmt::Display) -> CloudEvent<'static> {
    CloudEvent::new(id.to_string(), "urn:shop", "Order.Created")
}
