//! The program `eventgrid-emulator`: what it prints, when it stops, how it fails.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};

use eventgrid::AccessKey;
use socket2::{Domain, Socket, Type};

use crate::http_client::{Connection, RECEIVE};
use crate::https::{client, publish};

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eventgrid-emulator"));
    command.args(arguments).env_remove("EVENTGRID_EMULATOR_KEY");
    command
}

/// The access key without options.
const WELL_KNOWN_KEY: &str = "ZXZlbnRncmlkLWVtdWxhdG9yLXdlbGxrbm93bi1rZXk=";

/// The program, running. Ended if a test fails.
pub(crate) struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
    pub(crate) scheme: String,
    pub(crate) address: SocketAddr,
}

impl Program {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (scheme, address) = endpoint(&mut stdout);
        Self { child, stdout, stderr, scheme, address }
    }

    /// All addresses that it says it listens on.
    pub(crate) fn addresses(&mut self, count: usize) -> Vec<SocketAddr> {
        let more = (1..count).map(|_| endpoint(&mut self.stdout).1);
        [self.address].into_iter().chain(more).collect()
    }

    /// The address of its admin API, which it prints after the other one.
    pub(crate) fn admin(&mut self) -> SocketAddr {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().strip_prefix("admin API on http://").expect(&line).parse().unwrap()
    }

    /// Whether it accepts that key.
    pub(crate) fn is_key(&self, key: &str) -> bool {
        let mut connection = Connection::open(self.address);
        connection.write(format!(
            "POST /topics/orders:publish?api-version=2024-06-01 HTTP/1.1\r\nHost: emulator\r\naeg-sas-key: {key}\r\n\
             Content-Type: application/cloudevents-batch+json\r\nContent-Length: 2\r\n\r\n[]"
        ));
        connection.reply().status == 200
    }

    /// Asks it to stop; gives its exit code and what it printed on stderr.
    #[cfg(unix)]
    pub(crate) fn stop(self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        self.ended()
    }

    /// Waits until it has ended; gives its exit code and what it printed on stderr.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        let mut printed = String::new();
        self.stderr.read_to_string(&mut printed).unwrap();
        (code, printed)
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Reads what it prints on stderr, up to the line with `part`.
    #[cfg(unix)]
    pub(crate) fn printed_until(&mut self, part: &str) -> String {
        let mut printed = String::new();
        loop {
            let start = printed.len();
            assert_ne!(self.stderr.read_line(&mut printed).unwrap(), 0, "{part} is not in {printed}");
            if printed[start..].contains(part) {
                return printed;
            }
        }
    }
}

