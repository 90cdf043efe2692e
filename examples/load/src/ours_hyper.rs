//! The crate, over hyper.

use std::hint::black_box;
use std::time::Duration;

use eventgrid::{AccessKey, NamespaceTopic, ReceiveOptions, Subscription};
use eventgrid_hyper::{Consumer, Publisher};

use crate::AnyError;
use crate::options::Workload;
use crate::orders::happenings;
use crate::raw::{KEY, SUBSCRIPTION, TOPIC};
use crate::raw_hyper::{at_a_time, runtime};

pub(crate) fn run(endpoint: &str, workload: Workload, requests: usize) -> Result<(), AnyError> {
    let endpoint = endpoint.to_owned();
    runtime(workload)?.block_on(async {
        let client = eventgrid_hyper::client(AccessKey::new(KEY));
        if workload == Workload::Consume100 {
            return consume(
                &Consumer::new(client, Subscription::new(endpoint, TOPIC, SUBSCRIPTION)?),
                requests,
            )
            .await;
        }
        let publisher = Publisher::new(client, NamespaceTopic::new(endpoint, TOPIC)?);
        at_a_time(workload, requests, move |share| publish(publisher.clone(), workload, share)).await
    })
}

async fn publish(publisher: Publisher, workload: Workload, requests: usize) -> Result<(), AnyError> {
    let happenings = happenings(workload.events_per_request());
    for _ in 0..requests {
        let events: Vec<_> = happenings.iter().map(|happening| happening.event()).collect();
        publisher.send(&events).await?;
    }
    Ok(())
}

async fn consume(consumer: &Consumer, requests: usize) -> Result<(), AnyError> {
    let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
    for _ in 0..requests {
        let batch = consumer.receive(options).await?;
        for received in &batch {
            black_box((received.lock_token(), received.delivery_count()));
            let event = received.event()?;
            black_box((event.id(), event.source(), event.event_type(), event.subject(), event.time()));
            black_box(event.data());
        }
        if !consumer.acknowledge(&batch).await?.is_complete() {
            return Err("not every event was acknowledged".into());
        }
    }
    Ok(())
}
