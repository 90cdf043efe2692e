//! The client's side of HTTP/1.1, for transports that manage their connections themselves: how a
//! request is written, and where the head and the body of a response end.
//!
//! There is no I/O, no clock and no allocation here: a transport reads bytes and passes them in.
//! The transport also chooses the connection, and takes care of time limits and TLS.
//!
//! A transport writes the head of a request with [`write_head`], then the body. After that it reads
//! into [`HeadReader::room`] until [`HeadReader::read`] returns a [`Head`]. It passes the bytes
//! that follow to [`Body`], which says which of them are data and where the body ends.
//!
//! ```
//! use std::io::{self, Read, Write};
//!
//! use eventgrid_transport::http1::{Body, HeadReader, write_head};
//! use eventgrid_transport::{Buf, Request, Response};
//!
//! fn exchange(
//!     connection: &mut (impl Read + Write),
//!     request: &Request<'_>,
//!     response: &mut Response<'_>,
//! ) -> io::Result<bool> {
//!     let mut storage = [0; 16 << 10];
//!     let mut head = Buf::new(&mut storage);
//!     write_head(request, &mut head).map_err(io::Error::other)?;
//!     connection.write_all(head.filled())?;
//!     connection.write_all(request.body())?;
//!
//!     let mut reader = HeadReader::new(request, &mut storage);
//!     let head = loop {
//!         let read = connection.read(reader.room())?;
//!         if let Some(head) = reader.read(read, response).map_err(io::Error::other)? {
//!             break head;
//!         }
//!     };
//!     let mut body = Body::new(head.framing);
//!     let (buffer, mut received) = reader.into_rest();
//!     while !body.is_done() && !response.is_full() {
//!         let mut rest = &buffer[received.clone()];
//!         let data = body.next(&mut rest).map_err(io::Error::other)?;
//!         response.write(data);
//!         received.start = received.end - rest.len();
//!         if !rest.is_empty() || body.is_done() {
//!             continue;
//!         }
//!         let read = if body.wanted() > 0 {
//!             // Data, which goes where it belongs at once.
//!             let room = response.room(usize::try_from(body.wanted()).unwrap_or(usize::MAX).min(64 << 10));
//!             let end = usize::try_from(body.wanted()).unwrap_or(usize::MAX).min(room.len());
//!             let read = connection.read(&mut room[..end])?;
//!             response.advance(read);
//!             body.advance(read);
//!             read
//!         } else {
//!             let read = connection.read(buffer)?;
//!             received = 0..read;
//!             read
//!         };
//!         if read == 0 {
//!             body.end().map_err(io::Error::other)?;
//!             break;
//!         }
//!     }
//!     Ok(head.keeps_connection && body.is_done() && received.is_empty())
//! }
//! # struct Server(&'static [u8]);
//! # impl Read for Server { fn read(&mut self, to: &mut [u8]) -> io::Result<usize> { self.0.read(to) } }
//! # impl Write for Server {
//! #     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> { Ok(bytes.len()) }
//! #     fn flush(&mut self) -> io::Result<()> { Ok(()) }
//! # }
//! # let mut server = Server(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
//! # let (request, mut room) = (Request::new("POST", "http://a.example/"), [0; 9]);
//! # let mut response = Response::new(Buf::new(&mut room));
//! # assert!(exchange(&mut server, &request, &mut response)?);
//! # assert_eq!(response.body(), b"{}");
//! # io::Result::Ok(())
//! ```
//!
//! # What is read, repaired and refused
//!
//! | what a server sends | what is done with it (RFC 9112) |
//! |---|---|
//! | 1xx responses, empty lines before a head | passed over |
//! | lines of a head that end with LF alone | read (2.2) |
//! | folded lines | the fold becomes spaces (5.2) |
//! | white space before the colon of a header, or before the first header | refused (5.1, 2.2) |
//! | a control character in a head, CR alone included | refused (2.2; RFC 9110, 5.5) |
//! | `Transfer-Encoding` in any case, `identity` | read; `identity` changes nothing |
//! | another transfer coding, or `chunked` twice | refused; the error names it |
//! | `chunked` in HTTP/1.0 | refused (6.1) |
//! | `chunked` beside a length | `chunked` wins, and the connection is closed (6.3) |
//! | several equal lengths, in a list or in separate lines | read as one (6.3) |
//! | lengths that differ, or are not numbers | refused (6.3) |
//! | a length, or a coding, where there is no body: 204, 304, the response to `HEAD` | passed over (6.3) |
//! | no length | the body ends with the connection (6.3) |
//! | `Content-Encoding` other than `identity` in a success, unless the request asks for one | refused; the error names it |
//! | the same with any other status | passed over; the body stays encoded |
//! | extensions and trailers of chunks | passed over, up to 16 KiB in all |
//! | lines of chunks that have no size or do not end with CRLF | refused (7.1) |

mod body;
mod coding;
mod error;
mod fields;
mod head;
mod lines;
mod request;

pub use body::{Body, Framing};
pub use coding::Coding;
pub use error::HttpError;
pub use head::{Head, HeadReader};
pub use request::write_head;

#[cfg(test)]
mod tests;
