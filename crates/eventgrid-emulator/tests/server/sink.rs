//! An endpoint for pushed events: it keeps what it gets, and responds as the test wants.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use crate::http_client::PATIENCE;

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What the endpoint does.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// A response with that status and no body.
    Status(u16),
    /// A response with these headers, each on a line of its own, and a body.
    Full(u16, String, String),
    /// Exactly these bytes, and then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, and then nothing more.
    Hang(&'static str),
    /// These bytes, and then a line without end.
    Endless(&'static str),
    /// A response, and then the end of the connection without a word about it.
    StatusAndClose(u16),
    /// The connection is reset.
    Reset,
}

type Respond = dyn FnMut(&Received) -> Behaviour + Send;

/// An endpoint, until the test ends.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    received: Mutex<Vec<Received>>,
    came: Condvar,
    connections: AtomicUsize,
    respond: Mutex<Box<Respond>>,
}

impl Sink {
    pub(crate) fn start(respond: impl FnMut(&Received) -> Behaviour + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            received: Mutex::default(),
            came: Condvar::new(),
            connections: AtomicUsize::new(0),
            respond: Mutex::new(Box::new(respond)),
        });
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&of_thread);
                shared.connections.fetch_add(1, Ordering::Relaxed);
                thread::spawn(move || serve(stream.unwrap(), &shared));
            }
        });
        Self { address, shared }
    }

    /// One that takes everything.
    pub(crate) fn taking_all() -> Self {
        Self::start(|_| Behaviour::Status(200))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/events?code=s3cret", self.address)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// What came, when that many requests have.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Received> {
        let received = self.shared.received.lock().unwrap();
        let is_less = |received: &mut Vec<Received>| received.len() < count;
        let (received, waited) = self.shared.came.wait_timeout_while(received, PATIENCE, is_less).unwrap();
        assert!(!waited.timed_out(), "{} of {count} came", received.len());
        received.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

fn serve(stream: TcpStream, shared: &Shared) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream) {
        // Kept before the response, so that who has seen the effect of that finds it.
        shared.received.lock().unwrap().push(request.clone());
        let behaviour = (shared.respond.lock().unwrap())(&request);
        shared.came.notify_all();
        if !behave(stream.get_mut(), &behaviour) {
            return;
        }
    }
}

/// Reads a request; `None` if there is none any more.
fn read(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Received { method, target, headers, body: String::from_utf8(body).unwrap() })
}

/// Returns whether the connection goes on. What cannot be written is for the emulator to notice.
fn behave(stream: &mut TcpStream, behaviour: &Behaviour) -> bool {
    match behaviour {
        Behaviour::Status(status) => {
            stream.write_all(format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\n\r\n").as_bytes()).is_ok()
        }
        Behaviour::Full(status, headers, body) => {
            let length = body.len();
            let text = format!("HTTP/1.1 {status} -\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
            stream.write_all(text.as_bytes()).is_ok()
        }
        Behaviour::Bytes(bytes) => {
            let _ = stream.write_all(bytes);
            false
        }
        Behaviour::Hang(bytes) => {
            let _ = stream.write_all(bytes.as_bytes());
            // Until the other side ends the connection.
            let _ = stream.read(&mut [0]);
            false
        }
        Behaviour::Endless(bytes) => {
            let _ = stream.write_all(bytes.as_bytes());
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
            false
        }
        Behaviour::StatusAndClose(status) => {
            let _ = stream.write_all(format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\n\r\n").as_bytes());
            false
        }
        Behaviour::Reset => {
            SockRef::from(&*stream).set_linger(Some(Duration::ZERO)).unwrap();
            false
        }
    }
}
