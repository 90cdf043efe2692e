//! Putting events: what is confirmed is stored, and what is too much is refused.

use std::time::{Duration, UNIX_EPOCH};

use eventgrid_outbox::eventgrid::calls::EncodedEvent;
use eventgrid_outbox::eventgrid::event::CustomEvent;
use eventgrid_outbox::eventgrid::target::CustomSchema;
use eventgrid_outbox::eventgrid::{CloudEvent, Data, EndpointKind, SendLimits};
use eventgrid_outbox::{Outbox, OutboxErrorKind, OutboxOptions, PutError};

use crate::support::{Folder, event};

#[test]
fn events_are_there_after_the_outbox_was_closed_and_opened() {
    let folder = Folder::new("reopened");
    let at = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let outbox = folder.open_with(OutboxOptions::new().clock(move || at));
    let json = EncodedEvent::new(&event("1"), EndpointKind::Namespace, None).unwrap();
    outbox.put_blocking(&json).unwrap();
    outbox.keyed("a").put_blocking(&event("2")).unwrap();
    outbox.try_put(&event("3")).unwrap().wait().unwrap();
    let before = outbox.stats();
    assert_eq!((before.queued_events, before.put, before.oldest), (3, 3, Some(at)));
    let bytes = json.json().as_str().len() as u64;
    assert_eq!(before.queued_bytes, 3 * bytes + 1);
    drop(outbox);

    let after = folder.open().stats();
    assert_eq!((after.queued_events, after.put, after.oldest), (3, 0, Some(at)));
    assert_eq!(after.queued_bytes, before.queued_bytes);
}

#[test]
fn many_threads_put_at_the_same_time() {
    let folder = Folder::new("threads");
    let outbox = folder.open();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let outbox = outbox.keyed(thread.to_string());
            scope.spawn(move || {
                for number in 0..20 {
                    outbox.put_blocking(&event(&format!("{thread}/{number}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(outbox.stats().queued_events, 160);
}

#[test]
fn a_full_outbox_says_so() {
    let folder = Folder::new("full");
    let capacity = SendLimits { max_bytes: 10_000, max_events: 2 };
    let outbox = folder.open_with(OutboxOptions::new().capacity(capacity));
    outbox.put_blocking(&event("1")).unwrap();
    let second = outbox.try_put(&event("2")).unwrap();
    // Room is taken before it is stored.
    let third = outbox.try_put(&event("3"));
    assert!(matches!(third, Err(PutError::Full { .. })), "{third:?}");
    second.wait().unwrap();
    let error = outbox.try_put(&event("3")).unwrap_err();
    assert!(error.to_string().starts_with("the outbox is full: wait until some of its 2 events"), "{error}");

    let large = CloudEvent::new("4", "s", "t").with_data(Data::text("x".repeat(10_000)));
    let error = outbox.put_blocking(&large).unwrap_err();
    assert!(matches!(error, PutError::TooLarge { limit: 10_000, .. }), "{error}");
}

#[test]
fn what_the_service_would_refuse_is_not_put() {
    let folder = Folder::new("invalid");
    let outbox = folder.open();
    assert!(matches!(outbox.put_blocking(&event("")), Err(PutError::Invalid(_))));
    let large = CloudEvent::new("4", "s", "t").with_data(Data::text("x".repeat(1_000_000)));
    assert!(matches!(outbox.put_blocking(&large), Err(PutError::TooLarge { limit: 999_998, .. })));
    assert_eq!(outbox.stats().queued_events, 0);
}

#[test]
fn a_file_is_of_one_schema_and_one_outbox() {
    let folder = Folder::new("one");
    let outbox = folder.open();
    let error = Outbox::<CustomSchema>::open(folder.file(), OutboxOptions::new()).unwrap_err();
    assert_eq!(error.kind(), OutboxErrorKind::InUse);
    drop(outbox);
    let error = Outbox::<CustomSchema>::open(folder.file(), OutboxOptions::new()).unwrap_err();
    assert_eq!(error.kind(), OutboxErrorKind::OtherSchema);

    std::fs::remove_file(folder.file()).unwrap();
    let options = OutboxOptions::new().endpoint_kind(EndpointKind::BasicTopic);
    let outbox = Outbox::open(folder.file(), options).unwrap();
    outbox.put_blocking(&CustomEvent::raw_json("[1, 2]").unwrap()).unwrap();
}

#[tokio::test]
async fn nothing_is_put_after_it_was_closed() {
    let folder = Folder::new("closed");
    let outbox = folder.open();
    outbox.put(&event("1")).await.unwrap();
    outbox.close().await;
    assert!(matches!(outbox.put(&event("2")).await, Err(PutError::Closed)));
    assert_eq!(outbox.refused(None, 10).await.unwrap_err().kind(), OutboxErrorKind::Closed);
    outbox.close().await;
    // The handle is still there, the file is not open any more.
    assert_eq!(folder.open().stats().queued_events, 1);
}

#[cfg(unix)]
#[test]
fn the_file_of_a_link_is_the_one_that_it_leads_to_also_if_it_is_new() {
    let (folder, disk) = (Folder::new("link"), Folder::new("link-disk"));
    let links = [folder.file().with_file_name("first"), folder.file()];
    std::os::unix::fs::symlink(disk.file(), &links[0]).unwrap();
    std::os::unix::fs::symlink("first", &links[1]).unwrap();
    for number in 1..=2 {
        let outbox = folder.open();
        outbox.put_blocking(&event("1")).unwrap();
        assert_eq!(outbox.stats().queued_events, number);
        drop(outbox);
        assert!(links.iter().all(|link| link.is_symlink()));
    }
    assert_eq!(disk.open().stats().queued_events, 2);
    let reserve = |folder: &Folder| folder.file().with_extension("outbox.reserve").exists();
    assert_eq!((reserve(&folder), reserve(&disk)), (false, true));
}
