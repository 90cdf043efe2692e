//! The in-process transport under the clients of the protocol crate, blocking and async.

mod asynchronous;
mod blocking;
mod content_modes;
mod dead_letters;
mod faults;
mod feeds;
mod mqtt;
mod targets;
mod task;
mod threads;

use eventgrid::{AccessKey, CloudEvent};
use eventgrid::{Batch, Client, NamespaceTopic, Subscription};
use eventgrid_emulator::{Emulator, InProcess, Limits};

type InProcessClient = Client<InProcess, InProcess, AccessKey<'static>>;

fn namespace() -> InProcess {
    Emulator::builder().seed(1).subscription("orders", "billing").in_process().unwrap()
}

/// One that also takes what CloudEvents or the service advise against.
fn relaxed_namespace() -> InProcess {
    let builder = Emulator::builder().seed(1).subscription("orders", "billing").limits(Limits::Relaxed);
    builder.in_process().unwrap()
}

fn topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap()
}

fn subscription() -> Subscription<'static> {
    Subscription::new(InProcess::ENDPOINT, "orders", "billing").unwrap()
}

fn event(id: &str) -> CloudEvent<'_> {
    CloudEvent::new(id, "/shop", "Ordered")
}

/// Ids and delivery counts.
fn seen(batch: &Batch<'_>) -> Vec<(String, u32)> {
    batch.iter().map(|event| (event.event().unwrap().id().to_string(), event.delivery_count())).collect()
}
