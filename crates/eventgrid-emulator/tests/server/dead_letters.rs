//! Dead letters of a server: in its data directory, and in their folders.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering};
use eventgrid_emulator::{Emulator, EmulatorBuilder, RunningEmulator, Target};

use crate::http_client::{Connection, RECEIVE};
use crate::program::{Program, command};

const ORDERS: Target<'_> = Target::NamespaceTopic("orders");

/// A directory of the test's own that is empty.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("server-dead-letters-{name}"));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// A server that keeps its state in `folder/data`, and whose dead letters go to `folder/files`.
fn running(folder: &Path) -> RunningEmulator {
    let builder = Emulator::builder().key("c2VjcmV0").without_sas().subscription("orders", "billing");
    let destination = DeadLetterDestination::Folder(folder.join("files"));
    builder
        .subscription_dead_lettering("orders", "billing", DeadLettering::new(destination))
        .data(folder.join("data"))
        .start("127.0.0.1:0")
        .unwrap()
}

/// Publishes an event, receives and rejects it.
fn kill_one(connection: &mut Connection) {
    connection.publish("1");
    connection.send(&format!("{RECEIVE}&maxWaitTime=10"), "application/json", "");
    let received: serde_json::Value = serde_json::from_str(&connection.reply().body).unwrap();
    let token = received["value"][0]["brokerProperties"]["lockToken"].as_str().unwrap();
    let path = "/topics/orders/eventsubscriptions/billing:reject?api-version=2024-06-01";
    connection.send(path, "application/json", &format!(r#"{{"lockTokens":["{token}"]}}"#));
    assert!(connection.reply().body.contains(r#""failedLockTokens":[]"#));
}

fn listed(emulator: &RunningEmulator) -> usize {
    emulator.with(|it| it.dead_letters(ORDERS, "billing", 0, 100)).unwrap().letters.len()
}

/// Waits until the writer has told what became of the dead letters that are due.
fn wait_until_listed(emulator: &RunningEmulator, count: usize) {
    while listed(emulator) != count {
        std::thread::yield_now();
    }
}

/// All files below a folder.
fn files(below: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(below) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_dead_letter_that_was_reported_survives_a_kill() {
    let folder = folder("killed");
    let file = folder.join("emulator.toml");
    let subscription = "name = 'billing', deadLetterDestination = 'list'";
    let text = format!("[[namespace.topics]]\nname = 'orders'\neventSubscriptions = [{{ {subscription} }}]");
    fs::write(&file, text).unwrap();
    let data = folder.join("data");
    let [config, kept] =
        [("config", &file), ("data", &data)].map(|(name, it)| format!("--{name}={}", it.display()));
    let options = [&*config, &*kept, "--listen=127.0.0.1:0", "--key=c2VjcmV0", "--without-sas"];
    let program = Program::start(command(&options));
    kill_one(&mut Connection::open(program.address));
    let (code, printed) = program.stop("-KILL");
    assert_eq!(code, None);
    assert!(printed.contains("kept for 1 d, dead letters are listed\n"), "{printed}");

    let again = Emulator::builder().data(&data).start("127.0.0.1:0").unwrap();
    let letter = again.with(|it| it.dead_letter(ORDERS, "billing", 0)).unwrap();
    assert_eq!((letter.delivery_count, letter.leaves), (1, None));
    assert_eq!(again.with(|it| it.resend_dead_letters(ORDERS, "billing")), Some(1));
    again.shutdown();
    let last = Emulator::builder().data(&data).start("127.0.0.1:0").unwrap();
    assert_eq!((listed(&last), last.stats("orders", "billing").unwrap().queued), (0, 1));
}

#[test]
fn a_dead_letter_is_written_when_it_is_due_and_once_over_restarts() {
    let folder = folder("written");
    let first = running(&folder);
    first.stop_clock();
    kill_one(&mut Connection::open(first.address()));
    first.advance_clock(Duration::from_secs(299));
    assert_eq!((listed(&first), files(&folder.join("files")).len()), (1, 0));
    first.shutdown();

    let second = running(&folder);
    assert_eq!(listed(&second), 1);
    second.advance_clock(Duration::from_secs(1));
    assert_eq!((listed(&second), files(&folder.join("files")).len()), (0, 1));
    second.shutdown();

    let third = running(&folder);
    third.advance_clock(Duration::from_secs(24 * 60 * 60));
    assert_eq!((listed(&third), files(&folder.join("files")).len()), (0, 1));
}

#[test]
fn a_folder_that_cannot_be_written_holds_up_nobody_and_loses_nothing() {
    let folder = folder("failing");
    fs::write(folder.join("files"), "in the way").unwrap();
    let first = running(&folder);
    first.stop_clock();
    let mut connection = Connection::open(first.address());
    kill_one(&mut connection);
    first.advance_clock(Duration::from_secs(300));
    connection.publish("2");
    assert_eq!((listed(&first), first.stats("orders", "billing").unwrap().queued), (1, 1));
    first.shutdown();

    fs::remove_file(folder.join("files")).unwrap();
    let second = running(&folder);
    second.advance_clock(Duration::ZERO);
    wait_until_listed(&second, 0);
    assert_eq!(files(&folder.join("files")).len(), 1);
}

#[test]
fn many_dead_letters_are_written_in_batches() {
    let folder = folder("many");
    let builder: EmulatorBuilder = Emulator::builder().subscription("orders", "billing");
    let to_files = DeadLettering::new(DeadLetterDestination::Folder(folder.join("files")));
    let builder =
        builder.subscription_dead_lettering("orders", "billing", to_files.with_delay(Duration::ZERO));
    let emulator = builder.key("c2VjcmV0").without_sas().start("127.0.0.1:0").unwrap();
    emulator.stop_clock();
    let mut connection = Connection::open(emulator.address());
    for id in 0..300 {
        connection.publish(&id.to_string());
    }
    emulator.advance_clock(Duration::from_secs(24 * 60 * 60));
    assert_eq!(listed(&emulator), 0);
    assert_eq!(emulator.stats("orders", "billing").unwrap().expired, 300);
    assert_eq!(files(&folder.join("files")).len(), 300);
}