/// The scheme and address of a line `listening on URL`.
fn endpoint(stdout: &mut BufReader<ChildStdout>) -> (String, SocketAddr) {
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let endpoint = line.trim_end().strip_prefix("listening on ").expect(&line);
    let (scheme, address) = endpoint.split_once("://").expect(&line);
    (scheme.to_owned(), address.parse().unwrap())
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

/// The program with a limit of file descriptors.
#[cfg(target_os = "linux")]
fn with_few_file_descriptors() -> Program {
    let mut shell = Command::new("sh");
    // The soft limit is raised to the hard one, so the last connections that fit are beyond the
    // former.
    let script = r#"ulimit -Sn 20; ulimit -Hn 80
        exec "$0" --listen 127.0.0.1:0 --key c2VjcmV0 --without-sas --topic orders"#;
    shell.args(["-c", script, env!("CARGO_BIN_EXE_eventgrid-emulator")]);
    Program::start(shell)
}

#[cfg(target_os = "linux")]
#[test]
fn running_out_of_file_descriptors_is_said_once_and_ends_when_connections_do() {
    let program = with_few_file_descriptors();
    let mut connections: Vec<_> = (0..40).map(|_| Connection::open(program.address)).collect();
    for connection in &mut connections {
        connection.publish("1");
    }
    // Accepted by the system, and by the program when there is room.
    connections.extend((0..100).map(|_| Connection::open(program.address)));
    let mut last = Connection::open(program.address);
    drop(connections);
    last.publish("2");
    let (code, printed) = program.stop("-TERM");
    assert_eq!(code, Some(0));
    assert_eq!(printed.matches("cannot accept connections").count(), 1, "{printed}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_stderr_that_nobody_reads_holds_up_nothing() {
    let program = with_few_file_descriptors();
    let mut connection = Connection::open(program.address);
    let path = format!("/{}", "x".repeat(500));
    // The log of these is more than a pipe takes.
    for _ in 0..400 {
        connection.send(&path, "text/plain", "");
        assert_eq!(connection.reply().status, 404);
    }
    // More than fit, which is said on stderr.
    let connections: Vec<_> = (0..100).map(|_| Connection::open(program.address)).collect();
    for _ in 0..100 {
        connection.publish("1");
    }
    drop(connections);
    // To this it has something to say, too.
    program.signal("-HUP");
    let (code, _) = program.stop("-TERM");
    assert_eq!(code, Some(0));
}

#[cfg(unix)]
#[test]
fn it_says_when_it_is_ready_and_stops_when_asked_to() {
    for signal in ["-TERM", "-INT"] {
        let arguments = [
            "--listen",
            "127.0.0.1:0",
            "--key",
            "c2VjcmV0",
            "--without-sas",
            "--subscription",
            "orders/billing",
        ];
        let program = Program::start(command(&arguments));
        let mut waiting = Connection::open(program.address);
        waiting.send(RECEIVE, "application/json", "");
        let mut connection = Connection::open(program.address);
        connection.publish("1");
        assert_eq!(waiting.reply().events(), 1);
        waiting.send(RECEIVE, "application/json", "");
        let (code, printed) = program.stop(signal);
        assert_eq!(code, Some(0));
        assert!(printed.contains("event subscription orders/billing: locked for 1 min"), "{printed}");
        assert!(printed.contains("access keys: 1, signatures are refused"), "{printed}");
        assert!(!printed.contains("c2VjcmV0"), "{printed}");
        waiting.end();
    }
}

#[cfg(unix)]
#[test]
fn requests_are_logged_on_stderr_as_asked_for() {
    for (level, expected) in [(None, 2), (Some("all"), 2), (Some("refused"), 1), (Some("off"), 0)] {
        let mut program = command(&["--listen", "127.0.0.1:0", "--key", "c2VjcmV0"]);
        program.arg("--topic").arg("orders").args(level.map(|level| format!("--log={level}")));
        let program = Program::start(program);
        let mut connection = Connection::open(program.address);
        connection.publish("1");
        connection.send("/topics/fake:publish?api-version=2024-06-01&aeg-sas-key=c2VjcmV0", "text/plain", "");
        assert_eq!(connection.reply().status, 404);
        let (_, printed) = program.stop("-TERM");
        let lines: Vec<_> = printed.lines().filter(|line| line.contains(" POST /topics/")).collect();
        assert_eq!(lines.len(), expected, "{printed}");
        if let Some(refused) = lines.last() {
            assert!(
                refused.contains("&*** 404 ") && refused.ends_with("NotFound: Topic 'fake' is not found")
            );
        }
        assert!(!printed.contains("c2VjcmV0") && !printed.contains('\u{1b}'), "{printed}");
    }
}

#[cfg(unix)]
#[test]
fn without_options_it_has_what_its_documentation_says() {
    let program = Program::start(command(&["--listen", "127.0.0.1:0"]));
    assert!(!program.is_key("c2VjcmV0"));
    assert!(program.is_key(WELL_KNOWN_KEY));
    let address = program.address;
    let (_, printed) = program.stop("-TERM");
    for part in [
        &format!("endpoint: http://{address}"),
        "event subscription orders/billing: locked for 1 min, delivered at most 10 times, kept for 1 d",
        &format!("access key: the well-known {WELL_KNOWN_KEY}, signatures are accepted"),
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let readme = include_str!("../../README.md");
    assert!(readme.contains(WELL_KNOWN_KEY) && readme.contains("127.0.0.1:6500"));
}

#[test]
fn the_key_comes_from_option_file_or_environment() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("key");
    std::fs::write(&file, "from+file=\n").unwrap();
    let base = ["--listen", "127.0.0.1:0", "--topic", "orders", "--without-sas"];

    let mut from_environment = command(&base);
    from_environment.env("EVENTGRID_EMULATOR_KEY", "from-environment");
    assert!(Program::start(from_environment).is_key("from-environment"));

    let mut from_file = command(&base);
    from_file.arg("--key-file").arg(&file).env("EVENTGRID_EMULATOR_KEY", "from-environment");
    assert!(Program::start(from_file).is_key("from+file="));

    let mut from_named_file = command(&base);
    from_named_file.env("EVENTGRID_EMULATOR_KEY_FILE", &file);
    assert!(Program::start(from_named_file).is_key("from+file="));

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
        "c2VjcmV0",
        "--without-sas",
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
fn basic_topics_domains_and_partner_namespaces_are_options() {
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--key",
        "c2VjcmV0",
        "--without-sas",
        "--bearer-token",
        "token",
        "--basic-topic-at-root",
        "--basic-topic",
        "grid",
        "--basic-topic",
        "cloud=cloudevents",
        "--domain",
        "domain=custom",
        "--partner",
        "partner/one",
        "--partner",
        "partner/two=eventgrid",
        "--admin",
        "0",
        "--admin-token",
        "of-the-admin",
    ];
    let mut program = Program::start(command(&arguments));
    let mut connection = Connection::open(program.address);
    let mut status = |path: &str, header: &str, body: &str| {
        connection.write(format!(
            "POST {path} HTTP/1.1\r\nhost: emulator\r\nauthorization: Bearer token\r\n{header}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ));
        connection.reply().status
    };
    let cloud = r#"{"specversion":"1.0","id":"1","source":"s","type":"t"}"#;
    let grid = r#"[{"id":"1","subject":"s","eventType":"t","eventTime":"2024-06-01T12:00:00Z"}]"#;
    assert_eq!(status("/grid/api/events", "x: y", grid), 200);
    assert_eq!(status("/cloud/api/events", "content-type: application/cloudevents+json", cloud), 200);
    assert_eq!(status("/domain/api/events", "x: y", "[{}]"), 200);
    let one = "aeg-channel-name: one\r\ncontent-type: application/cloudevents+json";
    assert_eq!(status("/partner/api/events", one, cloud), 200);
    assert_eq!(status("/partner/api/events", "aeg-channel-name: two", grid), 200);
    assert_eq!(status("/api/events", "x: y", grid), 200);
    assert_eq!(status("/grid/api/events", "x: y", "[{}]"), 400);
    assert_eq!(status("/fake/api/events", "x: y", grid), 404);

    let mut admin = Connection::open(program.admin());
    admin.write("GET /accepted HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer of-the-admin\r\n\r\n");
    assert_eq!(admin.reply().body.matches("\"target\"").count(), 6);
}

#[cfg(unix)]
#[test]
fn relaxed_limits_are_said_with_the_paths_that_they_take() {
    let start = |more: &[&str]| {
        let arguments = [&["--listen", "127.0.0.1:0", "--key", "c2VjcmV0"], more].concat();
        let mut command = command(&arguments);
        command.env("EVENTGRID_EMULATOR_LIMITS", "relaxed");
        Program::start(command)
    };
    for (program, limits) in [
        (
            start(&[]),
            "limits: relaxed; requests to /api/events/topics/... are handled as requests to /topics/...",
        ),
        (start(&["--limits", "strict"]), "limits: strict\n"),
        (start(&["--attribute-order", "published"]), "attributes of events: in the order of publication"),
    ] {
        let (_, printed) = program.stop("-TERM");
        assert!(printed.contains(limits), "{printed}");
    }
}

#[test]
fn https_is_served_by_an_authority_of_its_own() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("program-authority");
    let _ = std::fs::remove_dir_all(&folder);
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--key",
        "c2VjcmV0",
        "--without-sas",
        "--topic",
        "orders",
        "--tls-dev",
        folder.to_str().unwrap(),
        "--tls-name",
        "emulator",
    ];
    for _ in 0..2 {
        let program = Program::start(command(&arguments));
        assert_eq!(program.scheme, "https");
        let authority = std::fs::read_to_string(folder.join("ca.pem")).unwrap();
        let endpoint = format!("https://{}", program.address);
        publish(&endpoint, client(&authority, AccessKey::new("c2VjcmV0"))).unwrap();
    }
}

#[test]
fn https_is_served_with_a_certificate_from_files() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (certificate_file, key_file) = (folder.join("certificate.pem"), folder.join("private-key.pem"));
    let key = rcgen::KeyPair::generate().unwrap();
    let parameters = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = parameters.self_signed(&key).unwrap().pem();
    std::fs::write(&certificate_file, &certificate).unwrap();
    std::fs::write(&key_file, key.serialize_pem()).unwrap();
    let mut with_files = command(&["--listen", "127.0.0.1:0", "--key", "c2VjcmV0", "--topic", "orders"]);
    with_files.arg("--tls-cert").arg(&certificate_file).arg("--tls-key").arg(&key_file);
    let program = Program::start(with_files);
    let endpoint = format!("{}://{}", program.scheme, program.address);
    publish(&endpoint, client(&certificate, AccessKey::new("c2VjcmV0"))).unwrap();
}

#[test]
fn what_cannot_work_is_said_on_stderr() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let topic = ["--topic", "orders"];
    for (arguments, message) in [
        (&["--listen", &address][..], &*format!("cannot listen on {address}: ")),
        (&["--listen", "nonsense"], "\"nonsense\" is not an address: it needs HOST:PORT"),
        (&["--listen", "65536"], "\"65536\" is not an address: it needs HOST:PORT"),
        (&["--listen", ":6500"], "\":6500\" is not an address: it needs HOST:PORT"),
        (&["--key", "secret"], "this is not an access key: one is base64 text"),
        (&["--config", "/nowhere"], "cannot read the configuration file /nowhere: "),
        (&["--topic", "Orders"], "the names \"orders\" and \"Orders\" differ only in case"),
        (&["--topic", "x"], "namespace.topics[1].name: \"x\" is not a name: it needs 3 to 50 letters"),
        (&["--limits", "lax"], "limits are strict or relaxed"),
        (&["--attribute-order", "any"], "an order of attributes is shuffled or published"),
        (&["--tls-name", "emulator"], "--tls-name is for the certificate of --tls-dev"),
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
        (&["--basic-topic", "a=json"], "a schema is eventgrid, cloudevents or custom"),
        (&["--basic-topic", ""], "\"\" is not a name: it needs 3 to 50 letters, digits and hyphens"),
        (&["--basic-topic", "a/b"], "\"a/b\" is not a name: it needs 3 to 50 letters, digits and hyphens"),
        (&["--domain", "topics"], "the name \"topics\" is taken by the emulator itself"),
        (&["--domain", "shops", "--basic-topic", "shops=custom"], "the name \"shops\" is given twice"),
        (&["--partner", "a"], "expected NAME/CHANNEL[=SCHEMA]"),
        (
            &["--partner", "contoso/news", "--partner", "contoso/news=custom"],
            "partnerNamespaces[0].channels[1].name: the name \"news\" is given twice",
        ),
        (&["--bearer-token", ""], "--bearer-token"),
        (&["--tls-cert", "a"], "--tls-key"),
        (&["--tls-key", "a"], "--tls-cert"),
        (&["--tls-cert", "a", "--tls-key", "b", "--tls-dev", "c"], "cannot be used with"),
        (&["--tls-cert", "/nowhere", "--tls-key", "b"], "cannot read the certificate file /nowhere: "),
        (&["--tls-cert", "/dev/null", "--tls-key", "/dev/null"], "the certificates are not in PEM form"),
        (&["--tls-dev", "/dev/null"], "cannot use /dev/null: "),
    ] {
        let arguments: Vec<_> = [&topic[..], arguments].concat();
        let printed = fails(&arguments);
        assert!(printed.contains(message), "{arguments:?}: {printed}");
    }
}

