//! Publishing and consuming by ureq.

use std::thread;

use eventgrid_ureq::{Consumer, Publisher, client};

use crate::{AT_ONCE, BATCH, a_batch, event, key, memory, subscription, topic};

pub(crate) fn publish(endpoint: String, events: [usize; 2]) -> [usize; 2] {
    let publisher = Publisher::new(client(key()), topic(endpoint));
    in_threads(events, || {
        publisher.send(&event()).unwrap();
        1
    })
}

pub(crate) fn consume(endpoint: String, events: [usize; 2]) -> [usize; 2] {
    let consumer = Consumer::new(client(key()), subscription(endpoint));
    in_threads(events, || {
        let batch = consumer.receive(a_batch()).unwrap();
        assert!(batch.iter().all(|received| received.event().is_ok()));
        assert!(consumer.acknowledge(&batch).unwrap().is_complete());
        assert_eq!(batch.len(), BATCH);
        BATCH
    })
}

/// Takes steps, each of which says how many events it was, in some threads at a time.
fn in_threads(events: [usize; 2], step: impl Fn() -> usize + Sync) -> [usize; 2] {
    events.map(|events| {
        thread::scope(|threads| {
            for _ in 0..AT_ONCE {
                threads.spawn(|| {
                    let mut done = 0;
                    while done < events / AT_ONCE {
                        done += step();
                    }
                });
            }
        });
        memory::in_use()
    })
}
