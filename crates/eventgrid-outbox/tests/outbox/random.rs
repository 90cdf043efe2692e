//! Random faults, ends and openings, from a seed.

use eventgrid_outbox::eventgrid::SendLimits;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::support::{End, Folder, Network, RunningClock, event, first_arrivals};

const KEYS: [&str; 3] = ["a", "b", "c"];

fn end(random: &mut StdRng) -> End {
    match random.random_range(0..8) {
        0..3 => End::Response,
        3 => End::NoConnection,
        4 => End::LostResponse,
        5 => End::RunOut,
        6 => End::Status(503),
        _ => End::Status(429),
    }
}

async fn run(seed: u64) {
    let (folder, network) = (Folder::new(&format!("random-{seed}")), Network::new());
    let _clock = RunningClock::start(&network);
    let mut random = StdRng::seed_from_u64(seed);
    let (mut put, mut next) = (Vec::new(), 0);
    for _ in 0..4 {
        let outbox = folder.open();
        let steps: Vec<_> = (0..random.random_range(0..12)).map(|_| end(&mut random)).collect();
        network.script(steps);
        let limits = SendLimits { max_bytes: 100_000, max_events: random.random_range(1..8) };
        let batcher = network.builder().limits(limits).max_in_flight(random.random_range(1..4));
        let forwarding = tokio::spawn(outbox.forward(batcher));
        for _ in 0..random.random_range(1..25) {
            let key = KEYS[random.random_range(0..KEYS.len())];
            let id = format!("{key}/{next:06}");
            next += 1;
            outbox.keyed(key).put(&event(&id)).await.unwrap();
            put.push(id);
        }
        // It ends in the middle, or cleanly.
        if random.random() {
            forwarding.abort();
        } else {
            outbox.close().await;
        }
        let _ = forwarding.await;
    }
    let outbox = folder.open();
    let forwarding = tokio::spawn(outbox.forward(network.builder()));
    outbox.until_empty().await;
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
    assert_eq!(first_arrivals(&network.accepted()), first_arrivals(&put), "seed {seed}");
}

#[tokio::test]
async fn everything_that_was_put_arrives_in_the_order_of_its_key() {
    for seed in 0..6 {
        run(seed).await;
    }
}
