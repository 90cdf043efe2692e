//! The crate, over ureq.

use std::hint::black_box;
use std::time::Duration;

use eventgrid::{AccessKey, NamespaceTopic, ReceiveOptions, Subscription};
use eventgrid_ureq::{Consumer, Publisher};

use crate::AnyError;
use crate::options::Workload;
use crate::orders::happenings;
use crate::raw::{KEY, SUBSCRIPTION, TOPIC};

pub(crate) fn run(endpoint: String, workload: Workload, requests: usize) -> Result<(), AnyError> {
    let client = eventgrid_ureq::client(AccessKey::new(KEY));
    if workload == Workload::Consume100 {
        let consumer = Consumer::new(client, Subscription::new(endpoint, TOPIC, SUBSCRIPTION)?);
        let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
        for _ in 0..requests {
            let batch = consumer.receive(options)?;
            for received in &batch {
                black_box((received.lock_token(), received.delivery_count()));
                let event = received.event()?;
                black_box((event.id(), event.source(), event.event_type(), event.subject(), event.time()));
                black_box(event.data());
            }
            if !consumer.acknowledge(&batch)?.is_complete() {
                return Err("not every event was acknowledged".into());
            }
        }
        return Ok(());
    }
    if workload == Workload::Publish1x64 {
        return Err("ureq blocks: take another workload, or hyper".into());
    }
    let publisher = Publisher::new(client, NamespaceTopic::new(endpoint, TOPIC)?);
    let happenings = happenings(workload.events_per_request());
    for _ in 0..requests {
        let events: Vec<_> = happenings.iter().map(|happening| happening.event()).collect();
        publisher.send(&events)?;
    }
    Ok(())
}
