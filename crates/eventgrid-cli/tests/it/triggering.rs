//! `egrid trigger`.

use eventgrid_emulator::{Emulator, InputSchema};
use serde_json::{Value, json};

use crate::support::Bench;

#[test]
fn a_system_event_is_published_with_what_is_overridden() {
    let bench = Bench::new();
    let arguments = [
        "trigger",
        "blobcreated",
        "--override",
        "data.contentLength=5",
        "--override",
        "data.tags.n={{n}}",
        "--override",
        "id=blob-{{n}}",
        "--subject",
        "/mine",
        "--count",
        "2",
    ];
    let ended = bench.run(&arguments).ends_with(0);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", "published 2 events\n"));
    let accepted = bench.accepted();
    assert_eq!(accepted[0].len(), 2);
    let event = &accepted[0][1];
    assert_eq!(event["type"], "Microsoft.Storage.BlobCreated");
    assert_eq!((&event["id"], &event["subject"]), (&json!("blob-2"), &json!("/mine")));
    assert_eq!((&event["data"]["contentLength"], &event["data"]["tags"]), (&json!(5), &json!({"n": 2})));
    assert!(event["data"]["url"].as_str().unwrap().starts_with("https://"), "{event}");
}

#[test]
fn a_topic_of_the_event_grid_schema_names_itself() {
    let builder = Emulator::builder()
        .basic_topic("alerts", InputSchema::EventGrid)
        .domain("shops", InputSchema::EventGrid);
    let bench = Bench::with(builder);
    let endpoint = |name: &str| format!("{}/{name}/api/events", bench.emulator.endpoint());
    let trigger = ["trigger", "DeviceCreated", "--schema", "eventgrid", "--endpoint"];
    bench.run(&[&trigger[..], &[&endpoint("alerts")]].concat()).ends_with(0);
    let domain = ["--kind", "domain", "--domain-topic", "ulm"];
    bench.run(&[&trigger[..], &[&endpoint("shops")], &domain].concat()).ends_with(0);
    let accepted = bench.accepted();
    assert_eq!(accepted[0][0]["eventType"], "Microsoft.Devices.DeviceCreated");
    assert_eq!((accepted[0][0].get("topic"), &accepted[1][0]["topic"]), (None, &json!("ulm")));
    bench.run(&["trigger", "DeviceCreated", "--schema", "custom"]).ends_with(2);
    let deleted = ["trigger", "SubscriptionDeletedEvent", "--schema", "eventgrid", "--endpoint"];
    let ended = bench.run(&[&deleted[..], &[&endpoint("alerts")]].concat()).ends_with(2);
    assert!(ended.stderr.contains("give it one by --subject"), "{ended:?}");
    bench.run(&[&deleted[..], &[&endpoint("alerts"), "--subject", "s"]].concat()).ends_with(0);
}

#[test]
fn the_types_are_listed() {
    let bench = Bench::new().without_variables();
    let all = bench.run(&["trigger", "--list"]).ends_with(0).stdout;
    assert!(all.lines().count() > 150, "{all}");
    let listed = bench.run(&["trigger", "--list", "blobc", "-o", "raw"]).ends_with(0).stdout;
    assert_eq!(listed, "Microsoft.Storage.BlobCreated\n");
    let record: Value = serde_json::from_str(all.lines().last().unwrap()).unwrap();
    assert!(record["type"].as_str().unwrap().starts_with(record["service"].as_str().unwrap()), "{record}");
}

#[test]
fn a_dry_run_shows_the_event() {
    let bench = Bench::new();
    let ended = bench.run(&["trigger", "BlobDeleted", "--override", "id=1", "--dry-run"]).ends_with(0);
    assert!(ended.stdout.contains(r#""type":"Microsoft.Storage.BlobDeleted""#), "{ended:?}");
    assert!(bench.accepted().is_empty());
}

#[test]
fn what_cannot_be_triggered_is_an_error_of_usage_before_anything_is_sent() {
    let bench = Bench::new();
    let unknown = bench.run(&["trigger", "BlobCraeted"]).ends_with(2);
    assert!(unknown.stderr.contains("nearest: Microsoft.Storage.BlobCreated"), "{unknown:?}");
    for (assignment, message) in [
        ("data.api", "has no `=`"),
        ("nothing=1", "is not a part of an event"),
        ("data.api.x=1", "cannot be set"),
        ("data.api={{x}}", "use {{n}}"),
        ("sauce=1", "source"),
    ] {
        let refused = bench.run(&["trigger", "BlobCreated", "--override", assignment]).ends_with(2);
        assert!(refused.stderr.contains(message), "{refused:?}");
    }
    let many = ["trigger", "BlobCreated", "--count", "3", "--override"];
    let duplicates = bench.run(&[&many[..], &["id=1"]].concat()).ends_with(2);
    assert!(duplicates.stderr.contains("would be duplicates"), "{duplicates:?}");
    bench.run(&["trigger", "BlobCreated", "--domain-topic", "ulm"]).ends_with(2);
    bench.run(&["trigger"]).ends_with(2);
    assert!(bench.accepted().is_empty());
}
