//! Contexts, and where the settings of a connection come from.

use crate::support::{Bench, KEY};

#[test]
fn a_context_is_used_until_another_one_is() {
    let bench = Bench::new().without_variables();
    bench.file("key", &format!("{KEY}\n"));
    let endpoint = bench.emulator.endpoint();
    let add = |name, topic| {
        bench
            .run(&["context", "add", name, "--endpoint", &endpoint, "--topic", topic, "--key-file", "key"])
            .ends_with(0)
    };
    assert_eq!(add("dev", "orders").stderr, "now using context dev\n");
    add("other", "nowhere");
    let publish = ["publish", "--type", "Order.Created"];
    bench.run(&publish).ends_with(0);
    bench.run(&["context", "use", "other"]).ends_with(0);
    bench.run(&publish).ends_with(4);
    bench.run(&["publish", "--type", "A", "--context", "dev"]).ends_with(0);
    bench.run(&["context", "use", "-"]).ends_with(0);
    bench.run(&publish).ends_with(0);
    assert_eq!(bench.accepted().len(), 3);

    let list = bench.run(&["context", "list"]).ends_with(0).stdout;
    let list: Vec<serde_json::Value> = list.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&list[0]["name"], &list[0]["isCurrent"]), (&"dev".into(), &true.into()));
    // It is used from other folders, too.
    let file = std::path::Path::new(list[1]["key"]["file"].as_str().unwrap());
    assert!(file.is_absolute() && file.ends_with("key"), "{list:?}");
    let mut elsewhere = bench.command(&["publish", "--type", "A"]);
    elsewhere.current_dir(bench.folder.path().join("config"));
    crate::support::Ended::new(&elsewhere.output().unwrap()).ends_with(0);
    bench.run(&["context", "remove", "dev"]).ends_with(0);
    let failed = bench.run(&publish).ends_with(2);
    assert!(failed.stderr.contains("no endpoint is named"), "{failed:?}");
}

#[cfg(unix)]
#[test]
fn contexts_are_for_the_eyes_of_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new();
    bench.run(&["context", "add", "dev", "--endpoint", "h", "--key-command", "pass show key"]).ends_with(0);
    for (path, mode) in [("config", 0o700), ("config/contexts.json", 0o600)] {
        let metadata = bench.folder.path().join(path).metadata().unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{path}");
    }
}

#[test]
fn a_context_has_a_name_that_every_command_can_be_given() {
    let bench = Bench::new();
    let add = |name: &str| bench.run(&["context", "add", "--endpoint", "h", "--key-env", "K", "--", name]);
    for name in ["", "-", "-x", "--replace", "a b", "a/b", "\u{fc}"] {
        let refused = add(name).ends_with(2);
        assert!(refused.stderr.contains("and not begin with `-`"), "{name:?}: {refused:?}");
    }
    for name in ["a-b", "_1", "x.y"] {
        add(name).ends_with(0);
        bench.run(&["context", "use", name]).ends_with(0);
    }
}

#[test]
fn a_key_is_never_kept() {
    let bench = Bench::new();
    bench.run(&["context", "add", "dev", "--endpoint", "h", "--max-retries", "5"]).ends_with(2);
    let add = bench.run(&["context", "add", "dev", "--endpoint", "h", "--key", KEY]).ends_with(2);
    assert!(add.stderr.contains("keeps no key"), "{add:?}");
}

#[test]
fn the_key_of_a_context_stays_with_its_endpoint() {
    let bench = Bench::new().without_variables();
    bench.file("key", KEY);
    bench.run(&["context", "add", "dev", "--endpoint", "h", "--key-file", "key"]).ends_with(0);
    let endpoint = bench.emulator.endpoint();
    let elsewhere =
        bench.run(&["publish", "--type", "A", "--endpoint", &endpoint, "-t", "orders"]).ends_with(3);
    assert!(elsewhere.stderr.contains("there is no key to send"), "{elsewhere:?}");
    bench.run(&["publish", "--type", "A", "--context", "dev", "--endpoint", &endpoint]).ends_with(2);
}

#[cfg(unix)]
#[test]
fn a_key_comes_from_a_variable_a_file_a_command_or_with_a_warning_an_argument() {
    let bench = Bench::new();
    bench.file("key", KEY);
    for source in [["--key-file", "key"], ["--key-env", "EVENTGRID_KEY"], ["--key-command", "cat key"]] {
        let ended = bench.run(&["publish", "--type", "A", source[0], source[1]]).ends_with(0);
        assert_eq!(ended.stderr, "published 1 event\n");
    }
    let argument = bench.run(&["publish", "--type", "A", "--key", KEY]).ends_with(0);
    assert!(argument.stderr.starts_with("warning: "), "{argument:?}");
    let refused = bench.run(&["publish", "--type", "A", "--key", "d3Jvbmc="]).ends_with(3);
    assert!(refused.stderr.contains("status 401") && refused.stderr.contains("advice: "), "{refused:?}");
    bench.run(&["publish", "--type", "A", "--key-command", "exit 3"]).ends_with(3);
    bench.run(&["publish", "--type", "A", "--key-env", "NOT_SET"]).ends_with(3);
}
