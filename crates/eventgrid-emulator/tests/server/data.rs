//! What is kept in a directory outlives the process, however it ends.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use eventgrid_emulator::broker::SubscriptionSettings;
use eventgrid_emulator::configuration::Configuration;
use eventgrid_emulator::eventgrid_filters::{Clause, Condition, Filter};
use eventgrid_emulator::{
    Emulator, EmulatorBuilder, InputSchema, RunningEmulator, SubscriptionOverview, Target,
};

use crate::http_client::{Connection, PUBLISH, RECEIVE};
use crate::program::{Program, command};

/// A directory of the test's own that is not there yet.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("data-{name}"));
    let _ = fs::remove_dir_all(&path);
    path
}

fn options(folder: &Path) -> Vec<String> {
    let options =
        ["--listen=127.0.0.1:0", "--key=c2VjcmV0", "--without-sas", "--subscription=orders/billing"];
    let mut options: Vec<_> = options.map(str::to_owned).to_vec();
    options.push(format!("--data={}", folder.display()));
    options
}

fn start(folder: &Path) -> Program {
    let options = options(folder);
    Program::start(command(&options.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// Receives up to `max_events`, and returns the response's body.
fn receive(connection: &mut Connection, max_events: usize) -> serde_json::Value {
    connection.send(&format!("{RECEIVE}&maxEvents={max_events}&maxWaitTime=10"), "application/json", "");
    let reply = connection.reply();
    assert_eq!(reply.status, 200);
    serde_json::from_str(&reply.body).unwrap()
}

fn acknowledge(connection: &mut Connection, token: &str) -> String {
    let path = "/topics/orders/eventsubscriptions/billing:acknowledge?api-version=2024-06-01";
    connection.send(path, "application/json", &format!(r#"{{"lockTokens":["{token}"]}}"#));
    connection.reply().body
}

#[test]
fn what_was_reported_survives_a_kill_and_a_lock_token_keeps_its_meaning() {
    let folder = folder("killed");
    let program = start(&folder);
    let mut connection = Connection::open(program.address);
    for id in ["1", "2", "3"] {
        connection.publish(id);
    }
    let received = receive(&mut connection, 2);
    let tokens =
        [0, 1].map(|at| received["value"][at]["brokerProperties"]["lockToken"].as_str().unwrap().to_owned());
    acknowledge(&mut connection, &tokens[0]);
    let (code, _) = program.stop("-KILL");
    assert_eq!(code, None);

    let program = start(&folder);
    let mut connection = Connection::open(program.address);
    let rest = receive(&mut connection, 100);
    let ids: Vec<_> = rest["value"].as_array().unwrap().iter().map(|it| &it["event"]["id"]).collect();
    assert_eq!(ids, ["3"]);
    let settled = acknowledge(&mut connection, &tokens[1]);
    assert!(settled.contains(&format!(r#""succeededLockTokens":["{}"]"#, tokens[1])), "{settled}");
    assert!(acknowledge(&mut connection, &tokens[0]).contains(r#""succeededLockTokens":[]"#));
    assert_eq!(program.stop("-TERM").0, Some(0));
}

#[test]
fn retained_messages_survive_a_kill_and_deleted_ones_do_not_come_back() {
    let folder = folder("retained");
    let mut options = options(&folder);
    options.push("--bearer-token=token".to_owned());
    let start = || Program::start(command(&options.iter().map(String::as_str).collect::<Vec<_>>()));
    let publish = |connection: &mut Connection, topic: &str, payload: &str| {
        connection.write(format!(
            "POST /mqtt/messages?api-version=2025-08-01-preview&topic={topic}&retain=1 HTTP/1.1\r\nhost: h\r\n\
             authorization: Bearer token\r\ncontent-length: {}\r\n\r\n{payload}",
            payload.len()
        ));
        assert_eq!(connection.line(), "HTTP/1.1 204 No Content");
        while !connection.line().is_empty() {}
    };
    let get = |connection: &mut Connection, topic: &str| {
        let path = format!("/mqtt/retainedMessages/message?api-version=2025-11-16-preview&topic={topic}");
        connection.write(format!("GET {path} HTTP/1.1\r\nhost: h\r\nauthorization: Bearer token\r\n\r\n"));
        let reply = connection.reply();
        (reply.status, reply.header("x-ms-mqtt-last-modified").map(str::to_owned), reply.body)
    };

    let program = start();
    let mut connection = Connection::open(program.address);
    for (topic, payload) in [("a", "1"), ("a", "2"), ("b", "on"), ("c", "off"), ("c", "")] {
        publish(&mut connection, topic, payload);
    }
    let before = ["a", "b", "c"].map(|topic| get(&mut connection, topic));
    assert_eq!(
        before.each_ref().map(|(status, _, body)| (*status, body.as_str())),
        [(200, "2"), (200, "on"), (404, before[2].2.as_str())]
    );
    program.stop("-KILL");

    let program = start();
    let mut connection = Connection::open(program.address);
    let after = ["a", "b", "c"].map(|topic| get(&mut connection, topic));
    assert_eq!(after[..2], before[..2]);
    assert_eq!(after[2].0, 404);
    publish(&mut connection, "b", "");
    program.stop("-KILL");

    let program = start();
    let mut connection = Connection::open(program.address);
    assert_eq!(get(&mut connection, "a"), before[0]);
    assert_eq!(get(&mut connection, "b").0, 404);
    assert_eq!(program.stop("-TERM").0, Some(0));
}

#[test]
fn a_disk_that_takes_no_more_ends_the_program_and_loses_nothing_that_it_reported() {
    let folder = folder("full");
    start(&folder).stop("-TERM");
    // Files may have 4 MiB. A write beyond that is an error, as on a full disk.
    let mut shell = Command::new("sh");
    let script = r#"trap "" XFSZ; ulimit -f 8192; exec "$0" "$@""#;
    shell.args(["-c", script, env!("CARGO_BIN_EXE_eventgrid-emulator")]).args(options(&folder));
    let program = Program::start(shell);
    let mut connection = Connection::open(program.address);
    let text = "x".repeat(200_000);
    let mut accepted = 0;
    let refused = loop {
        let event = format!(
            r#"{{"specversion":"1.0","id":"{accepted}","source":"/shop","type":"Ordered","data":"{text}"}}"#
        );
        connection.send(PUBLISH, "application/cloudevents+json", &event);
        let reply = connection.reply();
        if reply.status != 200 {
            break reply;
        }
        accepted += 1;
        assert!(accepted < 1000, "the limit is not seen");
    };
    assert_eq!(refused.status, 500);
    assert!(
        refused
            .body
            .starts_with(r#"{"error":{"code":"InternalServerError","message":"The emulator cannot keep"#)
    );
    let (code, printed) = program.ended();
    assert_eq!(code, Some(1));
    let failure = format!("the data directory {} can no longer be read or written", folder.display());
    assert!(printed.contains(&failure), "{printed}");

    let kept = running(&folder, Emulator::builder());
    assert_eq!(kept.stats("orders", "billing").unwrap().queued, accepted);
}

fn running(folder: &Path, builder: EmulatorBuilder) -> RunningEmulator {
    builder.data(folder).start("127.0.0.1:0").unwrap()
}

#[test]
fn the_configuration_adds_to_what_is_kept_and_changes_settings() {
    let folder = folder("configured");
    let first = running(
        &folder,
        Emulator::builder()
            .subscription("orders", "billing")
            .subscription("returns", "audit")
            .basic_topic("invoices", InputSchema::Custom)
            .partner_channel("contoso", "news", InputSchema::CloudEvents),
    );
    first.with(|emulator| {
        emulator.create_subscription(Target::BasicTopic("invoices"), "books", SubscriptionSettings::default())
    });
    first.shutdown();

    let patient = SubscriptionSettings { lock_duration: Duration::from_secs(300), ..Default::default() };
    let second = running(
        &folder,
        Emulator::builder()
            .subscription_with("Orders", "billing", patient)
            .topic("shipments")
            .domain("invoices", InputSchema::EventGrid)
            .partner_channel("contoso", "offers", InputSchema::CloudEvents),
    );
    let topics = second.with(|emulator| emulator.topics());
    let names: Vec<_> = topics.iter().map(|topic| format!("{:?}", topic.target())).collect();
    assert_eq!(
        names,
        [
            r#"NamespaceTopic("orders")"#,
            r#"NamespaceTopic("returns")"#,
            r#"NamespaceTopic("shipments")"#,
            r#"PartnerChannel { namespace: "contoso", channel: "news" }"#,
            r#"PartnerChannel { namespace: "contoso", channel: "offers" }"#,
            r#"Domain("invoices")"#,
        ]
    );
    assert_eq!(topics[0].subscriptions[0].settings, patient);
    assert_eq!(topics[1].subscriptions[0].name, "audit");
    assert_eq!(topics[5].subscriptions[0].name, "books");
}

#[test]
fn what_is_kept_and_not_configured_stays_when_the_configuration_changes() {
    let folder = folder("reloaded");
    running(&folder, Emulator::builder().basic_topic("invoices", InputSchema::Custom).topic("returns"))
        .shutdown();
    let configured = |text: &str| Configuration::parse(text).unwrap();
    let before = configured("[[namespace.topics]]\nname = 'orders'\n[[domains]]\nname = 'shops'");
    let after = configured("[[namespace.topics]]\nname = 'shipments'");
    let emulator = running(&folder, before.builder());
    emulator.reconfigure(&before, &after).unwrap();
    let topics = emulator.with(|emulator| emulator.topics());
    let names: Vec<_> = topics.iter().map(|topic| topic.name.clone()).collect();
    assert_eq!(names, ["returns", "shipments", "invoices"]);
}

#[test]
fn a_filter_is_kept_unless_the_configuration_says_otherwise() {
    let folder = folder("filters");
    let ordered = Filter::new().include_event_type("Ordered");
    let target = Target::NamespaceTopic("orders");
    let builder = || Emulator::builder().subscription("orders", "audit");
    let first = running(&folder, builder().subscription("orders", "billing"));
    for name in ["billing", "audit"] {
        let ordered = ordered.clone();
        assert_eq!(first.with(move |emulator| emulator.set_filter(target, name, &ordered)), Ok(true));
    }
    first.shutdown();

    let again = running(&folder, builder());
    let filters = |emulator: &RunningEmulator| {
        let topic = emulator.with(move |emulator| emulator.topic_overview(target)).unwrap();
        let named = |it: SubscriptionOverview| (it.name, it.filter);
        topic.subscriptions.into_iter().map(named).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(filters(&again)["billing"], ordered, "nothing is configured for it");
    assert_eq!(filters(&again)["audit"], Filter::new(), "it is configured without a filter");
    again.shutdown();
    let paid = Filter::new().include_event_type("Paid");
    let third = running(&folder, builder().subscription_filter("orders", "audit", paid.clone()));
    assert_eq!(filters(&third)["audit"], paid);
    assert_eq!(filters(&third)["billing"], ordered);
}

#[test]
fn a_queue_with_whole_segments_of_settled_events_is_kept() {
    let folder = folder("gaps");
    let builder = Emulator::builder().subscription("orders", "billing").key("c2VjcmV0").without_sas();
    let first = running(&folder, builder.clone());
    let mut connection = Connection::open(first.address());
    connection.publish("1");
    connection.publish("2");
    let mut snapshot = serde_json::to_value(first.snapshot()).unwrap();
    let queue = &mut snapshot["topics"][0]["eventSubscriptions"][0];
    queue["events"][1]["sequenceNumber"] = 1000.into();
    for next in [1001, 3000] {
        snapshot["topics"][0]["eventSubscriptions"][0]["nextSequenceNumber"] = next.into();
        let server = running(&self::folder("gaps-restored"), builder.clone());
        server.restore(&serde_json::from_value(snapshot.clone()).unwrap()).unwrap();
        server.shutdown();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("data-gaps-restored");
        let again = running(&folder, builder.clone());
        let received = receive(&mut Connection::open(again.address()), 10);
        let ids: Vec<_> = received["value"].as_array().unwrap().iter().map(|it| &it["event"]["id"]).collect();
        assert_eq!(ids, ["1", "2"], "{next}");
    }
}

#[test]
fn a_clock_that_was_moved_or_stopped_stays_so() {
    let folder = folder("clock");
    let builder = Emulator::builder().topic("orders");
    let first = running(&folder, builder.clone());
    first.advance_clock(Duration::from_secs(100_000));
    let ahead = first.clock();
    first.shutdown();
    let second = running(&folder, builder.clone());
    let clock = second.clock();
    assert!(clock.time.saturating_since(clock.base) >= Duration::from_secs(99_999), "{clock:?}");
    assert!(clock.time >= ahead.time);
    second.stop_clock();
    let stopped = second.clock();
    second.shutdown();
    let clock = running(&folder, builder).clock();
    assert_eq!((clock.time, clock.is_stopped), (stopped.time, true));
}

#[test]
fn a_restored_snapshot_and_a_reset_are_kept_too() {
    let folder = folder("restored");
    let source = Emulator::builder().subscription("orders", "billing").key("c2VjcmV0").without_sas();
    let source = source.start("127.0.0.1:0").unwrap();
    Connection::open(source.address()).publish("1");

    let first = running(&folder, Emulator::builder().subscription("returns", "audit"));
    first.restore(&source.snapshot()).unwrap();
    first.shutdown();
    let second = running(&folder, Emulator::builder());
    assert_eq!(second.stats("orders", "billing").unwrap().queued, 1);
    assert!(second.stats("returns", "audit").is_none());
    second.with(Emulator::reset);
    second.shutdown();
    let third = running(&folder, Emulator::builder());
    assert_eq!(third.stats("orders", "billing").unwrap().published, 0);
}

#[test]
fn a_filter_is_kept_also_when_its_queue_was_emptied() {
    let folder = folder("filtered");
    let builder = Emulator::builder().key("c2VjcmV0").without_sas();
    let orders = Target::NamespaceTopic("orders");
    let only = Filter::new().clause(Clause::new("id", Condition::StringIn(vec!["2".to_owned()])));
    let first = running(&folder, builder.clone().subscription("orders", "billing"));
    first.with(move |emulator| emulator.set_filter(orders, "billing", &only).unwrap());
    first.shutdown();
    let second = running(&folder, builder.clone());
    second.with(move |emulator| emulator.reset_subscription(orders, "billing"));
    second.shutdown();
    let third = running(&folder, builder);
    let mut connection = Connection::open(third.address());
    for id in ["1", "2", "3"] {
        connection.publish(id);
    }
    assert_eq!(third.stats("orders", "billing").unwrap().queued, 1);
}

#[test]
fn lock_tokens_do_not_come_twice_with_the_same_seed() {
    let folder = folder("seeded");
    let builder = Emulator::builder().subscription("orders", "billing").seed(7).key("c2VjcmV0").without_sas();
    let token = |emulator: &RunningEmulator| {
        emulator.with(|emulator| {
            let target = Target::NamespaceTopic("orders");
            let token = emulator.receive(target, "billing", 1).unwrap().remove(0).lock_token;
            emulator.release(target, "billing", &token, Duration::ZERO).unwrap();
            token
        })
    };
    let first = running(&folder, builder.clone());
    Connection::open(first.address()).publish("1");
    let before = token(&first);
    first.shutdown();
    assert_ne!(token(&running(&folder, builder)), before);
}

#[test]
fn only_a_server_keeps_its_events() {
    let folder = folder("in-process");
    let error = Emulator::builder().data(&folder).in_process().unwrap_err();
    assert!(error.to_string().starts_with("a data directory is given, but only a server"), "{error}");
    assert!(!folder.exists());
}

#[test]
fn the_program_says_what_is_kept_and_refuses_a_directory_in_use() {
    let folder = folder("said");
    let program = start(&folder);
    let in_use = command(&options(&folder).iter().map(String::as_str).collect::<Vec<_>>()).output().unwrap();
    assert_eq!(in_use.status.code(), Some(1));
    let printed = String::from_utf8(in_use.stderr).unwrap();
    assert!(printed.contains("is in use by another emulator: stop that one, or give another"), "{printed}");
    program.stop("-TERM");

    let mut other = command(&["--listen=127.0.0.1:0", "--topic=returns"]);
    other.env("EVENTGRID_EMULATOR_DATA", &folder);
    let (_, printed) = Program::start(other).stop("-TERM");
    assert!(printed.contains(&format!("events are kept in {}\n", folder.display())), "{printed}");
    assert!(printed.contains("kept from before: topic orders\n"), "{printed}");
    assert!(printed.contains("kept from before: event subscription billing of topic orders\n"), "{printed}");
    assert!(!printed.contains("topic returns\n  kept"), "{printed}");
}
