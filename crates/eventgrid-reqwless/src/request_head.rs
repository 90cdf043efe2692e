//! The head of a request, as bytes.

use core::task::Poll;

use embassy_futures::poll_once;
use eventgrid::Request;
use eventgrid::TransportErrorKind::Other;
use reqwless::request::{Method, RequestBuilder};

use crate::Error;

/// How many headers a request may have.
const MAX_HEADERS: usize = 64;

/// Writes the head of the request into `buffer`, and says how long it is.
///
/// Kept out of the futures: the table of headers is needed for a moment only.
#[inline(never)]
pub(crate) fn write(request: &Request<'_>, buffer: &mut [u8]) -> Result<usize, Error> {
    let method = match request.method() {
        "POST" => Method::POST,
        "GET" => Method::GET,
        "PUT" => Method::PUT,
        "DELETE" => Method::DELETE,
        _ => return Err(Error::unsent(Other, "this method is not supported")),
    };
    let mut headers = [("", ""); MAX_HEADERS];
    let mut count = 0;
    for header in request.headers() {
        let Some(place) = headers.get_mut(count) else {
            return Err(Error::unsent(Other, "the request has more than 64 headers"));
        };
        *place = (header.name(), header.value());
        count += 1;
    }
    let head = reqwless::request::Request::new(method, request.path_and_query())
        .host(request.authority())
        // It sends no length without a body, and 0 for an empty one.
        .body(request.body())
        .headers(headers.get(..count).unwrap_or_default())
        .build();
    let room = buffer.len();
    let mut rest = buffer;
    // A slice never keeps anybody waiting.
    match poll_once(head.write_header(&mut rest)) {
        Poll::Ready(Ok(())) => Ok(room - rest.len()),
        _ => Err(Error::unsent(Other, "the head of the request does not fit into the buffer of its slot")),
    }
}
