//! The head of a request, as bytes.

use core::fmt::{self, Write};

use eventgrid::TransportErrorKind::Other;
use eventgrid::{Buf, Request};

use crate::Error;

/// Writes the head of the request into `buffer`, and says how long it is.
pub(crate) fn write(request: &Request<'_>, buffer: &mut [u8]) -> Result<usize, Error> {
    // The answers to others, such as HEAD, have no body where their head says that they have.
    if !matches!(request.method(), "POST" | "GET" | "PUT" | "DELETE") {
        return Err(Error::unsent(Other, "this method is not supported"));
    }
    let mut head = Buf::new(buffer);
    match append(request, &mut head) {
        Ok(()) => Ok(head.len()),
        Err(fmt::Error) => {
            Err(Error::unsent(Other, "the head of the request does not fit into the buffer of its slot"))
        }
    }
}

fn append(request: &Request<'_>, head: &mut Buf<'_>) -> fmt::Result {
    write!(head, "{} {} HTTP/1.1\r\n", request.method(), request.path_and_query())?;
    // An empty body has a length, too.
    write!(head, "Host: {}\r\nContent-Length: {}\r\n", request.authority(), request.body().len())?;
    for header in request.headers() {
        write!(head, "{}: {}\r\n", header.name(), header.value())?;
    }
    head.write_str("\r\n")
}
