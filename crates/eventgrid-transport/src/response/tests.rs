//! What a response keeps of a head, and of bodies that fit and that do not.

use std::string::String;
use std::vec::Vec;

use super::*;

type Headers = &'static [(&'static str, &'static str)];

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn head(status: u16, headers: &[(&str, &[u8])]) -> ResponseHead {
    let mut response = Response::new(Buf::new(&mut []));
    response.begin(status);
    for (name, value) in headers {
        response.header(name, value);
    }
    response.finish().head
}

fn retry_after(headers: &[(&str, &str)], unix_time: Option<u64>) -> Option<Duration> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    head(503, &headers).retry_after(unix_time.map(Duration::from_secs))
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
        (&[("retry-after", "\t3\t ")], None, Some(s(3))),
        (&[("retry-after", "3\r")], None, None),
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
fn the_date_of_the_response_is_known() {
    assert_eq!(head(401, &[]).date(), None);
    let date = head(401, &[("Date", DATE.as_bytes())]).date();
    assert_eq!(date, Some(Duration::from_secs(784_111_777)));
}

#[test]
fn a_request_id_that_is_too_long_or_not_printable_is_left_out() {
    let request_id =
        |value: &[u8]| head(200, &[("x-ms-request-id", value)]).request_id().as_str().map(String::from);
    assert_eq!(request_id(b"abc").as_deref(), Some("abc"));
    assert_eq!(request_id(&[b'a'; 48]).map(|id| id.len()), Some(48));
    assert_eq!(request_id(&[b'a'; 49]), None);
    assert_eq!(request_id(b"a\x1bb"), None);
}

#[test]
fn beginning_again_forgets_the_last_response_but_not_the_sink() {
    let mut seen = 0;
    let mut sink = |_: &str, _: &[u8]| seen += 1;
    let mut storage = [0; 4];
    let mut response = Response::new(Buf::new(&mut storage)).with_headers(&mut sink);
    response.begin(503);
    response.header("retry-after", b"1");
    response.header("x-ms-request-id", b"abc");
    response.write(b"busy!");
    assert_eq!((response.head().request_id().as_str(), response.is_full()), (Some("abc"), true));
    response.begin(200);
    response.header("x-other", b"\xff");
    assert!(!response.is_full());
    let ReceivedResponse { head, len, .. } = response.finish();
    assert_eq!(
        (head.status(), head.retry_after(None), head.request_id().as_str(), len),
        (200, None, None, 0)
    );
    assert_eq!(seen, 3);
}

/// How a transport hands a body over.
type HandOver = fn(&mut Response<'_>, &[u8]);

/// Both ways, in pieces of that size.
const WAYS: [HandOver; 2] = [
    |response, piece| response.write(piece),
    |response, mut piece| {
        while !piece.is_empty() && !response.is_full() {
            let room = response.room(1);
            assert!(!room.is_empty(), "room is empty exactly if the response is full");
            let read = room.len().min(piece.len());
            room[..read].copy_from_slice(&piece[..read]);
            response.advance(read);
            piece = &piece[read..];
        }
    },
];

#[test]
fn what_fits_is_there_and_the_first_byte_beyond_makes_it_full() {
    for hand_over in WAYS {
        for (status, body, expected) in
            [(200, "abcd", "abcd"), (200, "abcdef", "abcd"), (502, "ab", "ab"), (502, "abcde", "abcd")]
        {
            let mut storage = [0; 4];
            let mut response = Response::new(Buf::new(&mut storage));
            response.begin(status);
            for piece in body.as_bytes().chunks(3) {
                hand_over(&mut response, piece);
            }
            assert_eq!(response.body(), expected.as_bytes());
            assert_eq!(response.is_full(), body.len() > 4, "{body}");
            assert_eq!(response.room(1).is_empty(), response.is_full());
        }
    }
}

/// Keeps the last byte of what is there.
struct KeepLast {
    calls: usize,
}

impl Overflow for KeepLast {
    fn make_room(&mut self, body: &mut Buf<'_>) -> bool {
        self.calls += 1;
        let last = *body.filled().last().unwrap();
        body.clear();
        body.extend(&[last]).is_ok()
    }
}

#[test]
fn an_overflow_makes_room_for_a_success_only_and_only_when_more_came() {
    for hand_over in WAYS {
        for (status, body, expected, calls) in
            [(200, "abcd", "abcd", 0), (200, "abcdefghi", "ghi", 2), (500, "abcdefghi", "abcd", 0)]
        {
            let mut overflow = KeepLast { calls: 0 };
            let mut storage = [0; 4];
            let mut response = Response::new(Buf::new(&mut storage)).with_overflow(&mut overflow);
            response.begin(status);
            for piece in body.as_bytes().chunks(1) {
                hand_over(&mut response, piece);
            }
            assert_eq!(response.body(), expected.as_bytes());
            assert_eq!(response.is_full(), status == 500);
            assert_eq!(overflow.calls, calls);
        }
    }
}

#[test]
fn an_overflow_that_makes_no_room_ends_it() {
    struct Idle;
    impl Overflow for Idle {
        fn make_room(&mut self, _: &mut Buf<'_>) -> bool {
            true
        }
    }
    let (mut overflow, mut storage) = (Idle, [0; 4]);
    let mut response = Response::new(Buf::new(&mut storage)).with_overflow(&mut overflow);
    response.begin(200);
    response.write(b"abcdef");
    assert!(response.is_full());
}
