//! Publishing, and counting the memory in use.

use std::alloc::System;
use std::sync::Arc;
use std::thread;

use eventgrid_hyper::eventgrid::{AccessKey, CloudEvent, Data, NamespaceTopic};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::task::LocalSet;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How many tasks or threads publish at the same time.
const AT_ONCE: usize = 8;

/// The memory in use, in bytes.
fn in_use() -> isize {
    let stats = ALLOCATOR.stats();
    isize::try_from(stats.bytes_allocated - stats.bytes_deallocated).unwrap()
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "urn:plant/boiler", "Reading").with_data(Data::text("71 degrees"))
}

fn topic(endpoint: String) -> NamespaceTopic<'static> {
    NamespaceTopic::new(endpoint, "readings").unwrap()
}

pub(crate) fn by_hyper(endpoint: String, events: [usize; 2]) -> [isize; 2] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = eventgrid_hyper::client(AccessKey::new("c2VjcmV0"));
    let publisher = Arc::new(eventgrid_hyper::Publisher::new(client, topic(endpoint)));
    events.map(|events| {
        let tasks = LocalSet::new();
        for _ in 0..AT_ONCE {
            let publisher = Arc::clone(&publisher);
            tasks.spawn_local(async move {
                for _ in 0..events / AT_ONCE {
                    publisher.send(&event()).await.unwrap();
                }
            });
        }
        runtime.block_on(tasks);
        in_use()
    })
}

pub(crate) fn by_ureq(endpoint: String, events: [usize; 2]) -> [isize; 2] {
    let client = eventgrid_ureq::client(AccessKey::new("c2VjcmV0"));
    let publisher = eventgrid_ureq::Publisher::new(client, topic(endpoint));
    events.map(|events| {
        thread::scope(|threads| {
            for _ in 0..AT_ONCE {
                threads.spawn(|| {
                    for _ in 0..events / AT_ONCE {
                        publisher.send(&event()).unwrap();
                    }
                });
            }
        });
        in_use()
    })
}
