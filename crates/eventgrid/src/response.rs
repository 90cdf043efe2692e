//! The head of a response: what is kept of it.

use core::fmt;
use core::time::Duration;

use crate::http_date;
use crate::{Buf, BufFull};

/// The head of a response, filled in by a transport; it keeps what matters.
///
/// ```
/// use core::time::Duration;
/// use eventgrid::ResponseHead;
///
/// let mut head = ResponseHead::new();
/// head.begin(429);
/// head.header("Retry-After", b"3");
/// assert_eq!(head.status(), 429);
/// assert_eq!(head.retry_after(None), Some(Duration::from_secs(3)));
/// ```
#[derive(Default)]
pub struct ResponseHead<'s> {
    status: u16,
    truncated: bool,
    retry_after: Option<RetryAfter>,
    retry_after_is_exact: bool,
    /// Unix time in seconds.
    date: Option<u64>,
    request_id: RequestId,
    sink: Option<&'s mut HeaderSink<'s>>,
    overflow: Option<&'s mut (dyn Overflow + 's)>,
}

/// Makes the best of a success that does not fit into its buffer.
pub(crate) trait Overflow: Send {
    /// Takes the next piece of the body.
    ///
    /// # Errors
    /// [`BufFull`] if nothing is to be gained from the rest of it.
    fn take(&mut self, body: &mut Buf<'_>, piece: &[u8]) -> Result<(), BufFull>;

    /// Says whether the body did not fit, as it knows or is told, and leaves in the buffer what was made of it then.
    fn finish(&mut self, is_too_large: bool, body: &mut Buf<'_>) -> bool;
}

/// Sees every header of a response, by name and value.
pub type HeaderSink<'s> = dyn FnMut(&str, &[u8]) + Send + 's;

#[derive(Clone, Copy)]
enum RetryAfter {
    Delay(Duration),
    /// Unix time in seconds.
    Date(u64),
}

impl<'s> ResponseHead<'s> {
    /// An empty head, to be filled in by a transport.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty head that shows every header it is given to `sink`.
    pub fn with_sink(sink: &'s mut HeaderSink<'s>) -> Self {
        Self { sink: Some(sink), ..Self::default() }
    }

    /// Leaves the body of a success to `overflow` from where it does not fit.
    pub(crate) fn set_overflow(&mut self, overflow: &'s mut (dyn Overflow + 's)) {
        self.overflow = Some(overflow);
    }

    /// The same head, which shows no more headers and takes no more of a body.
    pub(crate) fn without_sink(self) -> ResponseHead<'static> {
        ResponseHead {
            status: self.status,
            truncated: self.truncated,
            retry_after: self.retry_after,
            retry_after_is_exact: self.retry_after_is_exact,
            date: self.date,
            request_id: self.request_id,
            sink: None,
            overflow: None,
        }
    }

    /// Starts the head of an answer: forgets all it has and takes the status. Called by transports.
    pub fn begin(&mut self, status: u16) {
        let (sink, overflow) = (self.sink.take(), self.overflow.take());
        *self = Self { status, sink, overflow, ..Self::default() };
    }

    /// Takes one header. Called by transports, for every header, after [`begin`](Self::begin).
    pub fn header(&mut self, name: &str, value: &[u8]) {
        if let Some(sink) = &mut self.sink {
            sink(name, value);
        }
        let Ok(value) = core::str::from_utf8(value.trim_ascii()) else { return };
        if name.eq_ignore_ascii_case("retry-after") {
            // The millisecond spellings are the more exact ones, wherever they stand.
            if !self.retry_after_is_exact {
                let date = || http_date::parse(value).map(RetryAfter::Date);
                self.retry_after = seconds(value).map(RetryAfter::Delay).or_else(date).or(self.retry_after);
            }
        } else if name.eq_ignore_ascii_case("retry-after-ms")
            || name.eq_ignore_ascii_case("x-ms-retry-after-ms")
        {
            if let Some(delay) = seconds(value) {
                self.retry_after = Some(RetryAfter::Delay(delay / 1000));
                self.retry_after_is_exact = true;
            }
        } else if name.eq_ignore_ascii_case("date") {
            self.date = http_date::parse(value);
        } else if name.eq_ignore_ascii_case("x-ms-request-id") {
            self.request_id = RequestId::new(value);
        }
    }

