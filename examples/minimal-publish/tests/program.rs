//! The program, run as a user would.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use eventgrid_emulator::{Emulator, RunningEmulator};

fn emulator() -> RunningEmulator {
    Emulator::builder().key("c2VjcmV0").subscription("orders", "billing").start("127.0.0.1:0").unwrap()
}

/// Runs the program with these variables and this input.
fn run(variables: &[(&str, &str)], input: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_minimal-publish"))
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = program.stdin.take().unwrap();
    // Without its variables it ends without reading.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    program.wait_with_output().unwrap()
}

/// The exit code, what it printed, and its complaints.
fn outcome(output: &Output) -> (i32, &str, &str) {
    let text = |bytes| std::str::from_utf8(bytes).unwrap().trim_end();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn event(id: usize) -> String {
    format!(
        r#"{{"id":"{id}","source":"urn:shop","type":"Order.Created","extint":5,"data":{{"n":12345678901234567890.50}}}}"#
    )
}

#[test]
fn every_line_is_published() {
    let emulator = emulator();
    let endpoint = emulator.endpoint();
    let variables =
        [("EVENTGRID_ENDPOINT", &*endpoint), ("EVENTGRID_TOPIC", "orders"), ("EVENTGRID_KEY", "c2VjcmV0")];
    let lines: Vec<String> = (0..250).map(event).collect();
    let output = run(&variables, &lines.join("\n\n"));
    assert_eq!(outcome(&output), (0, "published 250", ""));
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 250);

    let output = run(&variables, "");
    assert_eq!(outcome(&output), (0, "published 0", ""));
}

#[test]
fn a_bad_line_is_named_and_the_others_are_published() {
    let emulator = emulator();
    let endpoint = emulator.endpoint();
    let variables =
        [("EVENTGRID_ENDPOINT", &*endpoint), ("EVENTGRID_TOPIC", "orders"), ("EVENTGRID_KEY", "c2VjcmV0")];
    let input = format!("{}\n{{\"id\":\"2\"}}\n\nnonsense\n{}\n", event(1), event(5));
    let output = run(&variables, &input);
    let (code, stdout, stderr) = outcome(&output);
    assert_eq!((code, stdout), (1, "published 2, failed 2"));
    assert!(stderr.contains("line 2: ") && stderr.contains("`source` is missing"), "{stderr}");
    assert!(stderr.contains("line 4: "), "{stderr}");
    assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 2);
}

#[test]
fn what_the_service_refuses_is_told() {
    let emulator = emulator();
    let endpoint = emulator.endpoint();
    let variables =
        [("EVENTGRID_ENDPOINT", &*endpoint), ("EVENTGRID_TOPIC", "invoices"), ("EVENTGRID_KEY", "c2VjcmV0")];
    let output = run(&variables, &format!("{}\n{}\n", event(1), event(2)));
    let (code, stdout, stderr) = outcome(&output);
    assert_eq!((code, stdout), (1, "published 0, failed 2"));
    assert!(
        stderr.starts_with("lines 1 to 2: ") && stderr.contains("Topic 'invoices' is not found"),
        "{stderr}"
    );
}

#[test]
fn what_is_missing_is_named() {
    let output = run(&[], &event(1));
    assert_eq!(outcome(&output), (2, "", "error: set the environment variable EVENTGRID_ENDPOINT"));
    let variables = [("EVENTGRID_ENDPOINT", "ftp://h"), ("EVENTGRID_TOPIC", "t")];
    let output = run(&variables, &event(1));
    assert_eq!(outcome(&output), (2, "", "error: the endpoint's scheme must be https or http"));
}
