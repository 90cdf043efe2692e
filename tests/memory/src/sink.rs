//! What takes the events: a server in a process of its own that answers every request with success.

use std::env::current_exe;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

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

fn serve(connection: &TcpStream) -> io::Result<()> {
    let mut requests = BufReader::new(connection);
    let mut line = String::new();
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if requests.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        io::copy(&mut requests.by_ref().take(length), &mut io::sink())?;
        (&mut &*connection).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")?;
    }
}