    /// Appends a piece of the body. Called by transports, after all headers.
    ///
    /// Of an answer that is no success, what does not fit is left out, and the head is marked
    /// [`truncated`](Self::truncated): a transport may stop reading then.
    ///
    /// Of a batch of events that does not fit, the client takes what is in the buffer out of it but for the lock tokens: so there may be
    /// room again, and all that is to come can be appended.
    ///
    /// # Errors
    /// [`BufFull`] if the body of a success does not fit. The transport reads no more of it, and reports
    /// [`TransportErrorKind::TooLarge`](crate::TransportErrorKind::TooLarge).
    pub fn append(&mut self, body: &mut Buf<'_>, piece: &[u8]) -> Result<(), BufFull> {
        if body.extend(piece).is_ok() {
            return Ok(());
        }
        if self.is_success() {
            if let Some(overflow) = &mut self.overflow {
                return overflow.take(body, piece);
            }
        }
        let room = body.limit().saturating_sub(body.len()).min(piece.len());
        body.extend(piece.get(..room).unwrap_or_default())?;
        if self.is_success() {
            return Err(BufFull);
        }
        self.truncated = true;
        Ok(())
    }

    /// The HTTP status, or 0 before a transport has set it.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is a 2xx.
    pub fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }

    /// Whether the body was cut because it did not fit; it never is for a 2xx.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// How long the service asks to wait before the next try: `retry-after-ms`, `x-ms-retry-after-ms`, or `Retry-After`
    /// as seconds or as a date.
    ///
    /// A date is measured against the answer's own `Date`, or else against `unix_time` if that is known. A value that
    /// is negative or in the past is no delay at all; one that cannot be read is as if it were absent.
    pub fn retry_after(&self, unix_time: Option<Duration>) -> Option<Duration> {
        match self.retry_after? {
            RetryAfter::Delay(delay) => Some(delay),
            RetryAfter::Date(date) => {
                let now = self.date.or(unix_time.map(|time| time.as_secs()))?;
                Some(Duration::from_secs(date.saturating_sub(now)))
            }
        }
    }

    /// When the service sent the answer (`Date`), as the time since 1970-01-01T00:00:00Z: a device can set its clock by it.
    pub fn date(&self) -> Option<Duration> {
        self.date.map(Duration::from_secs)
    }

    /// The service's own id of the request (`x-ms-request-id`), if it sent one: basic topics do, namespaces do not.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_str()
    }

    pub(crate) fn raw_request_id(&self) -> RequestId {
        self.request_id
    }
}

impl fmt::Debug for ResponseHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHead")
            .field("status", &self.status)
            .field("truncated", &self.truncated)
            .field("retry_after", &self.retry_after(None))
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

/// A number of seconds: `"3"`, `"0.5"`, `"-1"`; saturating. By hand, since reading a float costs a device 14 kB of flash.
fn seconds(value: &str) -> Option<Duration> {
    let (is_negative, digits) = match value.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if !digits.first()?.is_ascii_digit() || !digits.last()?.is_ascii_digit() {
        return None;
    }
    let (mut seconds, mut nanoseconds) = (0_u64, 0);
    // What the next digit behind the point counts, in nanoseconds; none in front of it.
    let mut unit = None;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        match unit {
            None if byte == b'.' => unit = Some(100_000_000_u64),
            _ if digit > 9 => return None,
            None => seconds = seconds.saturating_mul(10).saturating_add(digit.into()),
            Some(counts) => {
                nanoseconds += u64::from(digit) * counts;
                unit = Some(counts / 10);
            }
        }
    }
    let positive = Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanoseconds));
    Some(if is_negative { Duration::ZERO } else { positive })
}

/// A request id, kept without a heap; a longer one than any service sends is left out.
#[derive(Clone, Copy)]
pub(crate) struct RequestId {
    bytes: [u8; 48],
    len: u8,
}

impl Default for RequestId {
    fn default() -> Self {
        Self { bytes: [0; 48], len: 0 }
    }
}

