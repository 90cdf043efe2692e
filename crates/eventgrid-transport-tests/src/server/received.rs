//! A request as it arrived.

use std::io::{self, Read};

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Received {
    /// The request line, without its end.
    pub(crate) line: String,
    /// Name and value of each header, as they were sent but for the white space around the value.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// How many bytes came before the body.
    pub(crate) head_length: usize,
}

impl Received {
    /// The values of all headers of that name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// Reads a request whose body, if any, has a length.
    pub(super) fn read(stream: &mut dyn Read) -> io::Result<Self> {
        let mut received = Self::read_head(stream)?;
        received.read_piece(stream, usize::MAX)?;
        Ok(received)
    }

    /// Reads this many more bytes of the body, or the rest of it.
    pub(super) fn read_piece(&mut self, stream: &mut dyn Read, size: usize) -> io::Result<()> {
        let length = self.header("content-length").first().map_or(Ok(0), |length| length.parse());
        let read = self.body.len();
        let end = length.map_err(io::Error::other)?.min(read.saturating_add(size));
        self.body.resize(end, 0);
        stream.read_exact(&mut self.body[read..])
    }

    /// Reads a request up to its body.
    pub(super) fn read_head(stream: &mut dyn Read) -> io::Result<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.extend(byte);
        }
        let head_length = head.len();
        let head = String::from_utf8(head).map_err(io::Error::other)?;
        let mut lines = head.trim_end().split("\r\n");
        let line = lines.next().unwrap_or_default().to_owned();
        let headers = lines
            .map(|line| {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                (name.to_owned(), value.trim().to_owned())
            })
            .collect();
        Ok(Self { line, headers, body: Vec::new(), head_length })
    }
}
