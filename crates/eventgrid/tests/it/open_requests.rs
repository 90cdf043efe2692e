//! Custom requests whose response is read in pieces.

#![cfg(feature = "std")]

use std::io::Read as _;
use std::time::Duration;

use crate::support::{
    Scripted, ScriptedError, Step, Still, cut, interrupted, ready, refused, response, response_with,
};
use eventgrid::{
    AccessKey, Client, Consumer, Credential, CredentialError, Error, NamespaceTopic, Publisher, RawRequest,
    RawResponse, Request, Subscription, TransportErrorKind, blocking,
};

/// What was seen of a response until its end: status, headers, and the pieces of its body.
type Seen = (u16, Option<&'static str>, Vec<(String, Vec<u8>)>, Vec<Vec<u8>>);

type Outcome<T> = Result<T, Error<'static, ScriptedError>>;

/// Reads a response by both clients, in pieces of up to `size` bytes, and returns what came of it
/// with the transport.
fn read(steps: &[Step], size: usize) -> (Outcome<Seen>, Scripted) {
    let request = RawRequest::new("GET", "/large");
    let run = |which: u8| {
        let (transport, environment) = (Scripted::new(steps.to_vec()), Still::default());
        let client = Client::new(&transport, &environment, AccessKey::new("c2VjcmV0"));
        let topic = NamespaceTopic::new("https://h", "t").unwrap();
        let subscription = Subscription::new("https://h", "t", "s").unwrap();
        let outcome = match which {
            0 => read_blocking(blocking::Publisher::new(client, topic).open_request(&request), size),
            1 => read_blocking(blocking::Consumer::new(client, subscription).open_request(&request), size),
            2 => ready(async {
                read_async(Publisher::new(client, topic).open_request(&request).await, size).await
            }),
            _ => ready(async {
                read_async(Consumer::new(client, subscription).open_request(&request).await, size).await
            }),
        };
        (outcome, transport)
    };
    let first = run(0);
    for which in 1..4 {
        let (outcome, transport) = run(which);
        assert_eq!(format!("{:?}", first.0), format!("{outcome:?}"));
        assert_eq!(first.1.seen(), transport.seen());
    }
    first
}

fn owned<'h>(headers: impl Iterator<Item = (&'h str, &'h [u8])>) -> Vec<(String, Vec<u8>)> {
    headers.map(|(name, value)| (name.to_owned(), value.to_vec())).collect()
}

type Body = crate::support::ScriptedBody;

fn read_blocking(opened: Outcome<blocking::OpenResponse<Body>>, size: usize) -> Outcome<Seen> {
    let mut response = opened?;
    let (mut pieces, mut room) = (Vec::new(), vec![0; size]);
    while let count @ 1.. = response.read(&mut room)? {
        pieces.push(room[..count].to_vec());
        assert_eq!(response.received(), pieces.concat().len() as u64);
    }
    Ok((response.status(), response.reason(), owned(response.headers()), pieces))
}

async fn read_async(opened: Outcome<eventgrid::OpenResponse<Body>>, size: usize) -> Outcome<Seen> {
    let mut response = opened?;
    let (mut pieces, mut room) = (Vec::new(), vec![0; size]);
    while let count @ 1.. = response.read(&mut room).await? {
        pieces.push(room[..count].to_vec());
        assert_eq!(response.received(), pieces.concat().len() as u64);
    }
    Ok((response.status(), response.reason(), owned(response.headers()), pieces))
}

fn consumer(steps: &[Step]) -> blocking::Consumer<Scripted, Still, AccessKey<'static>> {
    let client = Client::new(Scripted::new(steps.to_vec()), Still::default(), AccessKey::new("c2VjcmV0"));
    blocking::Consumer::new(client, Subscription::new("https://h", "t", "s").unwrap())
}