#[test]
fn an_option_that_is_no_integer_says_what_it_takes() {
    for (option, value, range) in [
        ("--lock-duration", "1m", "1 to 86400"),
        ("--max-delivery-count", "0", "1 to 4294967295"),
        ("--time-to-live", "-1", "1 to 3153600000"),
        ("--seed", "0x5", "0 to 18446744073709551615"),
    ] {
        let printed = fails(&[&format!("{option}={value}")]);
        let message = format!("expected an integer from {range}");
        assert!(printed.contains(&message) && !printed.contains("digit"), "{printed}");
    }
}

#[test]
fn a_running_emulator_can_be_asked_whether_it_works() {
    let program = Program::start(command(&["--listen", "127.0.0.1:0"]));
    let url = format!("http://{}", program.address);
    assert!(command(&["health", &url]).output().unwrap().status.success());
    let wrong = format!("{url}/emulator/nothing");
    assert!(
        fails(&["health", &wrong])
            .contains("is not healthy: 401 Unauthorized: The request has no authorization")
    );

    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("health-authority");
    let folder = folder.to_str().unwrap();
    let program = Program::start(command(&["--listen", "127.0.0.1:0", "--tls-dev", folder]));
    let url = format!("https://{}", program.address);
    let ca = format!("{folder}/ca.pem");
    assert!(command(&["health", &url, "--ca", &ca]).output().unwrap().status.success());
    assert!(fails(&["health", &url]).contains("https needs --ca FILE"));

    // Its port is taken, and it does not listen.
    let nobody = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    nobody.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = nobody.local_addr().unwrap().as_socket().unwrap();
    assert!(fails(&["health", &format!("http://{address}")]).contains("is not healthy: "));
    assert!(fails(&["health", "ftp://a"]).contains("its scheme is neither http nor https"));
    assert!(fails(&["health", "nonsense"]).contains("write http://HOST:PORT"));
}

/// A device that takes nothing.
#[test]
#[cfg(target_os = "linux")]
fn stderr_that_cannot_be_written_to_is_no_reason_to_end() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child =
        command(&["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(full()).spawn().unwrap();
    let (_, address) = endpoint(&mut BufReader::new(child.stdout.take().unwrap()));
    Connection::open(address);
    child.kill().unwrap();
    child.wait().unwrap();
    let ended = command(&["check", "none.toml"]).stderr(full()).status().unwrap();
    assert_eq!(ended.code(), Some(2));
}
