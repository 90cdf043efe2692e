//! The head of a response, and what it says about the body.

use eventgrid_transport::{Request, Response};
use httparse::{EMPTY_HEADER, Header, ParserConfig, Status};

use crate::body::Framing;
use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::Failure;

/// The room for a head, and for each line within a chunked body.
pub(crate) const LINES: usize = 64 << 10;
const HEADERS: usize = 256;

/// What matters of a head once it is in the response.
pub(crate) struct Head {
    status: u16,
    pub(crate) framing: Framing,
    /// Whether the connection can be used again.
    pub(crate) is_kept: bool,
}

impl Connection {
    /// Reads the head of a response, and begins to wait for its body.
    pub(crate) fn receive(
        &mut self,
        request: &Request<'_>,
        response: &mut Response<'_>,
        clock: &mut Clock,
    ) -> Result<Head, Failure> {
        clock.wait_for_head(request.wait());
        let head = loop {
            match self.head(request, response)? {
                Some(head) if head.status < 200 => {}
                Some(head) => break head,
                None if self.buffer.len() >= LINES => {
                    return Err(Failure::unreadable(format!("the head has more than {LINES} bytes")));
                }
                None if self.fill(clock)? => {}
                None => return Err(Failure::closed()),
            }
        };
        clock.transfer();
        Ok(head)
    }

    /// Takes a head out of the buffer, if it is there, and fills it in unless it is informational.
    fn head(&mut self, request: &Request<'_>, response: &mut Response<'_>) -> Result<Option<Head>, Failure> {
        let mut headers = [EMPTY_HEADER; HEADERS];
        let mut parsed = httparse::Response::new(&mut headers);
        let parsing = ParserConfig::default()
            .allow_obsolete_multiline_headers_in_responses(true)
            .parse_response(&mut parsed, &self.buffer);
        let Status::Complete(length) = parsing.map_err(Failure::unreadable)? else { return Ok(None) };
        let status = parsed.code.unwrap_or_default();
        let mut head = Head { status, framing: Framing::Length(0), is_kept: parsed.version == Some(1) };
        if status >= 200 {
            response.begin(status);
            for Header { name, value } in parsed.headers.iter() {
                // What remains of a folded line are the spaces.
                let value: Vec<u8> =
                    value.iter().map(|byte| if b"\r\n".contains(byte) { b' ' } else { *byte }).collect();
                response.header(name, &value);
            }
            head.read_headers(request, parsed.headers)?;
        }
        self.buffer.drain(..length);
        Ok(Some(head))
    }
}

impl Head {
    /// RFC 9112, 6.3.
    fn read_headers(&mut self, request: &Request<'_>, headers: &[Header<'_>]) -> Result<(), Failure> {
        self.is_kept &= !values(headers, "connection").any(|option| option == "close");
        let mut lengths: Vec<_> = values(headers, "content-length").collect();
        lengths.dedup();
        let codings: Vec<_> =
            values(headers, "transfer-encoding").filter(|coding| coding != "identity").collect();
        self.framing = match (&codings[..], &lengths[..]) {
            _ if matches!(self.status, 204 | 304) => Framing::Length(0),
            ([coding], lengths) if coding == "chunked" => {
                self.is_kept &= lengths.is_empty();
                Framing::Chunked(None)
            }
            ([], []) => Framing::UntilClose,
            ([], [length]) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                Framing::Length(length.parse().map_err(Failure::unreadable)?)
            }
            ([], _) => return Err(Failure::unreadable(format!("content-length: {}", lengths.join(", ")))),
            _ => return Err(Failure::unreadable(format!("transfer-encoding: {}", codings.join(", ")))),
        };
        // The status of a failure says enough, whether or not its body can be read.
        let is_unread = matches!(self.framing, Framing::Length(0)) || !matches!(self.status, 200..300);
        if is_unread || request.has_header("accept-encoding") {
            return Ok(());
        }
        match values(headers, "content-encoding").find(|coding| !matches!(coding.as_str(), "" | "identity")) {
            Some(coding) => {
                Err(Failure::unreadable(format!("the body is coded as {coding}, which was not asked for")))
            }
            None => Ok(()),
        }
    }
}

/// The elements of all lists of that name, in lower case.
fn values<'h>(headers: &'h [Header<'_>], name: &'h str) -> impl Iterator<Item = String> + 'h {
    let named = headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
    named.flat_map(|header| {
        let value = String::from_utf8_lossy(header.value).to_ascii_lowercase();
        value.split(',').map(|element| element.trim().to_owned()).collect::<Vec<_>>()
    })
}
