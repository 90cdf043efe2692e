//! The program and its configuration file: what takes precedence, what is checked, what changes
//! while it runs.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use eventgrid_emulator::broker::{PushEndpoint, SubscriptionSettings};
use eventgrid_emulator::configuration::Configuration;
use eventgrid_emulator::eventgrid_filters::{Clause, Condition, Filter};
use eventgrid_emulator::{AttributeOrder, Limits, Secret, Target};

use crate::http_client::{Connection, PUBLISH, RECEIVE};
use crate::program::{Program, command};

/// A file of the test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

/// Exit code, stdout and stderr.
fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

const FILE: &str = r#"
listen = "127.0.0.1:6501"
seed = 5
namespace.keys = ["ZnJvbSB0aGUgZmlsZSE="]

[[namespace.topics]]
name = "returns"
eventSubscriptions = [{ name = "audit", maxDeliveryCount = 3 }]
"#;

#[test]
fn options_win_over_the_environment_and_both_over_the_file() {
    let path = file("precedence.toml", FILE);
    let config = ["config", "--config", path.to_str().unwrap()];
    let shown = |more: &[&str], listen: Option<&str>| {
        let mut command = command(&[&config[..], more].concat());
        command.envs(listen.map(|listen| ("EVENTGRID_EMULATOR_LISTEN", listen)));
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let listen = |port: u16| format!("listen = \"127.0.0.1:{port}\"\n");
    assert!(shown(&[], None).starts_with(&listen(6501)));
    assert!(shown(&[], Some("6502")).starts_with(&listen(6502)));
    assert!(shown(&["--listen", "6503"], Some("6502")).starts_with(&listen(6503)));

    let shown = shown(&["--topic", "orders", "--max-delivery-count", "5", "--key", "b3B0aW9uIQ=="], None);
    for part in [
        "seed = 5",
        "# keys: 1, not shown",
        "name = \"returns\"",
        "name = \"orders\"",
        "maxDeliveryCount = 5",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("b3B0aW9uIQ==") && !shown.contains("ZnJvbSB0aGUgZmlsZSE="), "{shown}");
}

#[test]
fn the_environment_alone_is_enough() {
    let mut with_environment = command(&[]);
    with_environment
        .env("EVENTGRID_EMULATOR_LISTEN", "127.0.0.1:0")
        .env("EVENTGRID_EMULATOR_KEY", "Zmlyc3Q=\n")
        .env("EVENTGRID_EMULATOR_SUBSCRIPTION", "orders/billing, orders/shipping");
    assert!(Program::start(with_environment).is_key("Zmlyc3Q="));
}

#[test]
fn every_address_is_listened_on_and_named() {
    let with_environment = |more: &[&str], listen: &str| {
        let mut command = command(more);
        command.env("EVENTGRID_EMULATOR_LISTEN", listen);
        Program::start(command)
    };
    let two = ["--listen", "127.0.0.1:0", "--listen", "localhost:0"];
    for (more, listen, expected) in
        [(&[][..], "127.0.0.1:0,127.0.0.1:0", 2), (&two, "1", 2), (&two[..2], "1,2", 1)]
    {
        let mut program = with_environment(more, listen);
        let addresses = program.addresses(expected);
        for address in &addresses {
            let mut connection = Connection::open(*address);
            connection.write("GET /emulator/accepted HTTP/1.1\r\nhost: emulator\r\n\r\n");
            assert_eq!(connection.reply().status, 401, "{address}");
        }
        let printed = program.printed_until("limits: ");
        assert_eq!(printed.matches("endpoint: http://").count(), expected, "{printed}");
    }
}

#[test]
fn what_is_in_the_environment_is_no_argument_of_another_command() {
    let path = file("environment.toml", "");
    let mut check = command(&["check", path.to_str().unwrap()]);
    let output = check.env("EVENTGRID_EMULATOR_LISTEN", "0.0.0.0:6500").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn a_certificate_that_is_an_option_wins_over_the_environment() {
    let certificate = ["config", "--tls-cert", "a.pem", "--tls-key", "b.pem"];
    let development = ["config", "--tls-dev", "folder"];
    let shown = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = command(arguments);
        for (name, value) in environment {
            command.env(format!("EVENTGRID_EMULATOR_TLS_{name}"), value);
        }
        let output = command.output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let in_environment = [("DEV", "other"), ("NAME", "emulator")];
    let with_certificate = shown(&certificate, &in_environment);
    assert!(with_certificate.contains("certificate = \"a.pem\""), "{with_certificate}");
    assert!(!with_certificate.contains("developmentFolder"), "{with_certificate}");
    let with_folder = shown(&development, &[("CERT", "c.pem"), ("KEY", "d.pem"), ("NAME", "emulator")]);
    assert!(with_folder.contains("developmentFolder = \"folder\"\nnames = [\"emulator\"]"), "{with_folder}");
    assert!(!with_folder.contains("c.pem"), "{with_folder}");
    let both = shown(&["config"], &[("CERT", "c.pem"), ("KEY", "d.pem"), ("DEV", "other")]);
    assert!(both.contains("--tls-cert cannot be used with --tls-dev"), "{both}");
}

#[test]
fn a_file_is_checked_without_being_served() {
    let (code, stdout, stderr) = run(&["check", file("valid.toml", FILE).to_str().unwrap()]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(
        stdout.contains("event subscription returns/audit: locked for 1 min, delivered at most 3 times"),
        "{stdout}"
    );
    assert!(!stdout.contains("ZnJvbSB0aGUgZmlsZSE="), "{stdout}");

    let (code, stdout, _) = run(&["check", file("empty.toml", "").to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("orders/billing") && stdout.contains("the well-known"), "{stdout}");

    let doubtful = r#"
[[namespace.topics]]
name = "orders"
[[namespace.topics.eventSubscriptions]]
name = "billing"
[namespace.topics.eventSubscriptions.filtersConfiguration]
filters = [{ operatorType = "StringIn", key = "eventtype", values = ["Ordered"] }]
"#;
    let (code, stdout, _) = run(&["check", file("doubtful.toml", doubtful).to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(
        stdout.contains("warning: event subscription orders/billing: the key of clause 1 is"),
        "{stdout}"
    );

    let unreachable = r#"
listen = 6500
push.allowedHosts = ["allowed.example"]
[[basicTopics]]
name = "grid"
eventSubscriptions = [
    { name = "own", destination = { endpointUrl = "http://localhost:6500/" } },
    { name = "far", destination = { endpointUrl = "http://192.0.2.1/?code=hidden" } },
    { name = "unknown", destination = { endpointUrl = "http://other.example/" } },
    { name = "allowed", destination = { endpointUrl = "http://allowed.example/" } },
    { name = "here", destination = { endpointUrl = "http://localhost:8080/" } },
]
"#;
    let (code, stdout, _) = run(&["check", file("unreachable.toml", unreachable).to_str().unwrap()]);
    assert_eq!((code, stdout.matches("warning: ").count()), (Some(0), 3), "{stdout}");
    for warning in [
        "own: events are not pushed to 127.0.0.1:6500, which the emulator itself listens on",
        "far: events are not pushed to 192.0.2.1, which is 192.0.2.1 and not this machine: allow the host",
        "unknown: events are not pushed to other.example unless it is this machine",
    ] {
        let warning = format!("warning: event subscription basicTopic:grid/{warning}");
        assert!(stdout.contains(&warning), "{warning}: {stdout}");
    }

    let path = file("invalid.toml", "seeds = 1\nlisten = true\n");
    let path = path.to_str().unwrap();
    for arguments in [&["check", path][..], &["--config", path], &["config", "--config", path]] {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!((code, stdout.as_str()), (Some(2), ""));
        assert!(
            stderr.contains(&format!("{path}:1:1: seeds: unknown field; the fields here are ")),
            "{stderr}"
        );
        assert!(
            stderr.contains(&format!("{path}:2:10: listen: expected a string, found a boolean")),
            "{stderr}"
        );
    }
}

#[test]
fn a_file_of_another_emulator_becomes_one_of_this() {
    let other = r#"{ "topics": [{ "name": "orders", "port": 1, "key": "c2VjcmV0", "subscribers": [{ "name": "hook" }] }] }"#;
    let (code, toml, notes) = run(&["import", "pm7y", file("pm7y.json", other).to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(notes.contains("not carried over: topics[0] orders: http subscriber hook"), "{notes}");
    assert!(toml.contains("c2VjcmV0") && !notes.contains("c2VjcmV0"));
    let (code, stdout, _) = run(&["check", file("imported.toml", &toml).to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("basic topic orders at http://127.0.0.1:6500/orders/api/events"), "{stdout}");

    let (code, stdout, stderr) = run(&["import", "workleap", file("none.json", "{\n[").to_str().unwrap()]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("none.json:2:1: this is not JSON"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_hang_up_signal_applies_the_changed_file_and_keeps_the_events() {
    let text = |count: u32, more: &str| {
        format!(
            "sas = false\nnamespace.keys = ['c2VjcmV0']\nnamespace.maxDeliveryCount = {count}\n\
             [[namespace.topics]]\nname = 'orders'\neventSubscriptions = [{{ name = 'billing' }}{more}]\n"
        )
    };
    let path = file("reload.toml", &text(10, ""));
    let mut program =
        Program::start(command(&["--config", path.to_str().unwrap(), "--listen", "127.0.0.1:0"]));
    let mut connection = Connection::open(program.address);
    connection.publish("1");

    fs::write(&path, text(10, ", { name = 'shipping' }")).unwrap();
    program.signal("-HUP");
    let printed = program.printed_until("+ event subscription orders/shipping");
    assert!(printed.contains("reload.toml again"), "{printed}");
    connection.publish("2");
    let shipping = RECEIVE.replace("billing", "shipping");
    connection.send(&shipping, "application/json", "");
    assert_eq!(connection.reply().events(), 1);

    // What needs a restart is said for as long as it does.
    for _ in 0..2 {
        fs::write(&path, format!("seed = 7\n{}", text(10, ", { name = 'shipping' }"))).unwrap();
        program.signal("-HUP");
        program.printed_until("! seed needs a restart");
    }
    fs::write(&path, text(10, "")).unwrap();
    program.signal("-HUP");
    let printed = program.printed_until("- event subscription orders/shipping");
    assert!(!printed.contains("needs a restart"), "{printed}");
    fs::write(&path, text(10, ", { name = 'shipping' }")).unwrap();
    program.signal("-HUP");
    let printed = program.printed_until("+ event subscription orders/shipping");
    assert!(!printed.contains("needs a restart"), "{printed}");

    fs::write(&path, "listen = true").unwrap();
    program.signal("-HUP");
    let printed = program.printed_until("nothing was changed");
    assert!(printed.contains("reload.toml:1:10: listen: expected a string, found a boolean"), "{printed}");

    fs::write(&path, text(1, ", { name = 'shipping' }").replace("'c2VjcmV0'", "'c2VjcmV0', 'another'"))
        .unwrap();
    program.signal("-HUP");
    let printed = program.printed_until("~ credentials");
    assert!(printed.contains("~ event subscription orders/billing"), "{printed}");
    assert!(program.is_key("another"));
    // What was published before is there, and the connection, too.
    connection.send(&format!("{RECEIVE}&maxEvents=2"), "application/json", "");
    assert_eq!(connection.reply().events(), 2);
}

/// A configuration with the key `c2VjcmV0`.
fn configuration(topics: &str) -> Configuration {
    let text = format!("sas = false\nnamespace.keys = ['c2VjcmV0']\nnamespace.topics = [{topics}]\n");
    Configuration::parse(&text).unwrap()
}

const BILLING: &str = "{ name = 'orders', eventSubscriptions = [{ name = 'billing' }] }";

#[test]
fn a_subscription_that_is_removed_refuses_who_waits_and_keeps_no_events() {
    let [before, after] = [BILLING, "{ name = 'orders' }"].map(configuration);
    let emulator = before.builder().start("127.0.0.1:0").unwrap();
    let mut waiting = Connection::open(emulator.address());
    waiting.send(RECEIVE, "application/json", "");
    while emulator.waiting() == 0 {
        std::thread::yield_now();
    }
    let difference = emulator.reconfigure(&before, &after).unwrap();
    assert_eq!(difference.to_string(), "- event subscription orders/billing");
    assert_eq!(waiting.reply().status, 404);
    waiting.send(RECEIVE, "application/json", "");
    assert_eq!(waiting.reply().status, 404);

    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    emulator.reconfigure(&after, &before).unwrap();
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 0);
    connection.publish("2");
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 1);

    let without_topic = configuration("{ name = 'returns' }");
    emulator.reconfigure(&before, &without_topic).unwrap();
    waiting.send(RECEIVE, "application/json", "");
    assert_eq!(waiting.reply().status, 404);
    assert!(emulator.stats("orders", "billing").is_none());
}

#[test]
fn settings_that_change_are_those_of_the_next_delivery() {
    let before = configuration(BILLING);
    let after = configuration(&BILLING.replace("'billing'", "'billing', maxDeliveryCount = 1"));
    let emulator = before.builder().start("127.0.0.1:0").unwrap();
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    let difference = emulator.reconfigure(&before, &after).unwrap();
    assert_eq!(difference.changed_subscriptions, [("orders".to_owned(), "billing".to_owned())]);
    connection.send(RECEIVE, "application/json", "");
    let received = connection.reply().body;
    let token = received.split("\"lockToken\":\"").nth(1).unwrap().split('"').next().unwrap();
    let release = RECEIVE.replace(":receive", ":release");
    connection.send(&release, "application/json", &format!("{{\"lockTokens\":[\"{token}\"]}}"));
    assert_eq!(connection.reply().status, 200);
    assert_eq!(emulator.stats("orders", "billing").unwrap().exhausted, 1);
}

#[cfg(unix)]
#[test]
fn without_authentication_every_request_is_taken() {
    let of_file = file("open.toml", "authentication = false\nnamespace.topics = [{ name = 'orders' }]");
    let of_file = ["--config", of_file.to_str().unwrap()];
    for more in [&["--no-authentication"][..], &of_file] {
        let program = Program::start(command(&[&["--listen", "127.0.0.1:0"], more].concat()));
        assert!(program.is_key("wrong"));
        let mut connection = Connection::open(program.address);
        for credential in ["", "Authorization: x\r\n"] {
            connection.write(format!(
                "POST {PUBLISH} HTTP/1.1\r\nHost: emulator\r\nContent-Type: application/cloudevents-batch+json\r\n\
                 {credential}Content-Length: 2\r\n\r\n[]"
            ));
            assert_eq!(connection.reply().status, 200);
        }
        let (_, printed) = program.stop("-TERM");
        assert!(printed.contains("no authentication: every request is accepted"), "{printed}");
    }
}

#[test]
fn a_key_of_a_topic_is_taken_for_that_topic() {
    let text = "[[namespace.topics]]\nname = 'orders'\nkeys = ['b3JkZXJzIQ==', 'b3RoZXIh']\n\
                [[namespace.topics]]\nname = 'returns'\nkeys = ['cmV0dXJucw==']";
    let path = file("topic-keys.toml", text);
    let program = Program::start(command(&["--config", path.to_str().unwrap(), "--listen", "127.0.0.1:0"]));
    for (key, is_key) in [("b3JkZXJzIQ==", true), ("b3RoZXIh", true), ("cmV0dXJucw==", false)] {
        assert_eq!(program.is_key(key), is_key, "{key}");
    }
}

#[test]
fn limits_and_the_order_of_attributes_change_while_it_runs() {
    let before = configuration(BILLING);
    let mut after = before.clone();
    after.limits = Limits::Relaxed;
    after.attribute_order = AttributeOrder::Published;
    let emulator = before.builder().start("127.0.0.1:0").unwrap();
    let mut connection = Connection::open(emulator.address());
    let event = r#"{"type":"t","specversion":"1.0","source":"my shop","id":"1"}"#;
    let mut publish = |path: &str| {
        connection.send(path, "application/cloudevents+json", event);
        connection.reply().status
    };
    let below = format!("/api/events{PUBLISH}");
    assert_eq!((publish(PUBLISH), publish(&below)), (400, 404));
    let difference = emulator.reconfigure(&before, &after).unwrap();
    assert_eq!(difference.to_string(), "~ attributeOrder\n~ limits");
    assert_eq!((publish(PUBLISH), publish(&below)), (200, 200));
    connection.send(RECEIVE, "application/json", "");
    let received = connection.reply().body;
    assert!(received.contains(event), "{received}");
    emulator.reconfigure(&after, &before).unwrap();
    connection.send(PUBLISH, "application/cloudevents+json", event);
    assert_eq!(connection.reply().status, 400);
}

#[test]
fn what_makes_no_emulator_changes_nothing() {
    let before = configuration(BILLING);
    let mut after = before.clone();
    after.topic("new-topic");
    after.namespace.keys = vec![Secret::new("")];
    let emulator = before.builder().start("127.0.0.1:0").unwrap();
    assert!(emulator.reconfigure(&before, &after).is_err());
    let mut connection = Connection::open(emulator.address());
    connection.publish("1");
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 1);
    connection.send(&PUBLISH.replace("orders", "new-topic"), "application/cloudevents-batch+json", "[]");
    assert_eq!(connection.reply().status, 404);
}

#[test]
fn what_changed_at_run_time_stays_unless_the_file_says_otherwise() {
    let file = |first: &str| {
        let topics = "[[namespace.topics]]\nname = 'orders'\neventSubscriptions = [{ name = 'billing' }]";
        Configuration::parse(&format!("{first}\n{topics}")).unwrap()
    };
    let (before, after) = (file(""), file("faults = [{ then.status = 503 }]"));
    let running = before.builder().start("127.0.0.1:0").unwrap();
    let orders = Target::NamespaceTopic("orders");
    let ordered = Filter::new().include_event_type("Ordered");
    let set = ordered.clone();
    running.with(move |emulator| emulator.set_filter(orders, "billing", &set)).unwrap();
    running.reconfigure(&before, &after).unwrap();
    let filter = || running.with(move |it| it.subscription_overview(orders, "billing")).unwrap().filter;
    assert_eq!(filter(), ordered);
    let mut other = after.clone();
    other.topic("orders").event_subscription("billing").settings.max_delivery_count = Some(3);
    running.reconfigure(&after, &other).unwrap();
    assert_eq!(filter(), Filter::new(), "the event subscription is now what the file says");
}

#[test]
fn a_topic_of_the_file_that_was_removed_at_run_time_is_there_again() {
    let file = |first: &str, feed: &str| {
        let topics = "[[namespace.topics]]\nname = 'orders'\neventSubscriptions = [{ name = 'billing' }]";
        let grid = format!("[[basicTopics]]\nname = 'grid'\neventSubscriptions = [{feed}]");
        Configuration::parse(&format!("{first}\n{topics}\n{grid}")).unwrap()
    };
    let feed = "{ name = 'feed', destination = { endpointType = 'NamespaceTopic', topic = 'orders' } }";
    let (before, after) = (file("", ""), file("limits = 'relaxed'", feed));
    let running = before.builder().start("127.0.0.1:0").unwrap();
    assert!(running.with(|emulator| emulator.remove_topic("orders")));
    let difference = running.reconfigure(&before, &after).unwrap();
    assert_eq!(
        difference.to_string(),
        "+ topic orders\n+ event subscription basicTopic:grid/feed\n+ event subscription orders/billing\n~ limits"
    );
    let grid = Target::BasicTopic("grid");
    let endpoint = running.with(move |it| it.push_endpoint(grid, "feed").map(PushEndpoint::shown));
    assert_eq!(endpoint.as_deref(), Some("namespaceTopic:orders"));
    assert!(running.stats("orders", "billing").is_some());
}

#[test]
fn filters_follow_the_schema_of_their_topic() {
    let file = |schema: &str| {
        Configuration::parse(&format!("basicTopics = [{{ name = 'grid', inputSchema = '{schema}' }}]"))
            .unwrap()
    };
    let (before, after) = (file("EventGridSchema"), file("CustomEventSchema"));
    let running = before.builder().start("127.0.0.1:0").unwrap();
    let grid = Target::BasicTopic("grid");
    let large = Filter::new().clause(Clause::new("data.total", Condition::NumberGreaterThan(100.0)));
    running.with(move |emulator| {
        emulator.create_subscription(grid, "audit", SubscriptionSettings::default());
        emulator.set_filter(grid, "audit", &large).unwrap()
    });
    let matches = |event: &'static str| {
        running.with(move |it| it.explain(grid, "audit", event)).unwrap().unwrap().matches()
    };
    assert!(matches(r#"{"data":{"total":150}}"#) && !matches(r#"{"total":150}"#));
    running.reconfigure(&before, &after).unwrap();
    assert!(matches(r#"{"total":150}"#) && !matches(r#"{"data":{"total":150}}"#));
}
