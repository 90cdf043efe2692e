//! Dead letters in their folders and topics, on a clock that the test moves.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::event::{EventGridEvent, ExtensionView};
use eventgrid::target::BasicTopic;
use eventgrid::{ReceiveOptions, Subscription};
use eventgrid_emulator::broker::{
    DeadLetterDestination, DeadLettering, SubscriptionSettings, UnknownDeadLetter,
};
use eventgrid_emulator::{DeadLetteringError, Emulator, InProcess, InputSchema, Target};
use serde_json::{Value, json};

use crate::{event, namespace, seen, subscription, topic};

const ORDERS: Target<'static> = Target::NamespaceTopic("orders");

/// A folder of the test's own that is not there yet.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("dead-letters-{name}"));
    let _ = fs::remove_dir_all(&path);
    let _ = fs::remove_file(&path);
    path
}

fn to(emulator: &InProcess, target: Target<'_>, name: &str, destination: DeadLetterDestination) {
    let dead_lettering = Some(DeadLettering::new(destination));
    assert_eq!(emulator.with(|it| it.set_dead_lettering(target, name, dead_lettering)), Ok(true));
}

fn reject_all(emulator: &InProcess) {
    let consumer = Consumer::new(emulator.client(), subscription());
    let batch = consumer.receive(ReceiveOptions::new().max_events(10)).unwrap();
    assert!(consumer.reject(&batch).unwrap().is_complete());
}

fn listed(emulator: &InProcess) -> usize {
    emulator.with(|it| it.dead_letters(ORDERS, "billing", 0, 100)).unwrap().letters.len()
}

