//! `egrid doctor`, `sas`, `filter`, `cheat`, `completions` and `man`.

use eventgrid_emulator::{Emulator, Fault, FaultCondition, FaultEffect, InputSchema};
use serde_json::{Value, json};

use crate::support::{Bench, Ended};

/// The records, each as `check: outcome`.
fn outcomes(ended: &Ended) -> Vec<String> {
    let outcome = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        format!("{}: {}", record["check"].as_str().unwrap(), record["outcome"].as_str().unwrap())
    };
    // Whether the emulator sends a date is its own affair.
    ended.stdout.lines().map(outcome).filter(|outcome| !outcome.starts_with("clock")).collect()
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let bench = Bench::new();
    let healthy = bench.run(&["doctor"]).ends_with(0);
    assert_eq!(
        outcomes(&healthy),
        [
            "endpoint: ok",
            "name: ok",
            "key: ok",
            "api-version: ok",
            "publish: ok",
            "receive: ok",
            "events: skipped"
        ]
    );
    let unknown = bench.run(&["doctor", "-s", "nowhere"]).ends_with(4);
    assert_eq!(outcomes(&unknown)[4..6], ["publish: ok", "receive: problem"]);
    let refused = bench.run(&["doctor", "--key", "d3Jvbmc="]).ends_with(3);
    assert_eq!(outcomes(&refused)[4..6], ["publish: problem", "receive: problem"]);
    let unreached =
        bench.run(&["doctor", "--endpoint", "http://127.0.0.1:1", "--max-retries", "0"]).ends_with(7);
    assert_eq!(outcomes(&unreached)[3], "publish: problem");
    let basic = format!("{}/api/events", bench.emulator.endpoint());
    let not_valid = bench.run(&["doctor", "--endpoint", &basic, "--kind", "namespace"]).ends_with(2);
    assert_eq!(outcomes(&not_valid)[3..5], ["publish: problem", "receive: problem"]);
    assert!(not_valid.stdout.contains("use --kind basic, domain or partner"), "{not_valid:?}");
    let bad_key = bench.run(&["doctor", "--key-env", "NOT_SET"]).ends_with(3);
    assert_eq!(outcomes(&bad_key)[2..], ["key: problem"]);
    let unnamed = bench.command(&["doctor"]).env_remove("EVENTGRID_SUBSCRIPTION").output().unwrap();
    let unnamed = Ended::new(&unnamed).ends_with(0);
    let detail =
        "no event subscription is named; name it by --subscription, EVENTGRID_SUBSCRIPTION or a context";
    assert!(unnamed.stdout.contains(&format!(r#""detail":"{detail}""#)), "{unnamed:?}");
    assert!(bench.accepted().is_empty());
    let stats = bench.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.published, stats.deliveries), (0, 0));
}

#[test]
fn the_doctor_knows_a_server_that_is_not_event_grid() {
    for (status, body, code, publish) in [
        (400, "<html><title>400 Bad Request</title></html>", 8, "problem"),
        (404, "<html><title>404 Not Found</title></html>", 4, "problem"),
        (200, "ok", 8, "warning"),
        (429, "<html>slow down</html>", 8, "problem"),
    ] {
        let fault = FaultEffect::new().status(status).body(body);
        let builder = Emulator::builder().subscription("orders", "billing");
        let bench = Bench::with(builder.fault(Fault::new(FaultCondition::new(), fault)));
        let ended = bench.run(&["doctor"]).ends_with(code);
        let calls = [format!("publish: {publish}"), "receive: problem".to_owned()];
        assert_eq!(outcomes(&ended)[3..5], calls, "{ended:?}");
        assert!(ended.stdout.contains(&format!("(status {status}: {body})")), "{ended:?}");
    }
}

#[test]
fn the_doctor_publishes_nothing_to_other_targets_either() {
    let builder = Emulator::builder()
        .basic_topic("basic", InputSchema::EventGrid)
        .basic_topic("custom", InputSchema::Custom)
        .domain("shops", InputSchema::CloudEvents)
        .partner_channel("partner", "channel", InputSchema::CloudEvents);
    let bench = Bench::with(builder);
    for (name, arguments) in [
        ("basic", &[][..]),
        ("custom", &[]),
        ("shops", &["--kind", "domain"]),
        ("partner", &["--kind", "partner", "--channel", "channel"]),
    ] {
        let endpoint = format!("{}/{name}/api/events", bench.emulator.endpoint());
        let ended = bench.run(&[&["doctor", "--endpoint", &endpoint], arguments].concat()).ends_with(0);
        let expected = [
            "endpoint: ok",
            "name: ok",
            "key: ok",
            "api-version: ok",
            "publish: ok",
            "receive: skipped",
            "events: skipped",
        ];
        assert_eq!(outcomes(&ended), expected, "{ended:?}");
        assert!(ended.stdout.contains("2018-01-01, which the service lists"), "{ended:?}");
        let refused =
            bench.run(&[&["doctor", "--key", "d3Jvbmc=", "--endpoint", &endpoint], arguments].concat());
        assert_eq!(outcomes(&refused.ends_with(3))[4], "publish: problem");
    }
    assert!(bench.accepted().is_empty());
}

