//! The program `eventgrid-emulator`: what it prints, when it stops, how it fails.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use crate::http_client::{Connection, RECEIVE};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eventgrid-emulator"));
    command.args(arguments).env_remove("EVENTGRID_EMULATOR_KEY");
    command
}

/// The program, running. Ended if a test fails.
struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://").expect(&line);
        Self { address: address.parse().unwrap(), child }
    }

    /// Whether it accepts that key.
    fn is_key(&self, key: &str) -> bool {
        let mut connection = Connection::open(self.address);
        connection.write(format!(
            "POST /topics/orders:publish?api-version=2024-06-01 HTTP/1.1\r\nHost: emulator\r\naeg-sas-key: {key}\r\n\
             Content-Type: application/cloudevents-batch+json\r\nContent-Length: 2\r\n\r\n[]"
        ));
        connection.reply().status == 200
    }

    /// Asks it to stop; gives its exit code and what it printed on stderr.
    #[cfg(unix)]
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let mut printed = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        (code, printed)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It fails if the program has ended, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn fails(arguments: &[&str]) -> String {
    let Output { status, stderr, stdout } = command(arguments).output().unwrap();
    assert!(!status.success());
    assert!(stdout.is_empty());
    String::from_utf8(stderr).unwrap()
}

#[cfg(unix)]
#[test]
fn it_says_when_it_is_ready_and_stops_when_asked_to() {
    for signal in ["-TERM", "-INT"] {
        let arguments = ["--listen", "127.0.0.1:0", "--key", "secret", "--subscription", "orders/billing"];
        let program = Program::start(command(&arguments));
        let mut waiting = Connection::open(program.address);
        waiting.send(RECEIVE, "application/json", "");
        let mut connection = Connection::open(program.address);
        connection.publish("1");
        assert_eq!(waiting.reply().events(), 1);
        waiting.send(RECEIVE, "application/json", "");
        assert_eq!(program.stop(signal), (Some(0), String::new()));
        waiting.end();
    }
}

#[cfg(unix)]
#[test]
fn a_key_is_made_up_and_printed_if_none_is_given() {
    let program = Program::start(command(&["--listen", "127.0.0.1:0", "--topic", "orders"]));
    assert!(!program.is_key("secret"));
    let address = program.address;
    let (_, printed) = program.stop("-TERM");
    let key = printed.trim_end().strip_prefix("no key given, made one up: ").expect(&printed);
    assert_eq!(key.len(), 44);
    assert!(TcpListener::bind(address).is_ok());
}

#[test]
fn the_key_comes_from_option_file_or_environment() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("key");
    std::fs::write(&file, "from+file=\n").unwrap();
    let base = ["--listen", "127.0.0.1:0", "--topic", "orders"];

    let mut from_environment = command(&base);
    from_environment.env("EVENTGRID_EMULATOR_KEY", "from-environment");
    assert!(Program::start(from_environment).is_key("from-environment"));

    let mut from_file = command(&base);
    from_file.arg("--key-file").arg(&file).env("EVENTGRID_EMULATOR_KEY", "from-environment");
    assert!(Program::start(from_file).is_key("from+file="));

    let mut from_option = command(&base);
    from_option.args(["--key", "from-option"]).env("EVENTGRID_EMULATOR_KEY", "from-environment");
    assert!(Program::start(from_option).is_key("from-option"));
}

#[test]
fn options_reach_the_subscription() {
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--key",
        "secret",
        "--subscription",
        "orders/billing",
        "--subscription",
        "orders/shipping",
        "--lock-duration",
        "1",
        "--max-delivery-count",
        "2",
        "--time-to-live",
        "3600",
    ];
    let program = Program::start(command(&arguments));
    let mut connection = Connection::open(program.address);
    connection.publish("1");
    for delivery in 1..=2 {
        connection.send(RECEIVE, "application/json", "");
        let reply = connection.reply();
        assert!(reply.body.contains(&format!(r#""deliveryCount":{delivery}"#)), "{}", reply.body);
    }
    let shipping = RECEIVE.replace("billing", "shipping");
    connection.send(&shipping, "application/json", "");
    assert_eq!(connection.reply().events(), 1);
}

#[test]
fn what_cannot_work_is_said_on_stderr() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let topic = ["--topic", "orders"];
    for (arguments, message) in [
        (&[][..], "give at least one --subscription, --topic, --basic-topic, --domain or --partner"),
        (&["--listen", &address], &*format!("cannot listen on {address}: ")),
        (&["--listen", "nonsense"], "cannot listen on nonsense: "),
        (&["--subscription", "orders"], "expected TOPIC/SUBSCRIPTION"),
        (&["--subscription", "orders/"], "expected TOPIC/SUBSCRIPTION"),
        (&["--subscription", "/billing"], "expected TOPIC/SUBSCRIPTION"),
        (&["--subscription", "a/b/c"], "expected TOPIC/SUBSCRIPTION"),
        (&["--key", ""], "--key is empty"),
        (&["--topic", ""], "--topic"),
        (&["--key-file", "/dev/null"], "the key file /dev/null is empty"),
        (&["--key-file", "/nowhere/at/all"], "cannot read the key file /nowhere/at/all: "),
        (&["--key", "a", "--key-file", "b"], "cannot be used with"),
        (&["--lock-duration", "0"], "--lock-duration"),
        (&["--max-delivery-count", "0"], "--max-delivery-count"),
        (&["--time-to-live", "0"], "--time-to-live"),
    ] {
        let arguments: Vec<_> = if arguments.is_empty() { vec![] } else { [&topic[..], arguments].concat() };
        let printed = fails(&arguments);
        assert!(printed.contains(message), "{arguments:?}: {printed}");
    }
}