/// All files below a folder, in the order of the alphabet.
fn files(below: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(below) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn content(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn a_dead_letter_is_a_file_in_the_path_and_form_of_the_service_after_five_minutes() {
    let (emulator, folder) = (namespace(), folder("namespace"));
    to(&emulator, ORDERS, "billing", DeadLetterDestination::Folder(folder.clone()));
    let publisher = Publisher::new(emulator.client(), topic());
    emulator.advance(Duration::from_secs(3599));
    publisher.send(&event("1")).unwrap();
    emulator.advance(Duration::from_millis(1500));
    reject_all(&emulator);
    emulator.advance(Duration::from_millis(299_999));
    assert_eq!((files(&folder), listed(&emulator)), (vec![], 1));
    emulator.advance(Duration::from_millis(1));
    let files = files(&folder);
    assert_eq!((files.len(), listed(&emulator)), (1, 0));
    assert!(files[0].starts_with(folder.join("emulator/orders/billing/2024/6/1/1")), "{files:?}");
    let (name, extension) = (files[0].file_stem().unwrap(), files[0].extension().unwrap());
    assert_eq!((name.len(), extension.to_str()), (36, Some("json")));
    assert_eq!(
        content(&files[0]),
        json!([{
            "deadLetterProperties": {
                "deadletterreason": "Event was rejected.",
                "deliveryattempts": 1,
                "deliveryresult": "Event was rejected.",
                "publishutc": "2024-06-01T00:59:59.0000000Z",
                "deliveryattemptutc": "2024-06-01T01:00:00.5000000Z",
            },
            "event": { "specversion": "1.0", "id": "1", "source": "/shop", "type": "Ordered" },
        }])
    );
    assert_eq!(emulator.stats("orders", "billing").unwrap().dead(), 1);
}

#[test]
fn dead_letters_of_a_basic_topic_have_another_path_and_form() {
    let folder = folder("basic");
    let emulator = Emulator::builder().basic_topic("grid", InputSchema::EventGrid).in_process().unwrap();
    let grid = Target::BasicTopic("grid");
    assert!(emulator.with(|it| it.create_subscription(grid, "audit", SubscriptionSettings::default())));
    let destination = DeadLetterDestination::Folder(folder.clone());
    let at_once = DeadLettering::new(destination).with_delay(Duration::ZERO);
    emulator.with(|it| it.set_dead_lettering(grid, "audit", Some(at_once))).unwrap();
    let topic = BasicTopic::new(format!("{}/grid/api/events", InProcess::ENDPOINT)).unwrap();
    let event = EventGridEvent::new("1", "orders/17", "Ordered", "2024-06-01T12:00:00Z", "1.0");
    Publisher::new(emulator.client(), topic).send(&event).unwrap();
    emulator.with(|it| it.reject_event(grid, "audit", 0)).unwrap();
    emulator.advance(Duration::ZERO);
    let files = files(&folder);
    assert_eq!(files.len(), 1);
    assert!(files[0].starts_with(folder.join("AUDIT/2024/6/1/0")), "{files:?}");
    let letter = &content(&files[0])[0];
    assert_eq!(letter["id"], "1");
    assert_eq!(letter["deadLetterReason"], "UndeliverableDueToHttpBadRequest");
    assert_eq!(letter["publishTime"], "2024-06-01T00:00:00.0000000Z");
}

#[test]
fn a_folder_that_cannot_be_written_loses_nothing_and_is_retried() {
    let (emulator, folder) = (namespace(), folder("failing"));
    fs::write(&folder, "in the way").unwrap();
    to(&emulator, ORDERS, "billing", DeadLetterDestination::Folder(folder.clone()));
    let publisher = Publisher::new(emulator.client(), topic());
    publisher.send(&event("1")).unwrap();
    reject_all(&emulator);
    emulator.advance(Duration::from_secs(300));
    assert_eq!(listed(&emulator), 1);
    publisher.send(&event("2")).unwrap();
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 1, "nobody is held up");
    fs::remove_file(&folder).unwrap();
    emulator.advance(Duration::from_secs(9));
    assert_eq!(files(&folder).len(), 0);
    emulator.advance(Duration::from_secs(1));
    assert_eq!((files(&folder).len(), listed(&emulator)), (1, 0));
}

#[test]
fn after_two_days_of_failures_a_dead_letter_stays_in_the_list_until_the_folder_is_given_again() {
    let (emulator, folder) = (namespace(), folder("away"));
    fs::write(&folder, "in the way").unwrap();
    to(&emulator, ORDERS, "billing", DeadLetterDestination::Folder(folder.clone()));
    Publisher::new(emulator.client(), topic()).send(&event("1")).unwrap();
    reject_all(&emulator);
    let start = emulator.now();
    assert!(!emulator.advance_until(|_| false), "it ends");
    let tried = emulator.now().saturating_since(start);
    assert!(tried > Duration::from_secs(48 * 3600) && tried < Duration::from_secs(49 * 3600), "{tried:?}");
    assert_eq!(listed(&emulator), 1);
    fs::remove_file(&folder).unwrap();
    to(&emulator, ORDERS, "billing", DeadLetterDestination::List);
    to(&emulator, ORDERS, "billing", DeadLetterDestination::Folder(folder.clone()));
    emulator.advance(Duration::ZERO);
    assert_eq!((files(&folder).len(), listed(&emulator)), (1, 0));
}

#[test]
fn a_dead_letter_that_was_sent_again_is_not_written() {
    let (emulator, folder) = (namespace(), folder("resent"));
    to(&emulator, ORDERS, "billing", DeadLetterDestination::Folder(folder.clone()));
    Publisher::new(emulator.client(), topic()).send(&event("1")).unwrap();
    reject_all(&emulator);
    assert_eq!(emulator.with(|it| it.resend_dead_letter(ORDERS, "billing", 0)), Ok(()));
    assert_eq!(emulator.with(|it| it.resend_dead_letter(ORDERS, "billing", 0)), Err(UnknownDeadLetter));
    emulator.advance(Duration::from_secs(300));
    assert_eq!(files(&folder).len(), 0);
    let consumer = Consumer::new(emulator.client(), subscription());
    let batch = consumer.receive(ReceiveOptions::new()).unwrap();
    assert_eq!(seen(&batch), [("1".to_owned(), 1)]);
}

#[test]
fn a_receive_from_the_topic_of_dead_letters_waits_for_them() {
    let emulator = Emulator::builder()
        .subscription("orders", "billing")
        .subscription("dead", "audit")
        .in_process()
        .unwrap();
    to(&emulator, ORDERS, "billing", DeadLetterDestination::Topic("dead".to_owned()));
    Publisher::new(emulator.client(), topic()).send(&event("1")).unwrap();
    reject_all(&emulator);
    emulator.advance(Duration::from_secs(270));
    let before = emulator.now();
    let audit = Subscription::new(InProcess::ENDPOINT, "dead", "audit").unwrap();
    let batch = Consumer::new(emulator.client(), audit).receive(ReceiveOptions::new()).unwrap();
    assert_eq!(seen(&batch), [("1".to_owned(), 1)]);
    assert_eq!(emulator.now(), before + Duration::from_secs(30));
    let received = batch.iter().next().unwrap().event().unwrap();
    let Some(ExtensionView::String(reason)) = received.extension("deadletterreason") else { panic!("none") };
    assert_eq!(reason, *"UndeliverableDueToHttpBadRequest");
}

#[test]
fn a_destination_that_makes_no_sense_is_refused_and_nothing_is_changed() {
    let emulator = Emulator::builder()
        .subscription("orders", "billing")
        .basic_topic("grid", InputSchema::EventGrid)
        .in_process()
        .unwrap();
    let grid = Target::BasicTopic("grid");
    assert!(emulator.with(|it| it.create_subscription(grid, "audit", SubscriptionSettings::default())));
    let set = |target, name, destination| {
        emulator.with(|it| it.set_dead_lettering(target, name, Some(DeadLettering::new(destination))))
    };
    let to_topic = |name: &str| DeadLetterDestination::Topic(name.to_owned());
    let topic = |name: &str| name.to_owned();
    assert_eq!(
        set(ORDERS, "billing", to_topic("Orders")),
        Err(DeadLetteringError::OwnTopic { topic: topic("Orders") })
    );
    for unknown in ["dead", "", "/grid/api/events"] {
        let error = DeadLetteringError::UnknownTopic { topic: topic(unknown) };
        assert_eq!(set(ORDERS, "billing", to_topic(unknown)), Err(error));
    }
    assert_eq!(
        set(grid, "audit", to_topic("orders")),
        Err(DeadLetteringError::OtherSchema { topic: topic("orders") })
    );
    let nowhere = DeadLetterDestination::Folder(PathBuf::new());
    assert_eq!(set(ORDERS, "billing", nowhere), Err(DeadLetteringError::EmptyFolder));
    assert_eq!(set(ORDERS, "fake", DeadLetterDestination::List), Ok(false));
    assert!(emulator.with(|it| it.dead_lettering(ORDERS, "billing").is_none()));
}

#[test]
fn a_snapshot_has_dead_letters_and_where_they_go() {
    let (emulator, folder) = (namespace(), folder("restored"));
    to(&emulator, ORDERS, "billing", DeadLetterDestination::Folder(folder.clone()));
    Publisher::new(emulator.client(), topic()).send(&event("1")).unwrap();
    reject_all(&emulator);
    let text = serde_json::to_string(&emulator.snapshot()).unwrap();
    let other = Emulator::builder().in_process().unwrap();
    other.restore(&serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(serde_json::to_string(&other.snapshot()).unwrap(), text);
    let letter = other.with(|it| it.dead_letter(ORDERS, "billing", 0)).unwrap();
    assert_eq!((letter.delivery_count, letter.leaves), (1, Some(other.now() + Duration::from_secs(300))));
    other.advance(Duration::from_secs(300));
    assert_eq!(files(&folder).len(), 1);
    emulator.advance(Duration::from_secs(300));
    assert_eq!(files(&folder).len(), 1, "the same file, since it is the same dead letter");
    for (from, to) in [
        (r#""sequenceNumber":0,"reason""#, r#""sequenceNumber":1,"reason""#),
        (r#""leaves":"2024"#, r#""leaves":"x"#),
        (r#""delay":{"seconds":300,"nanoseconds":0}"#, r#""delay":{"seconds":0,"nanoseconds":1000000000}"#),
    ] {
        assert!(text.contains(from), "{text}");
        let broken = serde_json::from_str(&text.replace(from, to)).unwrap();
        assert!(other.restore(&broken).is_err(), "{to}");
    }
}
