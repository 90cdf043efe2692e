//! Just enough of an HTTP client to see every byte.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a response may take; far more than any does.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const PUBLISH: &str = "/topics/orders:publish?api-version=2024-06-01";
pub(crate) const RECEIVE: &str = "/topics/orders/eventsubscriptions/billing:receive?api-version=2024-06-01";

/// One connection.
pub(crate) struct Connection(BufReader<TcpStream>);

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// How many events were received.
    pub(crate) fn events(&self) -> usize {
        self.body.matches("lockToken").count()
    }
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(BufReader::new(stream))
    }

    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// Sends a request with the key `c2VjcmV0`, without waiting for its response.
    pub(crate) fn send(&mut self, path: &str, content_type: &str, body: &str) {
        self.write(format!(
            "POST {path} HTTP/1.1\r\nHost: emulator\r\nAuthorization: SharedAccessKey c2VjcmV0\r\n\
             Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
    }

    /// The next line of what the server sends.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The next byte of what the server sends.
    pub(crate) fn byte(&mut self) -> u8 {
        let mut byte = [0];
        self.0.read_exact(&mut byte).unwrap();
        byte[0]
    }

    pub(crate) fn reply(&mut self) -> Reply {
        let status = self.line().strip_prefix("HTTP/1.1 ").expect("a response")[..3].parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut reply = Reply { status, headers, body: String::new() };
        let length = reply.header("content-length").expect("a length").parse().unwrap();
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        reply.body = String::from_utf8(body).unwrap();
        reply
    }

    /// Sends an event and checks that it was taken.
    pub(crate) fn publish(&mut self, id: &str) {
        let event = format!(r#"{{"specversion":"1.0","id":"{id}","source":"/shop","type":"Ordered"}}"#);
        self.send(PUBLISH, "application/cloudevents+json", &event);
        let reply = self.reply();
        assert_eq!((reply.status, reply.body.as_str()), (200, "{}"));
    }

    /// Waits for the server to end the connection, be it rudely.
    pub(crate) fn end(&mut self) -> String {
        let mut rest = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut rest) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
        String::from_utf8(rest).unwrap()
    }

    /// Waits for the server to reset the connection; gives what came before that.
    pub(crate) fn end_by_reset(&mut self) -> String {
        let mut rest = Vec::new();
        let error = self.0.read_to_end(&mut rest).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        String::from_utf8(rest).unwrap()
    }
}
