//! A namespace with two topics, workers for both, and what must always hold.

use std::cell::RefCell;
use std::time::Duration;

use eventgrid::{AccessKey, Client, Consumer, RetryPolicy, Subscription};
use eventgrid_emulator::{Emulator, InProcess};
use eventgrid_worker::{OnRefusal, Processor, ProcessorEvent, ProcessorHandle, ProcessorStats};

use super::handler::Handlers;
use super::network::Network;
use crate::support::{Outcome, Task, publish};

const TOPICS: [&str; 2] = ["orders", "returns"];
/// What one event of this test has, with its lock token.
const EVENT_BYTES: u64 = 300;
const STEP: Duration = Duration::from_millis(250);

#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) concurrency: usize,
    pub(super) locks: usize,
    pub(super) together: usize,
    pub(super) delay: Duration,
    pub(super) bytes: usize,
}

pub(super) struct World {
    namespace: InProcess,
    network: Network,
    handlers: Handlers,
    limits: Limits,
    /// How many events were published to each topic.
    published: RefCell<[u32; 2]>,
    /// What workers have done that are gone.
    past: RefCell<Vec<ProcessorStats>>,
}

pub(super) struct Worker<'w> {
    pub(super) handle: ProcessorHandle,
    run: Task<'w, Outcome>,
}

impl World {
    pub(super) fn new(limits: Limits, seed: u64, fault_percent: u64) -> Self {
        let builder = Emulator::builder().seed(seed).key("c2VjcmV0").max_delivery_count(10_000);
        let builder = TOPICS.iter().fold(builder, |builder, topic| builder.subscription(*topic, "worker"));
        let namespace = builder.in_process().unwrap();
        let max_events = limits.concurrency.min(limits.locks);
        let network = Network::new(namespace.clone(), seed, fault_percent, max_events);
        let handlers = Handlers::new(namespace.clone(), network.clone(), seed);
        Self { namespace, network, handlers, limits, published: RefCell::default(), past: RefCell::default() }
    }

    /// A worker of both topics.
    pub(super) fn start(&self) -> Worker<'_> {
        let [orders, returns] = TOPICS.map(|topic| {
            let key = AccessKey::new("c2VjcmV0");
            let client =
                Client::new(self.network.clone(), self.namespace.clone(), key).retry(RetryPolicy::none());
            Consumer::new(client, Subscription::new(InProcess::ENDPOINT, topic, "worker").unwrap())
        });
        let limits = self.limits;
        let processor = Processor::new(orders)
            .and(returns)
            .concurrency(limits.concurrency)
            .max_locks(limits.locks)
            .max_bytes(limits.bytes)
            .settle_together(limits.together, limits.delay)
            .max_lock_renewal(Duration::from_secs(150))
            .event_timeout(Duration::from_secs(700))
            .on_refusal(OnRefusal::Wait);
        let handle = processor.handle();
        Worker { handle, run: Task::new(processor.run(|event: ProcessorEvent| self.handlers.handle(event))) }
    }

    pub(super) fn publish(&self, count: u32, first: bool) {
        let topic = usize::from(!first);
        let mut published = self.published.borrow_mut();
        publish(&self.namespace, TOPICS[topic], published[topic]..published[topic] + count);
        published[topic] += count;
    }

    pub(super) fn pass(&self, workers: &mut [Option<Worker<'_>>; 2], time: Duration) {
        let end = self.namespace.now() + time;
        while self.namespace.now() < end {
            self.namespace.advance(STEP);
            self.go_on(workers);
        }
    }

    /// Drops the future of a worker.
    pub(super) fn abandon(&self, worker: Option<Worker<'_>>) {
        self.past.borrow_mut().extend(worker.map(|worker| worker.handle.stats()));
    }

    /// Lets the workers go on, and checks what must hold.
    pub(super) fn go_on(&self, workers: &mut [Option<Worker<'_>>; 2]) {
        for slot in workers.iter_mut() {
            if let Some(worker) = slot {
                if worker.run.go_on() {
                    let stats = worker.run.take().unwrap().expect("no refusal ends it");
                    self.past.borrow_mut().push(stats);
                    *slot = None;
                }
            }
        }
        for worker in workers.iter().flatten() {
            self.check(worker.handle.stats());
        }
        self.handlers.check();
    }

    fn check(&self, stats: ProcessorStats) {
        let limits = self.limits;
        assert!(stats.running <= limits.concurrency as u64, "{stats:?}");
        assert!(stats.locks <= limits.locks as u64, "{stats:?}");
        let overshoot = limits.concurrency.min(limits.locks) as u64 * EVENT_BYTES;
        assert!(stats.bytes < limits.bytes as u64 + overshoot, "{stats:?}");
        let ends = stats.acknowledged + stats.released + stats.rejected + stats.settled_or_lost + stats.lost;
        assert_eq!(stats.received, stats.locks + ends, "{stats:?}");
    }

    /// With a good network and easy handlers, everything comes to its end; then nothing is lost.
    pub(super) fn drain<'w>(&'w self, workers: &mut [Option<Worker<'w>>; 2]) {
        self.network.recover();
        self.handlers.become_easy();
        workers[0].get_or_insert_with(|| self.start());
        // What a handler still waits for, what is delayed and what is locked for nobody: all of it
        // ends within the hour.
        for _ in 0..60 {
            self.pass(workers, Duration::from_secs(60));
            workers[0].get_or_insert_with(|| self.start());
            if TOPICS.iter().all(|topic| self.is_settled(topic)) {
                break;
            }
        }
        for (topic, published) in TOPICS.into_iter().zip(*self.published.borrow()) {
            let stats = self.namespace.stats(topic, "worker").unwrap();
            assert!(self.is_settled(topic), "{stats:?}");
            assert_eq!((stats.exhausted, stats.expired), (0, 0), "{stats:?}");
            assert_eq!(stats.acknowledged + stats.rejected, u64::from(published), "{stats:?}");
            for id in 0..published {
                assert!(self.handlers.was_handled(topic, id), "{topic} {id}");
            }
        }
        self.check_settled_once(workers);
    }

    fn is_settled(&self, topic: &str) -> bool {
        let stats = self.namespace.stats(topic, "worker").unwrap();
        (stats.queued, stats.locked, stats.delayed) == (0, 0, 0)
    }

    /// What the workers know to be settled, the service has settled: each event once.
    fn check_settled_once(&self, workers: &[Option<Worker<'_>>; 2]) {
        let now = workers.iter().flatten().map(|worker| worker.handle.stats());
        let all: Vec<_> = self.past.borrow().iter().copied().chain(now).collect();
        let known: u64 = all.iter().map(|stats| stats.acknowledged + stats.rejected).sum();
        let published: u32 = self.published.borrow().iter().sum();
        assert!(known <= u64::from(published), "{known} of {published} settled: {all:?}");
    }
}
