//! The service: a server in a process of its own that responds to every request with success, and
//! to a receive with events.

use std::env::current_exe;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::{AT_ONCE, BATCH};

/// A sink in another process, which ends with it.
pub(crate) struct Sink {
    process: Child,
    endpoint: String,
}

impl Sink {
    pub(crate) fn endpoint(&self) -> String {
        self.endpoint.clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

pub(crate) fn start() -> Sink {
    let mut process =
        Command::new(current_exe().unwrap()).arg("sink").stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
    Sink { process, endpoint: format!("http://{}", address.trim()) }
}

/// Is the sink, until the process is killed.
pub(crate) fn run() -> bool {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    for connection in listener.incoming() {
        let connection = connection.unwrap();
        // It ends however the client ends it.
        thread::spawn(move || serve(&connection));
    }
    true
}

/// How many connections have had a request.
static USED: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// How long a first request waits for the others, less than any client waits for a response.
const PATIENCE: Duration = Duration::from_secs(20);

/// Lets the first request of a connection wait until [`AT_ONCE`] connections have one. So a client
/// has all the connections that it ever needs before its memory is looked at.
fn await_others() {
    let (used, changed) = &USED;
    let mut used = used.lock().unwrap_or_else(PoisonError::into_inner);
    let all = (*used / AT_ONCE + 1) * AT_ONCE;
    *used += 1;
    changed.notify_all();
    drop(changed.wait_timeout_while(used, PATIENCE, |used| *used < all));
}

fn serve(connection: &TcpStream) -> io::Result<()> {
    let mut requests = BufReader::new(connection);
    let mut line = String::new();
    let mut is_first = true;
    loop {
        let mut length = 0;
        let mut body = "{}";
        loop {
            line.clear();
            if requests.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if line.contains(":receive?") {
                body = &RECEIVED;
            } else if line.contains(":acknowledge?") {
                body = &ACKNOWLEDGED;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        io::copy(&mut requests.by_ref().take(length), &mut io::sink())?;
        if std::mem::take(&mut is_first) {
            await_others();
        }
        let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        (&mut &*connection).write_all(response.as_bytes())?;
    }
}

static RECEIVED: LazyLock<String> = LazyLock::new(|| {
    let details = r#"{"brokerProperties":{"lockToken":"CgM=","deliveryCount":1},"event":{"specversion":"1.0","id":"1","source":"urn:plant/boiler","type":"Reading","data":"71 degrees"}}"#;
    format!(r#"{{"value":[{}]}}"#, vec![details; BATCH].join(","))
});

static ACKNOWLEDGED: LazyLock<String> = LazyLock::new(|| {
    format!(r#"{{"succeededLockTokens":[{}],"failedLockTokens":[]}}"#, vec![r#""CgM=""#; BATCH].join(","))
});