impl RequestId {
    fn new(value: &str) -> Self {
        let mut id = Self::default();
        let printable = value.bytes().all(|b| b.is_ascii_graphic());
        if let (true, Some(bytes), Ok(len)) =
            (printable, id.bytes.get_mut(..value.len()), u8::try_from(value.len()))
        {
            bytes.copy_from_slice(value.as_bytes());
            id.len = len;
        }
        id
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        let bytes = self.bytes.get(..usize::from(self.len))?;
        core::str::from_utf8(bytes).ok().filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Headers = &'static [(&'static str, &'static str)];

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    fn retry_after(headers: &[(&str, &str)], unix_time: Option<u64>) -> Option<Duration> {
        let mut head = ResponseHead::new();
        head.begin(503);
        for (name, value) in headers {
            head.header(name, value.as_bytes());
        }
        head.retry_after(unix_time.map(Duration::from_secs))
    }

    #[test]
    fn every_spelling_of_retry_after() {
        let s = Duration::from_secs;
        let ms = Duration::from_millis;
        let cases: &[(Headers, Option<u64>, Option<Duration>)] = &[
            (&[], None, None),
            (&[("retry-after", "3")], None, Some(s(3))),
            (&[("Retry-After", " 2.5 ")], None, Some(ms(2500))),
            (&[("retry-after", "-3")], None, Some(s(0))),
            (&[("retry-after", "99999999999999999999999999")], None, Some(s(u64::MAX))),
            (&[("retry-after", "0.1234567891")], None, Some(Duration::from_nanos(123_456_789))),
            (&[("retry-after", "-")], None, None),
            (&[("retry-after", "1.")], None, None),
            (&[("retry-after", ".5")], None, None),
            (&[("retry-after", "+1")], None, None),
            (&[("retry-after", "1e3")], None, None),
            (&[("retry-after", "soon")], None, None),
            (&[("retry-after", "nan")], None, None),
            (&[("retry-after", "3"), ("retry-after", "soon")], None, Some(s(3))),
            (&[("retry-after", "inf")], None, None),
            (&[("retry-after-ms", "250")], None, Some(ms(250))),
            (&[("x-ms-retry-after-ms", "250"), ("retry-after", "1")], None, Some(ms(250))),
            (&[("retry-after", "1"), ("retry-after-ms", "250")], None, Some(ms(250))),
            (&[("retry-after", "1"), ("retry-after-ms", "x")], None, Some(s(1))),
            (&[("retry-after", DATE)], None, None),
            (&[("retry-after", DATE)], Some(784_111_770), Some(s(7))),
            (&[("retry-after", DATE)], Some(784_111_780), Some(s(0))),
            (&[("retry-after", DATE), ("date", "Sun, 06 Nov 1994 08:49:30 GMT")], Some(1), Some(s(7))),
        ];
        for (headers, unix_time, expected) in cases {
            assert_eq!(retry_after(headers, *unix_time), *expected, "{headers:?}");
        }
    }

    #[test]
    fn the_date_of_the_answer_is_known() {
        let mut head = ResponseHead::new();
        head.begin(401);
        assert_eq!(head.date(), None);
        head.header("Date", DATE.as_bytes());
        assert_eq!(head.date(), Some(Duration::from_secs(784_111_777)));
        head.begin(200);
        assert_eq!(head.date(), None);
    }

    #[test]
    fn beginning_again_forgets_the_last_answer_but_not_the_sink() {
        let mut seen = 0;
        let mut sink = |_: &str, _: &[u8]| seen += 1;
        let mut head = ResponseHead::with_sink(&mut sink);
        head.begin(503);
        head.header("retry-after", b"1");
        head.header("x-ms-request-id", b"abc");
        assert_eq!(head.request_id(), Some("abc"));
        head.begin(200);
        head.header("x-other", b"\xff");
        assert_eq!((head.status(), head.retry_after(None), head.request_id()), (200, None, None));
        assert_eq!(seen, 3);
    }

    #[test]
    fn an_error_page_is_cut_and_a_success_is_not() {
        let mut storage = [0; 4];
        let mut body = Buf::new(&mut storage);
        let mut head = ResponseHead::new();
        head.begin(502);
        head.append(&mut body, b"abc").unwrap();
        assert!(!head.truncated());
        head.append(&mut body, b"def").unwrap();
        assert!(head.truncated());
        assert_eq!(body.filled(), b"abcd");

        body.clear();
        head.begin(200);
        assert_eq!(head.append(&mut body, b"abcdef"), Err(BufFull));
        assert_eq!(body.filled(), b"abcd", "what fits is there, to save lock tokens from");
    }

    #[test]
    fn a_request_id_that_is_too_long_or_not_printable_is_left_out() {
        let mut head = ResponseHead::new();
        head.begin(200);
        head.header("x-ms-request-id", &[b'a'; 49]);
        assert_eq!(head.request_id(), None);
        head.header("x-ms-request-id", b"a\x1bb");
        assert_eq!(head.request_id(), None);
    }
}
