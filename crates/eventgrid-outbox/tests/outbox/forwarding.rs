//! Whatever fails, every event that was put is published, and then removed.

use std::time::Duration;

use eventgrid_emulator::{Fault, FaultCondition, FaultEffect};
use eventgrid_outbox::eventgrid::SendLimits;
use eventgrid_outbox::{ForwardError, OutboxOptions};

use crate::support::{End, Folder, Network, Notices, RunningClock, event, first_arrivals};

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn what_is_put_before_and_meanwhile_is_published_once_and_removed() {
    let (folder, network) = (Folder::new("published"), Network::new());
    let _clock = RunningClock::start(&network);
    let outbox = folder.open();
    outbox.put(&event("1")).await.unwrap();
    drop(outbox);

    let outbox = folder.open();
    outbox.put(&event("2")).await.unwrap();
    let forwarding = tokio::spawn(outbox.forward(network.builder()));
    outbox.until_empty().await;
    outbox.put(&event("3")).await.unwrap();
    outbox.until_empty().await;
    assert_eq!(network.accepted(), ids(&["1", "2", "3"]));
    assert_eq!(outbox.stats().published, 3);
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
    assert_eq!(folder.open().stats().queued_events, 0);
}

#[tokio::test]
async fn what_failed_is_sent_again_and_what_was_not_confirmed_comes_twice() {
    let (folder, notices, network) = (Folder::new("failed"), Notices::default(), Network::new());
    let _clock = RunningClock::start(&network);
    network.script([
        End::NoConnection,
        End::LostResponse,
        End::Status(401),
        End::Status(404),
        End::Status(503),
    ]);
    let outbox = folder.open_with(notices.options());
    outbox.put(&event("1")).await.unwrap();
    let forwarding = tokio::spawn(outbox.forward(network.builder()));
    outbox.until_empty().await;
    assert_eq!(network.accepted(), ids(&["1", "1"]));
    assert_eq!(network.requests().len(), 6);
    let told = notices.all();
    assert_eq!(told.len(), 5);
    assert!(
        told.iter().all(|notice| notice.starts_with("1 event could not be published and is ")),
        "{told:?}"
    );
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
}

#[tokio::test]
async fn events_of_a_key_keep_their_order_when_they_are_sent_again() {
    let (folder, network) = (Folder::new("order"), Network::new());
    let _clock = RunningClock::start(&network);
    let outbox = folder.open();
    let mut expected = Vec::new();
    for number in 0..20 {
        for key in ["a", "b", "c"] {
            let id = format!("{key}/{number}");
            outbox.keyed(key).put(&event(&id)).await.unwrap();
            expected.push(id);
        }
    }
    network.script([
        End::LostResponse,
        End::NoConnection,
        End::Status(500),
        End::LostResponse,
        End::Status(429),
    ]);
    // Small requests, so that several of them are under way.
    let limits = SendLimits { max_bytes: 100_000, max_events: 3 };
    let forwarding = tokio::spawn(outbox.forward(network.builder().limits(limits).max_in_flight(3)));
    outbox.until_empty().await;
    let arrivals = first_arrivals(&network.accepted());
    assert_eq!(arrivals, first_arrivals(&expected));
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
}

#[tokio::test]
async fn who_waits_for_room_gets_it_when_events_are_published() {
    let (folder, network) = (Folder::new("room"), Network::new());
    let _clock = RunningClock::start(&network);
    let capacity = SendLimits { max_bytes: 10_000, max_events: 2 };
    let outbox = folder.open_with(OutboxOptions::new().capacity(capacity));
    let putting = tokio::spawn({
        let outbox = outbox.clone();
        async move {
            for number in 0..20 {
                outbox.put(&event(&number.to_string())).await.unwrap();
            }
        }
    });
    let forwarding = tokio::spawn(outbox.forward(network.builder().max_delay(Duration::ZERO)));
    putting.await.unwrap();
    outbox.until_empty().await;
    assert_eq!(network.accepted().len(), 20);
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
}

#[tokio::test]
async fn one_future_forwards_at_a_time_and_another_after_it_was_dropped() {
    let (folder, network) = (Folder::new("twice"), Network::new());
    let outbox = folder.open();
    outbox.put(&event("1")).await.unwrap();
    let first = outbox.forward(network.builder());
    assert_eq!(outbox.forward(network.builder()).await, Err(ForwardError::AlreadyForwarding));
    drop(first);
    let _clock = RunningClock::start(&network);
    let forwarding = tokio::spawn(outbox.forward(network.builder()));
    outbox.until_empty().await;
    // Without any handle it ends by itself.
    drop(outbox);
    forwarding.await.unwrap().unwrap();
    assert_eq!(network.accepted(), ids(&["1"]));
    assert_eq!(folder.open().stats().queued_events, 0);
}

#[tokio::test]
async fn events_that_were_being_sent_when_forwarding_was_dropped_are_sent_again() {
    let (folder, network) = (Folder::new("dropped"), Network::new());
    let outbox = folder.open();
    outbox.put(&event("1")).await.unwrap();
    let forwarding = tokio::spawn(outbox.forward(network.builder().max_delay(Duration::ZERO)));
    while network.accepted().is_empty() {
        tokio::task::yield_now().await;
    }
    forwarding.abort();
    let _ = forwarding.await;
    let _clock = RunningClock::start(&network);
    let forwarding = tokio::spawn(outbox.forward(network.builder()));
    outbox.until_empty().await;
    assert!(network.accepted().iter().all(|id| id == "1"));
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
}

#[tokio::test]
async fn closing_waits_for_no_other_events_to_share_a_request() {
    let (folder, network) = (Folder::new("delay"), Network::new());
    let outbox = folder.open();
    for id in ["1", "2", "3"] {
        outbox.put(&event(id)).await.unwrap();
    }
    let limits = SendLimits { max_events: 2, max_bytes: 1 << 20 };
    let batcher = network.builder().limits(limits).max_delay(Duration::from_secs(3600));
    let forwarding = tokio::spawn(outbox.forward(batcher));
    // The batcher has the third event, too, which fills no request. The clock stands still.
    while network.accepted().len() < 2 {
        tokio::task::yield_now().await;
    }
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
    assert_eq!(network.accepted(), ids(&["1", "2", "3"]));
    assert_eq!(folder.open().stats().queued_events, 0);
}

#[tokio::test]
async fn the_service_may_ask_to_wait_for_an_hour_at_most() {
    for (asked, granted) in [("90", "90.0s"), ("999999999", "3600.0s")] {
        let (folder, notices, network) = (Folder::new("asked"), Notices::default(), Network::new());
        let busy =
            Fault::new(FaultCondition::new(), FaultEffect::new().status(503).header("retry-after", asked));
        network.emulator.with(|emulator| emulator.set_faults(vec![busy], None)).unwrap();
        let outbox = folder.open_with(notices.options());
        outbox.put(&event("1")).await.unwrap();
        let forwarding = tokio::spawn(outbox.forward(network.builder().max_delay(Duration::ZERO)));
        while notices.all().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(notices.all()[0].contains(&format!("sent again in {granted}")), "{:?}", notices.all());
        outbox.close().await;
        forwarding.await.unwrap().unwrap();
    }
}
