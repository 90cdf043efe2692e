//! A slow, lossy link between the outbox and a server.

use std::time::Duration;

use eventgrid_emulator::Emulator;
use eventgrid_hyper::Publisher;
use eventgrid_outbox::OutboxOptions;
use eventgrid_outbox::eventgrid::{AccessKey, NamespaceTopic, RetryPolicy, SendLimits};
use eventgrid_outbox::eventgrid_worker::Batcher;
use link::relay::Relay;
use link::{LinkOptions, PipeOptions};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::support::{Folder, event, first_arrivals};

/// A link that delays, loses and resets.
fn lossy(seed: u64) -> LinkOptions {
    let pipe = PipeOptions::new()
        .rate(400_000)
        .latency(Duration::from_millis(2))
        .jitter(Duration::from_millis(4))
        .loss(0.02)
        .reset_probability(0.01);
    LinkOptions::new().seed(seed).both(pipe)
}

#[tokio::test]
async fn everything_arrives_in_order_over_a_lossy_link_though_the_outbox_is_opened_again() {
    let folder = Folder::new("link");
    let server = Emulator::builder().key("c2VjcmV0").topic("orders").start("127.0.0.1:0").unwrap();
    let relay = Relay::start(server.address(), &lossy(7)).unwrap();
    let topic = NamespaceTopic::new(format!("http://{}", relay.address()), "orders").unwrap();
    let client = eventgrid_hyper::client(AccessKey::new("c2VjcmV0")).retry(RetryPolicy::none());
    let backoff = RetryPolicy::new()
        .with_base_delay(Duration::from_millis(5))
        .with_max_delay(Duration::from_millis(50));
    let limits = SendLimits { max_bytes: 20_000, max_events: 20 };

    let mut random = StdRng::seed_from_u64(7);
    let mut put = Vec::new();
    for opening in 0..5 {
        let outbox = folder.open_with(OutboxOptions::new().backoff(backoff));
        let publisher = Publisher::new(client.clone(), topic.clone());
        let batcher = Batcher::builder(publisher).limits(limits).max_delay(Duration::from_millis(1));
        let forwarding = tokio::spawn(outbox.forward(batcher));
        for number in 0..60 {
            let key = ["a", "b", "c", "d"][random.random_range(0..4)];
            let id = format!("{key}/{opening}-{number:03}");
            outbox.keyed(key).put(&event(&id)).await.unwrap();
            put.push(id);
        }
        relay.cut();
        if opening < 4 {
            // What is under way is cut off.
            forwarding.abort();
            let _ = forwarding.await;
        } else {
            outbox.until_empty().await;
            outbox.close().await;
            forwarding.await.unwrap().unwrap();
        }
    }
    let accepted = server.accepted();
    let of_event = |json: &str| {
        let event: serde_json::Value = serde_json::from_str(json).unwrap();
        event["id"].as_str().unwrap().to_owned()
    };
    let arrived: Vec<_> =
        accepted.iter().flat_map(|accepted| &accepted.events).map(|event| of_event(event.json())).collect();
    assert_eq!(first_arrivals(&arrived), first_arrivals(&put));
}
