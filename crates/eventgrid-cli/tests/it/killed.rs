//! The program is killed, at moments that a seed chooses: no event is lost.
//!
//! An event that was acknowledged without being handled would never be handled, so in the end every
//! event must have been.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::support::Bench;
use crate::webhook::Listening;

const EVENTS: u64 = 300;

/// How often the program is killed. An event is delivered ten times at most.
const KILLS: usize = 6;

/// Longer than a lock lasts.
const LOCK: Duration = Duration::from_secs(61);

/// How long to wait before it is looked whether the program still runs.
const PATIENCE: Duration = Duration::from_millis(20);

/// How long to wait for what is in a pipe already.
const LONG_PATIENCE: Duration = Duration::from_secs(30);

/// Numbers that are the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

impl Bench {
    fn publish_events(&self) {
        let count = EVENTS.to_string();
        let arguments = ["publish", "--type", "A", "--id", "{{n}}", "--text", "{{n}}", "--count", &count];
        self.run(&arguments).ends_with(0);
    }

    fn acknowledged(&self) -> u64 {
        self.emulator.stats("orders", "billing").unwrap().acknowledged
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }
}

/// The ids of events that were handled.
struct Handled {
    /// Each id, when its event is handled.
    coming: Receiver<String>,
    ids: BTreeSet<String>,
}

impl Handled {
    /// Waits until so many more were handled, or all events are acknowledged.
    fn wait_for(&mut self, mut count: u64, bench: &Bench, program: &mut Child) {
        while count > 0 && bench.acknowledged() < EVENTS {
            match self.coming.recv_timeout(PATIENCE) {
                Ok(id) => {
                    self.ids.insert(id);
                    count -= 1;
                }
                Err(_) => assert!(program.try_wait().unwrap().is_none(), "the program has ended by itself"),
            }
        }
    }
}

/// Kills the program again and again while it handles events, and lets it finish in the end.
fn kill_and_finish(bench: &Bench, arguments: &[&str], coming: Receiver<String>, seed: u64) {
    let mut random = Random(seed);
    let mut handled = Handled { coming, ids: BTreeSet::new() };
    for _ in 0..KILLS {
        let mut program = bench.start(arguments);
        handled.wait_for(1 + random.below(20), bench, &mut program);
        // The moment is by chance: in the middle of whatever it does.
        thread::sleep(Duration::from_micros(random.below(5000)));
        program.kill().unwrap();
        program.wait().unwrap();
        // The locks of whoever was killed end, and each event is still there or acknowledged.
        bench.emulator.advance_clock(LOCK);
        let stats = bench.emulator.stats("orders", "billing").unwrap();
        let there = stats.queued + stats.delayed + stats.locked;
        assert_eq!((there + stats.acknowledged, stats.rejected), (EVENTS, 0));
    }
    let mut program = bench.start(arguments);
    handled.wait_for(u64::MAX, bench, &mut program);
    program.kill().unwrap();
    program.wait().unwrap();
    // What was handled before it was acknowledged is on its way here.
    while handled.ids.len() < usize::try_from(EVENTS).unwrap() {
        let id = handled.coming.recv_timeout(LONG_PATIENCE);
        handled.ids.insert(id.expect("every event that was acknowledged was handled"));
    }
}

/// The lines that come, one after the other, read on a thread.
fn lines_of(source: impl Read + Send + 'static) -> Receiver<String> {
    let (to, from) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(source).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
    from
}

#[test]
fn process_acknowledges_what_was_handled_and_nothing_else() {
    let bench = Bench::new();
    bench.publish_events();
    // Commands write into a named pipe, which stays open in this test.
    let pipe = bench.folder.path().join("handled");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let handled = lines_of(OpenOptions::new().read(true).write(true).open(&pipe).unwrap());
    let arguments = ["process", "--concurrency", "4", "--", "sh", "-c", "echo $CE_ID > handled"];
    kill_and_finish(&bench, &arguments, handled, 0x1234_5678_9abc_def1);
}

#[test]
fn listen_acknowledges_what_was_delivered_and_nothing_else() {
    let bench = Bench::new();
    bench.publish_events();
    let mut webhook = Listening::start(&bench, &["-o", "raw"]);
    let url = format!("http://{}", webhook.address);
    let handled = lines_of(webhook.take_stdout());
    let arguments = ["listen", "--forward-to", &url, "--retry-wait", "1ms", "--concurrency", "2"];
    kill_and_finish(&bench, &arguments, handled, 0x0fed_cba9_8765_4321);
}
