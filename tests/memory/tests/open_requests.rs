//! Responses that are read in pieces: one that is larger than any buffer is read in constant
//! memory.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use allocation_counter::measure;
use eventgrid_hyper::eventgrid::{AccessKey, NamespaceTopic, RawRequest, Subscription};
use tokio::runtime::Builder;

/// How large the body is.
const LARGE: u64 = 64 << 20;

/// What may be allocated at a time, in bytes: the buffers of the HTTP libraries, far less than the
/// body.
const MOST: u64 = 1 << 20;

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn by_ureq() {
    let server = Server::start();
    let client = eventgrid_ureq::client(AccessKey::new("c2VjcmV0"));
    let consumer = eventgrid_ureq::Consumer::new(client, server.subscription());
    let small = || assert_eq!(consumer.send_request(&Server::small()).unwrap().body(), b"{}");
    // Opens a connection, which is counted from here on.
    small();
    let allocated = measure(|| {
        let mut response = consumer.open_request(&Server::large()).unwrap();
        assert_eq!(response.header("content-length"), Some(LARGE.to_string().as_bytes()));
        assert_eq!(io::copy(&mut response, &mut io::sink()).unwrap(), LARGE);
        assert_eq!(response.received(), LARGE);
    });
    assert!(allocated.bytes_max < MOST, "{allocated:?}");
    small();
    assert_eq!(server.opened(), 1, "a body that was read to its end leaves its connection");

    let mut response = consumer.open_request(&Server::large()).unwrap();
    assert!(response.read(&mut [0; 10]).unwrap() > 0);
    drop(response);
    server.await_end();
    small();
    assert_eq!(server.opened(), 1, "one that is dropped before closes it");
}

#[test]
fn by_hyper() {
    let server = Server::start();
    let client = eventgrid_hyper::client(AccessKey::new("c2VjcmV0"));
    let topic = NamespaceTopic::new(server.endpoint.clone(), "readings").unwrap();
    let publisher = eventgrid_hyper::Publisher::new(client, topic);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let small = || {
        let response = runtime.block_on(publisher.send_request(&Server::small())).unwrap();
        assert_eq!(response.body(), b"{}");
    };
    // Opens a connection, which is counted from here on.
    small();
    let allocated = measure(|| {
        runtime.block_on(async {
            let mut response = publisher.open_request(&Server::large()).await.unwrap();
            assert_eq!(response.header("content-length"), Some(LARGE.to_string().as_bytes()));
            let mut room = [0; 4096];
            while response.read(&mut room).await.unwrap() > 0 {}
            assert_eq!(response.received(), LARGE);
        });
    });
    assert!(allocated.bytes_max < MOST, "{allocated:?}");
    small();
    assert_eq!(server.opened(), 1, "a body that was read to its end leaves its connection");

    runtime.block_on(async {
        let mut response = publisher.open_request(&Server::large()).await.unwrap();
        assert!(response.read(&mut [0; 10]).await.unwrap() > 0);
    });
    server.await_end();
    small();
    assert_eq!(server.opened(), 1, "one that is dropped before closes it");
}

/// A server that responds with a large body to requests for `/large`, and to others with `{}`. What
/// it allocates is not counted, since it has threads of its own.
struct Server {
    endpoint: String,
    connections: Receiver<()>,
    ended: Receiver<()>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (opens, connections) = channel();
        let (ends, ended) = channel();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (connection, ends): (_, Sender<()>) = (connection.unwrap(), ends.clone());
                if opens.send(()).is_err() {
                    return;
                }
                thread::spawn(move || {
                    // The end of a connection is what is waited for, whatever ends it.
                    let _ = serve(&connection);
                    drop(connection);
                    let _ = ends.send(());
                });
            }
        });
        Self { endpoint, connections, ended }
    }

    fn subscription(&self) -> Subscription<'static> {
        Subscription::new(self.endpoint.clone(), "readings", "all").unwrap()
    }

    fn large() -> RawRequest<'static> {
        RawRequest::new("GET", "/large")
    }

    fn small() -> RawRequest<'static> {
        RawRequest::new("GET", "/small")
    }

    /// How many connections were opened since it was asked last.
    fn opened(&self) -> usize {
        self.connections.try_iter().count()
    }

    /// Waits for the end of a connection.
    fn await_end(&self) {
        self.ended.recv_timeout(PATIENCE).expect("the connection should have ended");
    }
}

/// Responds to the requests of a connection.
fn serve(connection: &TcpStream) -> io::Result<()> {
    let mut requests = BufReader::new(connection);
    loop {
        let (mut head, mut line) = (String::new(), String::new());
        while line != "\r\n" {
            line.clear();
            if requests.read_line(&mut line)? == 0 {
                return Ok(());
            }
            head += &line;
        }
        let mut connection = connection;
        let length = if head.starts_with("GET /large") { LARGE } else { 2 };
        write!(connection, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n")?;
        if length == LARGE {
            io::copy(&mut io::repeat(b'x').take(length), &mut connection)?;
        } else {
            connection.write_all(b"{}")?;
        }
    }
}