#[test]
fn the_doctor_shows_the_certificates_whether_they_are_trusted_or_not() {
    let authority = tempfile::TempDir::new().unwrap();
    let builder = Emulator::builder().subscription("orders", "billing").tls_dev_in(authority.path());
    let bench = Bench::with(builder);
    let doctor = |trusted: Option<&std::path::Path>| {
        let mut command = bench.command(&["doctor", "--max-retries", "0"]);
        command.env_remove("SSL_CERT_DIR").env_remove("SSL_CERT_FILE");
        command.envs(trusted.map(|file| ("SSL_CERT_FILE", file)));
        Ended::new(&command.output().unwrap())
    };
    let trusted = doctor(Some(&authority.path().join("ca.pem"))).ends_with(0);
    assert_eq!(
        outcomes(&trusted)[..4],
        ["endpoint: ok", "name: ok", "tls: ok", "certificate: ok"],
        "{trusted:?}"
    );
    assert!(
        trusted.stdout.contains("TLSv1_3") && trusted.stdout.contains("ECDSA, P-256; valid from 20"),
        "{trusted:?}"
    );
    let plain = format!("http://{}", bench.emulator.endpoint().strip_prefix("https://").unwrap());
    let plain = bench.run(&["doctor", "--endpoint", &plain, "--max-retries", "0"]).ends_with(7);
    assert!(plain.stdout.contains("write https:// before"), "{plain:?}");
    let unknown = doctor(None).ends_with(7);
    assert_eq!(outcomes(&unknown)[2..4], ["tls: problem", "certificate: ok"], "{unknown:?}");
    assert!(unknown.stdout.contains("trust it by the environment variable SSL_CERT_FILE"), "{unknown:?}");
}

