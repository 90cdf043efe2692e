//! Publishing and consuming by hyper.

use std::sync::Arc;

use eventgrid_hyper::{Consumer, Publisher, client};
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use crate::{AT_ONCE, BATCH, a_batch, event, key, memory, subscription, topic};

pub(crate) fn publish(endpoint: String, events: [usize; 2]) -> [usize; 2] {
    let publisher = Arc::new(Publisher::new(client(key()), topic(endpoint)));
    in_tasks(events, move || {
        let publisher = Arc::clone(&publisher);
        async move {
            publisher.send(&event()).await.unwrap();
            1
        }
    })
}

pub(crate) fn consume(endpoint: String, events: [usize; 2]) -> [usize; 2] {
    let consumer = Arc::new(Consumer::new(client(key()), subscription(endpoint)));
    in_tasks(events, move || {
        let consumer = Arc::clone(&consumer);
        async move {
            let batch = consumer.receive(a_batch()).await.unwrap();
            assert!(batch.iter().all(|received| received.event().is_ok()));
            assert!(consumer.acknowledge(&batch).await.unwrap().is_complete());
            assert_eq!(batch.len(), BATCH);
            BATCH
        }
    })
}

/// Takes steps, each of which says how many events it was, in some tasks at a time.
fn in_tasks<F: Future<Output = usize> + 'static>(
    events: [usize; 2],
    step: impl Fn() -> F + Clone + 'static,
) -> [usize; 2] {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    events.map(|events| {
        let tasks = LocalSet::new();
        for _ in 0..AT_ONCE {
            let step = step.clone();
            tasks.spawn_local(async move {
                let mut done = 0;
                while done < events / AT_ONCE {
                    done += step().await;
                }
            });
        }
        runtime.block_on(tasks);
        memory::in_use()
    })
}
