//! The head of a request, as HTTP/1.1 writes it.

use crate::buffer::{Buf, BufFull};
use crate::request::Request;

/// Appends the head of `request` to `out`: the request line, `Host`, `Content-Length`,
/// `Accept-Encoding: identity` unless the request has an `Accept-Encoding` itself, the headers of
/// the request unchanged with those of the credential last, and an empty line.
///
/// Write into a [counting](Buf::counting) buffer to learn how long the head is.
///
/// # Errors
/// [`BufFull`] if it does not fit. A part of it may have been appended.
pub fn write_head(request: &Request<'_>, out: &mut Buf<'_>) -> Result<(), BufFull> {
    let mut digits = [0; 20];
    let coding = if request.has_header(CODING) { "\r\n" } else { "\r\nAccept-Encoding: identity\r\n" };
    let parts: [&[u8]; 11] = [
        request.method().as_bytes(),
        b" ",
        request.path_and_query().as_bytes(),
        b" HTTP/1.1\r\nHost: ",
        request.authority().as_bytes(),
        b"\r\nContent-Length: ",
        decimal(request.body().len(), &mut digits),
        coding.as_bytes(),
        request.header_lines().as_bytes(),
        request.credential_lines().as_bytes(),
        b"\r\n",
    ];
    parts.into_iter().try_for_each(|part| out.extend(part))
}

/// The header by which a request says itself which content coding the response may have.
pub(super) const CODING: &str = "accept-encoding";

/// The decimal digits of a number. They are made by hand because `core::fmt` takes much flash on a
/// device.
fn decimal(mut number: usize, digits: &mut [u8; 20]) -> &[u8] {
    let mut first = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        first -= 1;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.get(first..).unwrap_or_default()
}
