//! Events that the service will never accept are set aside, and do not delay the others.

use eventgrid_outbox::eventgrid::SendLimits;
use eventgrid_outbox::{OutboxOptions, PutError, RefusalReason};

use crate::support::{End, Folder, Network, Notices, RunningClock, event};

#[tokio::test]
async fn a_refused_event_is_listed_and_put_again_or_removed() {
    let (folder, notices, network) = (Folder::new("refused"), Notices::default(), Network::new());
    let _clock = RunningClock::start(&network);
    let outbox = folder.open_with(notices.options());
    network.script([End::Status(400), End::Status(413)]);
    let forwarding = tokio::spawn(outbox.forward(network.builder()));
    for id in ["1", "2", "3"] {
        outbox.keyed("a").put(&event(id)).await.unwrap();
        outbox.until_empty().await;
    }
    assert_eq!(network.accepted(), ["3"]);
    assert_eq!(notices.all().len(), 2);

    let refused = outbox.refused(None, 10).await.unwrap();
    let reasons: Vec<_> = refused.iter().map(|event| event.reason).collect();
    assert_eq!(reasons, [RefusalReason::Status(400), RefusalReason::Status(413)]);
    assert_eq!(refused[0].key.as_deref(), Some("a"));
    assert!(refused[0].json().unwrap().contains(r#""id":"1""#));
    assert_eq!(outbox.refused(Some(refused[0].id), 10).await.unwrap(), &refused[1..]);
    assert_eq!(outbox.stats().refused_events, 2);

    assert_eq!(outbox.requeue_refused(&[refused[0].id]).await.unwrap(), 1);
    outbox.until_empty().await;
    assert_eq!(outbox.remove_refused(&[refused[0].id, refused[1].id]).await.unwrap(), 1);
    assert_eq!(network.accepted(), ["3", "1"]);
    assert_eq!((outbox.stats().refused_events, outbox.stats().refused_bytes), (0, 0));
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_refused_event_of_a_key_does_not_keep_those_after_it_nor_change_their_order() {
    let (folder, network) = (Folder::new("refused-key"), Network::new());
    let _clock = RunningClock::start(&network);
    let outbox = folder.open();
    for id in ["1", "2", "3", "4", "5"] {
        outbox.keyed("a").put(&event(id)).await.unwrap();
    }
    // All five, the first two, the first.
    network.script([End::Status(400), End::Status(400), End::Status(400)]);
    let forwarding = tokio::spawn(outbox.forward(network.builder()));
    outbox.until_empty().await;
    assert_eq!(network.accepted(), ["2", "3", "4", "5"]);
    assert_eq!(outbox.stats().refused_events, 1);
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_event_that_is_too_large_for_the_publisher_is_set_aside() {
    let (folder, network) = (Folder::new("too-large"), Network::new());
    let _clock = RunningClock::start(&network);
    let outbox = folder.open();
    outbox.put(&event(&"x".repeat(200))).await.unwrap();
    outbox.put(&event("1")).await.unwrap();
    let limits = SendLimits { max_bytes: 200, max_events: 10 };
    let forwarding = tokio::spawn(outbox.forward(network.builder().limits(limits)));
    outbox.until_empty().await;
    let refused = outbox.refused(None, 10).await.unwrap();
    assert_eq!((refused.len(), refused[0].reason), (1, RefusalReason::TooLarge));
    assert_eq!(network.accepted(), ["1"]);
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
}

#[tokio::test]
async fn refused_events_count_towards_the_capacity() {
    let (folder, network) = (Folder::new("refused-room"), Network::new());
    let _clock = RunningClock::start(&network);
    let capacity = SendLimits { max_bytes: 10_000, max_events: 1 };
    let outbox = folder.open_with(OutboxOptions::new().capacity(capacity));
    network.script([End::Status(400)]);
    let forwarding = tokio::spawn(outbox.forward(network.builder()));
    outbox.put(&event("1")).await.unwrap();
    outbox.until_empty().await;
    assert!(matches!(outbox.try_put(&event("2")), Err(PutError::Full { queued: 0, refused: 1 })));
    let refused = outbox.refused(None, 10).await.unwrap();
    outbox.remove_refused(&[refused[0].id]).await.unwrap();
    outbox.put(&event("2")).await.unwrap();
    outbox.until_empty().await;
    outbox.close().await;
    forwarding.await.unwrap().unwrap();
}