#[test]
fn the_body_comes_in_pieces_and_the_client_buffers_none_of_it() {
    let step = Step::Response { status: 404, headers: vec![("X-One", "1".into())], body: b"12345".to_vec() };
    let (seen, transport) = read(std::slice::from_ref(&step), 2);
    let headers = vec![("X-One".to_owned(), b"1".to_vec())];
    let pieces = [&b"12"[..], b"34", b"5"].map(<[u8]>::to_vec).to_vec();
    assert_eq!(seen.unwrap(), (404, Some("Not Found"), headers, pieces));
    assert!(transport.seen()[0].contains("\nauthorization: SharedAccessKey c2VjcmV0\n"));

    let consumer = consumer(&[step]);
    let response = consumer.open_request(&RawRequest::new("GET", "/")).unwrap();
    assert_eq!(response.header("x-one"), Some(&b"1"[..]));
    assert_eq!(*consumer.client().transport().read.lock().unwrap(), 0, "nobody has read of it");
}

#[test]
fn attempts_are_made_until_there_is_a_head_to_report() {
    let steps = [refused(), response_with(503, "x-try", "2"), response_with(200, "x-try", "3")];
    let (seen, transport) = read(&steps, 9);
    let (status, _, headers, _) = seen.unwrap();
    assert_eq!((status, headers), (200, vec![("x-try".to_owned(), b"3".to_vec())]));
    assert_eq!(transport.requests(), 3);
    // The last one is reported as it is.
    let (seen, transport) = read(&vec![response(503, "no"); 4], 9);
    assert_eq!(seen.unwrap().0, 503);
    assert_eq!(transport.requests(), 4);
    let (seen, _) = read(&[interrupted()], 9);
    assert!(matches!(seen, Err(Error::Transport { .. })), "it may have been acted on");
}

#[test]
fn of_an_attempt_that_is_repeated_only_a_little_is_read() {
    for (length, read_of_it) in [(100, 100), (1 << 20, 16 << 10)] {
        let (_, transport) = read(&[response(503, vec![b'x'; length]), response(200, "")], 9);
        let read = *transport.read.lock().unwrap();
        assert!((read_of_it..read_of_it + 512).contains(&read), "{read} of {length}");
    }
}