#[test]
fn a_sas_token_is_signed_seen_through_and_used() {
    let bench = Bench::new();
    let token = bench.run(&["sas", "generate", "--valid-for", "2h"]).ends_with(0).stdout;
    bench.file("token", &token);
    bench.run(&["publish", "--type", "A", "--key-file", "token"]).ends_with(0);
    bench.run(&["publish", "--type", "A", "--key-file", "token", "-t", "other"]).ends_with(3);

    let inspected = bench.run_with(&["sas", "inspect", "--key-env", "EVENTGRID_KEY"], &token).ends_with(0);
    let inspected: Value = serde_json::from_str(&inspected.stdout).unwrap();
    assert_eq!(inspected["resource"], format!("{}/topics/orders", bench.emulator.endpoint()));
    assert_eq!((&inspected["hasExpired"], &inspected["isSignedByKey"]), (&json!(false), &json!(true)));
    bench.file("other", "b3RoZXI=");
    bench.run_with(&["sas", "inspect", "--key-file", "other"], &token).ends_with(3);
    let expired = "r=https%3A%2F%2Fh&e=6%2F5%2F2024%2012%3A09%3A03%20PM&s=c2lnbmVk";
    let expired = bench.run(&["sas", "inspect", expired]).ends_with(3);
    assert!(expired.stdout.contains(r#""expiry":"2024-06-05T12:09:03Z""#), "{expired:?}");
    bench.run(&["sas", "inspect", "nonsense"]).ends_with(2);
}

#[test]
fn tokens_are_for_what_is_asked_for() {
    let bench = Bench::new();
    let endpoint = bench.emulator.endpoint();
    let cases = [
        (&["--namespace"][..], ""),
        (&["-s", "billing"], "/topics/orders/eventsubscriptions/billing"),
        (&["--kind", "basic"], "/api/events?apiVersion=2018-01-01"),
    ];
    for (arguments, path) in cases {
        let token = bench.run(&[&["sas", "generate"], arguments].concat()).ends_with(0).stdout;
        let resource = bench.run_with(&["sas", "inspect", "-o", "raw"], &token).ends_with(0).stdout;
        assert_eq!(resource, format!("{endpoint}{path}\n"));
    }
}

#[test]
fn a_filter_is_explained_for_each_event() {
    let bench = Bench::new();
    let event = |total: u32| {
        format!(r#"{{"specversion":"1.0","id":"1","source":"s","type":"A","data":{{"total":{total}}}}}"#)
    };
    let events = format!("{}\n{}\n", event(5), event(7));
    let ended = bench.run_with(&["filter", "explain", "--where", "data.total=5"], &events).ends_with(0);
    let lines: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["matches"], &lines[1]["matches"]), (&json!(true), &json!(false)));
    assert_eq!(
        lines[1]["explanation"],
        r#"clause 1 ("data.total" NumberIn [5]) does not match: the value is 7"#
    );
    let record = format!(r#"{{"lockToken":"a","deliveryCount":1,"event":{}}}"#, event(5));
    let ended = bench.run_with(&["filter", "explain", "--where", "data.total=5", "-o", "raw"], &record);
    assert_eq!(ended.ends_with(0).stdout, "the event matches\n");
    let namespace = r#"{"filters":[{"operatorType":"StringIn","key":"type","values":["a"]}]}"#;
    let ended =
        bench.run_with(&["filter", "explain", "--filter", namespace, "-o", "raw"], &events).ends_with(0);
    assert_eq!(ended.stdout, "the event matches\nthe event matches\n");
    bench.run_with(&["filter", "explain"], &events).ends_with(2);
    bench.run_with(&["filter", "explain", "--filter", "{}", "-"], "nonsense").ends_with(2);
    bench.run(&["filter", "explain", "--filter", r#"{"unknown":1}"#]).ends_with(2);
}

#[test]
fn a_number_that_is_not_valid_has_its_range_named() {
    let bench = Bench::new();
    for (arguments, range) in [
        (&["receive", "--max", "x"][..], "expected an integer from 1 to 100"),
        (
            &["listen", "--forward-to", "http://h/", "--max-attempts", "11"],
            "expected an integer from 1 to 10",
        ),
        (&["publish", "--type", "A", "--count", "99999999999999999999"], "from 0 to 18446744073709551615"),
        (&["publish", "--type", "A", "--rate", "1.5"], "expected an integer from 1 to 4294967295"),
        (&["publish", "--type", "A", "--max-events", "99999999999"], "expected an integer from 1 to 65535"),
        (&["tail", "--max-locks", "0"], "expected an integer of at least 1"),
        (&["webhook", "listen", "--respond", "700"], "expected an integer from 200 to 599"),
    ] {
        let refused = bench.run(arguments).ends_with(2);
        assert!(refused.stderr.contains(range), "{refused:?}");
    }
}

#[test]
fn help_comes_in_every_form() {
    let bench = Bench::new();
    assert!(bench.run(&["cheat"]).ends_with(0).stdout.contains("egrid receive"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(bench.run(&["completions", shell]).ends_with(0).stdout.contains("egrid"), "{shell}");
    }
    assert!(bench.run(&["man"]).ends_with(0).stdout.contains(".TH egrid 1"));
    bench.run(&["man", "--folder", "pages"]).ends_with(0);
    assert!(bench.content("pages/egrid-publish.1").contains("dry"));
    let help = bench.run(&["help", "--json"]).ends_with(0).stdout;
    let help: Value = serde_json::from_str(&help).unwrap();
    let commands = help["commands"].as_array().unwrap();
    let receive = commands.iter().find(|command| command["name"] == "receive").unwrap();
    let max =
        receive["arguments"].as_array().unwrap().iter().find(|argument| argument["name"] == "--max").unwrap();
    assert_eq!(
        (&max["default"], &max["value"], &max["isRequired"]),
        (&json!("10"), &json!("N"), &json!(false))
    );
    assert!(bench.run(&["help", "context", "add"]).ends_with(0).stdout.contains("--endpoint"));
    bench.run(&["help", "nothing"]).ends_with(2);
    let help = bench.run(&["--help"]).ends_with(0).stdout;
    assert!(help.contains("Exit codes:") && help.contains("EVENTGRID_ENDPOINT"), "{help}");
    bench.run(&["publish", "--no-such-argument"]).ends_with(2);
}

#[cfg(unix)]
#[test]
fn the_emulator_takes_over() {
    let bench = Bench::new();
    let mut command = bench.command(&["emulator", "--topic", "orders", "--help", "-o"]);
    command.env("EGRID_EMULATOR", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/eventgrid-emulator"));
    let ended = Ended::new(&command.output().unwrap());
    assert_eq!((ended.code, ended.stdout.as_str()), (5, "--topic orders --help -o\n"));
    command.env("EGRID_EMULATOR", "./not-there");
    let missing = Ended::new(&command.output().unwrap()).ends_with(1);
    assert!(missing.stderr.contains("cargo install eventgrid-emulator"), "{missing:?}");
}
