//! The program `link`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_link");

/// The running program, which is killed in the end.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn output(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

/// What the program says about arguments that it does not take.
fn complaint(arguments: &[&str]) -> String {
    let output = output(arguments);
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// Starts a link to a server of its own, and connects through it.
fn connect(arguments: &[&str]) -> (Program, TcpStream, TcpStream) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap().to_string();
    let mut child =
        Command::new(PROGRAM).args(["--to", &to]).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let program = Program(child);
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on ").expect(&line);
    let client = TcpStream::connect(address).unwrap();
    (program, client, server.accept().unwrap().0)
}

#[test]
fn it_carries_bytes_both_ways() {
    let (_program, mut client, mut server) = connect(&[
        "--rate",
        "400k",
        "--latency",
        "5ms",
        "--jitter",
        "500us",
        "--loss",
        "0.1%",
        "--seed",
        "7",
    ]);
    let mut room = [0; 4];
    client.write_all(b"ping").unwrap();
    server.read_exact(&mut room).unwrap();
    assert_eq!(&room, b"ping");
    server.write_all(b"pong").unwrap();
    client.read_exact(&mut room).unwrap();
    assert_eq!(&room, b"pong");
}

#[test]
fn an_option_can_be_for_one_direction() {
    let arguments = ["--reset-after-bytes", "1.5k", "--reset-after-bytes", "to-server=2", "--fragment", "1"];
    let (_program, mut client, mut server) = connect(&arguments);
    let mut received = Vec::new();
    server.write_all(b"this is more than two bytes").unwrap();
    client.read_exact(&mut [0; 27]).unwrap();
    client.write_all(b"this, too").unwrap();
    server.read_to_end(&mut received).unwrap_err();
    assert_eq!(received, b"th");
}

#[test]
fn its_help_explains_the_values() {
    let help = String::from_utf8(output(&["--help"]).stdout).unwrap();
    for part in ["--to <HOST:PORT>", "--reset-after-bytes", "400k", "to-client=", "listening on ADDRESS"] {
        assert!(help.contains(part), "{part} is missing:\n{help}");
    }
}

#[test]
fn values_that_are_not_valid_are_explained() {
    for (arguments, part) in [
        (["--rate", "fast"], "expected a number of bytes, such as"),
        (["--rate", "1.5.5k"], "expected a number of bytes, such as"),
        (["--latency", "50"], "expected a time with its unit, such as"),
        (["--loss", "2"], "expected a probability from 0 to 1"),
        (["--loss", "101%"], "expected a probability from 0 to 1"),
        (["--stall", "5s"], "expected two times, such as 10s+500ms"),
        (["--rate", "up=3k"], "\"up\" is not a direction: write to-server= or to-client="),
        (["--buffer", "0"], "at least 1 byte is needed"),
    ] {
        let complaint = complaint(&["--to", "127.0.0.1:1", arguments[0], arguments[1]]);
        assert!(complaint.contains(part) && complaint.contains(arguments[0]), "{complaint}");
    }
}

#[test]
fn addresses_that_do_not_work_are_named() {
    assert!(complaint(&[]).contains("--to <HOST:PORT>"));
    assert!(complaint(&["--to", "nowhere"]).contains("cannot look up the server nowhere, given by --to: "));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let complaint = complaint(&["--to", "127.0.0.1:1", "--listen", &address]);
    assert!(complaint.contains(&format!("link: cannot listen on {address}, given by --listen: ")));
}
