//! `egrid process`.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::support::{self, Bench, Ended};

#[test]
fn the_exit_code_of_the_command_decides_about_its_event() {
    let bench = Bench::new();
    let publish =
        ["publish", "--type", "A", "--id", "{{n}}", "--field", "n={{n}}", "--ext", "size=5", "--count", "3"];
    bench.run(&publish).ends_with(0);
    let script = r#"cat; echo " $CE_ID $CE_TYPE $CE_SIZE $EGRID_DELIVERY_COUNT"; case $CE_ID in 2) exit 1;; 3) exit 65;; esac"#;
    let ended = bench.run(&["process", "--max", "3", "--", "sh", "-c", script]).ends_with(6);
    assert_eq!(ended.stdout, "{\"n\":1} 1 A 5 1\n{\"n\":2} 2 A 5 1\n{\"n\":3} 3 A 5 1\n");
    assert!(ended.stderr.contains("acknowledged 1, released 1, rejected 1, lost 0"), "{ended:?}");
    assert!(ended.stderr.contains("the command ended with exit status: 1"), "{ended:?}");
    let stats = bench.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.acknowledged, stats.delayed, stats.rejected), (1, 1, 1));
}

#[test]
fn a_command_need_not_read_its_input() {
    let bench = Bench::new();
    let text = "x".repeat(200_000);
    bench.file("text", &text);
    bench.run(&["publish", "--type", "A", "--text", "@text"]).ends_with(0);
    bench.run(&["process", "--max", "1", "--", "true"]).ends_with(0);
    assert_eq!(bench.emulator.stats("orders", "billing").unwrap().acknowledged, 1);
}

#[test]
fn what_a_command_leaves_behind_need_not_read_its_input_either() {
    let bench = Bench::new();
    bench.file("text", &"x".repeat(200_000));
    bench.run(&["publish", "--type", "A", "--text", "@text"]).ends_with(0);
    let script = "exec 9<&0; tail -f /dev/null >/dev/null 2>&1 & echo $! > left";
    let ended = bench.run(&["process", "--max", "1", "--timeout", "30s", "--", "sh", "-c", script]);
    let left = bench.content("left");
    assert!(std::process::Command::new("kill").arg(left.trim()).status().unwrap().success());
    ended.ends_with(0);
}

#[test]
fn events_that_came_with_the_last_one_are_no_failure() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A", "--count", "3"]).ends_with(0);
    let process = ["process", "--concurrency", "3", "--max", "1", "--"];
    let ended = bench.run(&[&process[..], &["true"]].concat()).ends_with(0);
    assert!(ended.stderr.contains("acknowledged 1, released 2"), "{ended:?}");
    bench.emulator.advance_clock(std::time::Duration::from_secs(60));
    let ended = bench.run(&[&process[..], &["false"]].concat()).ends_with(6);
    assert!(ended.stderr.contains("acknowledged 0, released 2"), "{ended:?}");
}

#[test]
fn a_command_that_cannot_be_run_ends_it_and_releases_the_event() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A"]).ends_with(0);
    let ended = bench.run(&["process", "--", "./not-there"]).ends_with(6);
    assert!(ended.stderr.contains("cannot run ./not-there"), "{ended:?}");
    let stats = bench.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.acknowledged, stats.queued + stats.delayed), (0, 1));
}

#[test]
fn a_signal_kills_commands_and_releases_their_events() {
    a_signal_ends_it("-TERM", 143);
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_is_closed_kills_commands_and_releases_their_events() {
    a_signal_ends_it("-HUP", 129);
}

fn a_signal_ends_it(signal: &str, code: i32) {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A"]).ends_with(0);
    let mut command = bench.command(&["process", "--", "sh", "-c", "echo begun; exec tail -f /dev/null"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    let mut program = command.spawn().unwrap();
    let mut printed = BufReader::new(program.stdout.take().unwrap());
    assert!(printed.read_line(&mut String::new()).unwrap() > 0);
    support::signal(&program, signal);
    let ended = Ended::new(&program.wait_with_output().unwrap()).ends_with(code);
    assert!(ended.stderr.contains("released 1"), "{ended:?}");
    let stats = bench.emulator.stats("orders", "billing").unwrap();
    assert_eq!((stats.locked, stats.queued + stats.delayed), (0, 1));
    // The command has ended, too: nobody else can write into the pipe.
    assert_eq!(printed.read_line(&mut String::new()).unwrap(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn by_nohup_it_goes_on_after_the_terminal_is_closed() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A"]).ends_with(0);
    let script = "mkfifo go; echo begun; cat go";
    let mut command = bench.command_by("nohup", &[], &["process", "--max", "1", "--", "sh", "-c", script]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    let mut program = command.spawn().unwrap();
    let mut printed = BufReader::new(program.stdout.take().unwrap());
    assert!(printed.read_line(&mut String::new()).unwrap() > 0);
    support::signal(&program, "-HUP");
    bench.file("go", "gone on\n");
    let mut last = String::new();
    printed.read_line(&mut last).unwrap();
    assert_eq!(last, "gone on\n");
    let ended = Ended::new(&program.wait_with_output().unwrap()).ends_with(0);
    assert!(ended.stderr.contains("acknowledged 1"), "{ended:?}");
}

#[test]
fn what_a_command_has_started_is_killed_with_it() {
    let bench = Bench::new();
    bench.run(&["publish", "--type", "A"]).ends_with(0);
    // Each holds the pipe of stdout, which ends when nobody does any more.
    let script = "tail -f /dev/null & echo begun; wait";
    let ended = bench.run(&["process", "--max", "1", "--timeout", "1s", "--", "sh", "-c", script]);
    assert_eq!(ended.ends_with(6).stdout, "begun\n");
    bench.emulator.advance_clock(std::time::Duration::from_secs(3600));
    let mut command = bench.command(&["process", "--", "sh", "-c", script]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    let mut program = command.spawn().unwrap();
    let mut printed = BufReader::new(program.stdout.take().unwrap());
    assert!(printed.read_line(&mut String::new()).unwrap() > 0);
    support::signal(&program, "-TERM");
    Ended::new(&program.wait_with_output().unwrap()).ends_with(143);
    assert_eq!(printed.read_line(&mut String::new()).unwrap(), 0);
}