#[test]
fn a_body_that_breaks_off_fails_with_how_far_it_came() {
    for (kind, io_kind) in [
        (TransportErrorKind::Interrupted, std::io::ErrorKind::UnexpectedEof),
        (TransportErrorKind::Timeout, std::io::ErrorKind::TimedOut),
        (TransportErrorKind::Other, std::io::ErrorKind::Other),
    ] {
        let (seen, transport) = read(&[response(503, ""), cut("12345", kind)], 9);
        match seen.unwrap_err() {
            Error::Transport { error, replayed, progress } => {
                assert_eq!((error.kind, replayed, progress.received), (kind, false, 5));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(transport.requests(), 2, "what was read cannot be taken back");

        let consumer = consumer(&[cut("12345", kind)]);
        let mut response = consumer.open_request(&RawRequest::new("GET", "/")).unwrap();
        let mut body = Vec::new();
        let error = response.read_to_end(&mut body).unwrap_err();
        assert_eq!((error.kind(), &body[..]), (io_kind, &b"12345"[..]));
        let inner = error.into_inner().unwrap().downcast::<Error<'static, ScriptedError>>().unwrap();
        assert!(matches!(*inner, Error::Transport { .. }));
    }
}

/// A credential that is renewed once.
#[derive(Debug, Default)]
struct Renewed(std::cell::Cell<u32>);

impl Credential for Renewed {
    fn authorize(
        &self,
        request: &eventgrid::credential::CredentialRequest<'_>,
        headers: &mut eventgrid::credential::AuthorizationWriter<'_, '_>,
    ) -> Result<(), CredentialError> {
        let key = ["b2xk", "bmV3"][self.0.get() as usize];
        AccessKey::new(key).authorize(request, headers)
    }

    fn renew(&self, _: &Request<'_>) -> bool {
        self.0.set(1);
        true
    }
}

#[test]
fn after_a_401_the_credential_is_renewed_once() {
    let transport = Scripted::new([response(401, "who?"), response(401, "still?")]);
    let client = Client::new(&transport, Still::default(), Renewed::default());
    let publisher = blocking::Publisher::new(client, NamespaceTopic::new("https://h", "t").unwrap());
    let response = publisher.open_request(&RawRequest::new("GET", "/")).unwrap();
    assert_eq!(response.status(), 401);
    let keys = ["b2xk", "bmV3"].map(|key| format!("SharedAccessKey {key}"));
    assert!(transport.seen().iter().zip(&keys).all(|(request, key)| request.contains(key)));
    assert_eq!(*transport.read.lock().unwrap(), 4, "the first body alone");
}

#[test]
fn the_rest_can_be_read_whole_up_to_a_limit() {
    let whole = |limit| -> Outcome<RawResponse> {
        let consumer = consumer(&[response(200, "12345678")]);
        let mut opened = consumer.open_request(&RawRequest::new("GET", "/")).unwrap();
        assert_eq!(opened.read(&mut [0; 2]).unwrap(), 2);
        let blocking = opened.read_whole(limit);

        let transport = Scripted::new([response(200, "12345678")]);
        let client = Client::new(&transport, Still::default(), AccessKey::new("c2VjcmV0"));
        let publisher = Publisher::new(client, NamespaceTopic::new("https://h", "t").unwrap());
        let asynchronous = ready(async {
            let mut opened = publisher.open_request(&RawRequest::new("GET", "/")).await?;
            assert_eq!(opened.read(&mut [0; 2]).await?, 2);
            opened.read_whole(limit).await
        });
        assert_eq!(format!("{blocking:?}"), format!("{asynchronous:?}"));
        blocking
    };
    for limit in [6, 7, usize::MAX] {
        let response = whole(limit).unwrap();
        assert_eq!((response.status(), response.body()), (200, &b"345678"[..]));
    }
    for limit in [0, 5] {
        assert!(matches!(whole(limit), Err(Error::ResponseTooLarge)));
    }
}

#[test]
fn a_request_that_cannot_be_sent_is_refused_before() {
    let consumer = consumer(&[]);
    let outcome = consumer.open_request(&RawRequest::new("GET", "no slash"));
    assert!(matches!(outcome, Err(Error::Request(eventgrid::RequestError::Path))), "{outcome:?}");
    assert_eq!(consumer.client().transport().requests(), 0);
}

#[test]
fn a_body_counts_to_the_time_of_the_request() {
    let (transport, environment) = (Scripted::new([response(200, "")]), Still::default());
    let client = Client::new(&transport, &environment, AccessKey::new("c2VjcmV0"));
    let total = client.retry_policy().total;
    let publisher = blocking::Publisher::new(client, NamespaceTopic::new("https://h", "t").unwrap());
    let _ = publisher.open_request(&RawRequest::new("GET", "/").wait(Duration::from_secs(5))).unwrap();
    assert_eq!(*transport.total.lock().unwrap(), Some(total + Duration::from_secs(5)));
}

#[cfg(feature = "serde_json")]
mod json {
    use super::*;
    use eventgrid::JsonBodyError;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Page<'a> {
        name: &'a str,
        next: Option<u8>,
    }

    fn raw_response(body: &str) -> RawResponse {
        consumer(&[response(200, body)]).send_request(&RawRequest::new("GET", "/")).unwrap()
    }

    #[test]
    fn a_body_is_read_into_types_that_borrow_and_into_others() {
        let body = "\u{feff}{\"name\":\"a\",\"next\":2}";
        let response = raw_response(body);
        assert_eq!(response.json::<Page<'_>>().unwrap(), Page { name: "a", next: Some(2) });
        let owned: serde_json::Value = response.json().unwrap();
        drop(response);
        assert_eq!(owned["next"], 2);
    }

    #[test]
    fn an_error_says_where_and_shows_nothing_of_the_body() {
        for (body, expected) in [
            ("{\"hidden\":\n1}", JsonBodyError::Mismatch { line: 1, column: 9 }),
            ("{\"name\":\"a\",\n\"next\":\"hidden\"}", JsonBodyError::Mismatch { line: 2, column: 15 }),
            ("hidden", JsonBodyError::Syntax { line: 1, column: 1 }),
            ("{\"name\":\"hidden", JsonBodyError::Syntax { line: 1, column: 15 }),
            ("", JsonBodyError::Syntax { line: 1, column: 0 }),
        ] {
            let error = raw_response(body).json::<Page<'_>>().unwrap_err();
            assert_eq!(error, expected, "{body}");
            let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error).is_none());
            assert!(!shown.contains("hidden"), "{shown}");
        }
    }
}
