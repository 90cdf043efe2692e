//! Batches that do not fit into their buffer, and what is known of their events all the same.

#![cfg(feature = "std")]

use crate::json_documents::{document, mutation, string};
use crate::support::{Scripted, ScriptedError, Step, Still, response};
use eventgrid::blocking::Consumer;
use eventgrid::event::MalformedEvent;
use eventgrid::{
    AccessKey, Batch, Buf, Client, Error, LockTokens, ReceiveOptions, ReleaseDelay, Request, Response,
    SettleAction, Subscription, Transport, TransportErrorKind,
};
use proptest::prelude::*;

const ENDPOINT: &str = "https://ns.example";

/// Responds with a body in pieces.
struct InPieces<'a> {
    pieces: Vec<&'a [u8]>,
    /// Whether the connection breaks in the end.
    breaks_off: bool,
}

impl<'a> InPieces<'a> {
    /// Pieces of so many bytes.
    fn of(size: usize, body: &'a [u8]) -> Self {
        Self { pieces: body.chunks(size).collect(), breaks_off: false }
    }
}

impl Transport for InPieces<'_> {
    type Error = ScriptedError;

    fn send(&self, _: &Request<'_>, response: &mut Response<'_>) -> Result<(), ScriptedError> {
        response.begin(200);
        for piece in &self.pieces {
            response.write(piece);
            if response.is_full() {
                return Ok(());
            }
        }
        let interrupted = ScriptedError { kind: TransportErrorKind::Interrupted, may_have_been_sent: true };
        if self.breaks_off { Err(interrupted) } else { Ok(()) }
    }
}

fn consumer<T: Transport>(transport: T) -> Consumer<T, Still, AccessKey<'static>> {
    let subscription = Subscription::new(ENDPOINT, "t", "s").unwrap();
    Consumer::new(Client::new(transport, Still::default(), AccessKey::new("c2VjcmV0")), subscription)
}

/// The lock tokens and delivery counts of a batch that came into a buffer of so many bytes; whether
/// it fitted, too.
fn received(transport: InPieces<'_>, limit: usize) -> (bool, Vec<(String, u32)>) {
    let (mut tx, mut rx) = ([0; 512], vec![0; limit]);
    let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
    match consumer(transport).receive_in(ReceiveOptions::new(), &mut tx, &mut rx) {
        Ok(batch) => (true, deliveries(&batch)),
        Err(Error::BatchTooLarge(batch)) => {
            assert!(batch.iter().all(|received| matches!(received.event(), Err(MalformedEvent::NoEvent))));
            (false, deliveries(&batch))
        }
        Err(error) => panic!("{error:?}"),
    }
}

fn deliveries(batch: &Batch<'_>) -> Vec<(String, u32)> {
    batch.iter().map(|received| (received.lock_token().to_string(), received.delivery_count())).collect()
}

fn deliveries_of(body: &str) -> Vec<(String, u32)> {
    deliveries(&Batch::parse(body.as_bytes()).unwrap())
}

/// A batch as the service writes it, with whatever may mislead who looks for tokens.
const BATCH: &str = r#"{"value":[
    {"brokerProperties":{"lockToken":"a\/\"1","deliveryCount":1},
     "event":{"id":"1","data":{"value":[{"brokerProperties":{"lockToken":"no","deliveryCount":7}}]}}},
    {"brokerProperties":{"deliveryCount":2,"lockToken":"b2","x":{"lockToken":"no","y":["}","\\"]}},
     "event":{"id":"2","data":"}]},{\"brokerProperties\":{\"lockToken\":\"no\"}}\\"}},
    {"event":{"brokerProperties":{"lockToken":"no"},"data":[[[[{"é":"ü"}]]]]},
     "broker\u0050roperties":{"lockToken":"c3","deliveryCount":3}}],
    "value2":[{"brokerProperties":{"lockToken":"no"}}]}"#;

/// The longest thing that must be in the buffer at once, and what comes before and behind it.
const ENOUGH: usize = 250;

fn tokens_of_batch() -> Vec<(String, u32)> {
    [(r#"a/"1"#, 1), ("b2", 2), ("c3", 3)].map(|(token, count)| (token.to_owned(), count)).into()
}

#[test]
fn every_token_of_a_batch_is_kept_wherever_it_is_split() {
    for limit in ENOUGH..BATCH.len() + 2 {
        for size in [1, 2, 7, 64, limit - 1, limit, limit + 1, BATCH.len()] {
            let (fits, found) = received(InPieces::of(size, BATCH.as_bytes()), limit);
            assert_eq!(fits, limit >= BATCH.len());
            assert_eq!(found, tokens_of_batch(), "{limit} bytes of room, pieces of {size}");
        }
    }
    for split in 0..=BATCH.len() {
        let (first, second) = BATCH.as_bytes().split_at(split);
        let two = InPieces { pieces: vec![first, second], ..InPieces::of(1, b"") };
        assert_eq!(received(two, ENOUGH), (false, tokens_of_batch()), "split at {split}");
    }
}

#[test]
fn as_many_tokens_are_kept_as_there_is_room_for() {
    let all = tokens_of_batch();
    let mut most = 0;
    for limit in 0..ENOUGH {
        let (_, found) = received(InPieces::of(5, BATCH.as_bytes()), limit);
        assert!(all.starts_with(&found), "{limit} bytes of room: {found:?}");
        assert!(found.len() >= most, "more room, fewer tokens");
        most = found.len();
    }
    assert_eq!(most, all.len());
}

#[test]
fn an_event_of_a_megabyte_streams_by() {
    let data = "x".repeat(1 << 20);
    let nested = ["[".repeat(1 << 16), "]".repeat(1 << 16)].concat();
    let body = format!(
        r#"{{"value":[{{"brokerProperties":{{"lockToken":"a","deliveryCount":1}},"event":{{"data":"{data}","x":{nested}}}}},
            {{"brokerProperties":{{"lockToken":"b","deliveryCount":9}},"event":{{}}}}]}}"#
    );
    let expected = (false, vec![("a".to_owned(), 1), ("b".to_owned(), 9)]);
    assert_eq!(received(InPieces::of(1000, body.as_bytes()), 200), expected);
}

#[test]
fn tokens_outlast_a_connection_that_breaks_off_later_and_nothing_is_asked_for_again() {
    for limit in ENOUGH..BATCH.len() - 1 {
        let broken = InPieces { breaks_off: true, ..InPieces::of(9, &BATCH.as_bytes()[..=limit]) };
        let (mut tx, mut rx) = ([0; 512], vec![0; limit]);
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        let consumer = consumer(broken);
        let received = consumer.receive_in(ReceiveOptions::new(), &mut tx, &mut rx);
        let Err(error @ Error::BatchTooLarge(_)) = &received else { panic!("{received:?}") };
        assert!(!error.is_retryable() && error.is_too_large() && error.may_have_been_acted_on());
        let Err(Error::BatchTooLarge(batch)) = received else { unreachable!() };
        assert!(tokens_of_batch().starts_with(&deliveries(&batch)) && !batch.is_empty());
        assert!(consumer.client().environment().slept().is_empty());
    }
}

#[test]
fn a_buffer_that_just_holds_what_is_kept_keeps_it() {
    let kept = r#"{"value":[{"brokerProperties":{"lockToken":"a","deliveryCount":7}"#;
    let body = [kept, r#","event":{"data":"#, &"1".repeat(100), "}}]}"].concat();
    let limit = kept.len() + "}]}".len();
    assert_eq!(received(InPieces::of(1, body.as_bytes()), limit), (false, vec![("a".to_owned(), 7)]));
    assert_eq!(received(InPieces::of(1, body.as_bytes()), limit - 1), (false, Vec::new()));
}

#[test]
fn what_holds_no_token_is_an_empty_batch() {
    for body in [&[b'x'; 100][..], &[b'"'; 100], &[b'{'; 100], &[0xff; 100], &[b' '; 100]] {
        for limit in [0, 1, 2, 12, 99] {
            assert_eq!(received(InPieces::of(3, body), limit), (false, Vec::new()));
        }
    }
}

#[test]
fn the_way_from_too_large_to_one_that_never_fits_ends() {
    let delivery = |token: &str, count: u32, data: usize| {
        let data = "x".repeat(data);
        format!(
            r#"{{"brokerProperties":{{"lockToken":"{token}","deliveryCount":{count}}},"event":{{"specversion":"1.0","id":"{token}","source":"s","type":"t","data":"{data}"}}}}"#
        )
    };
    let batch = |deliveries: &[String]| response(200, format!(r#"{{"value":[{}]}}"#, deliveries.join(",")));
    let settled = || response(200, "{}");
    let steps: [Step; 8] = [
        batch(&[delivery(r"la\/rge", 1, 900), delivery("b", 1, 100), delivery("c", 1, 100)]),
        settled(),
        batch(&[delivery(r"la\/rge", 2, 900)]),
        settled(),
        batch(&[delivery("b", 2, 100), delivery("c", 2, 100)]),
        settled(),
        batch(&[]),
        settled(),
    ];
    let transport = Scripted::new(steps);
    let consumer = consumer(&transport);
    let (mut tx, mut rx, mut response) = ([0; 512], [0; 600], [0; 16]);
    let (mut max_events, mut handled) = (3, Vec::new());
    loop {
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        let options = ReceiveOptions::new().max_events(max_events);
        let (batch, action) = match consumer.receive_in(options, &mut tx, &mut rx) {
            Ok(batch) if batch.is_empty() => break,
            Ok(batch) => {
                max_events = 3;
                handled.extend(batch.lock_tokens().map(|token| token.to_string()));
                (batch, SettleAction::Acknowledge)
            }
            Err(Error::BatchTooLarge(batch)) if max_events == 1 => {
                max_events = 3;
                (batch, SettleAction::Reject)
            }
            Err(Error::BatchTooLarge(batch)) => {
                max_events = 1;
                (batch, SettleAction::Release(ReleaseDelay::NoDelay))
            }
            Err(error) => panic!("{error}"),
        };
        let _ = consumer.settle_in(action, &batch, &mut tx, &mut Buf::new(&mut response)).unwrap();
    }
    assert_eq!(handled, ["b", "c"]);
    let seen: Vec<String> = transport.seen().iter().map(|request| said(request)).collect();
    let expected = [
        ":receive?api-version=2024-06-01&maxEvents=3 ",
        r#":release?api-version=2024-06-01 {"lockTokens":["la\/rge","b","c"]}"#,
        ":receive?api-version=2024-06-01&maxEvents=1 ",
        r#":reject?api-version=2024-06-01 {"lockTokens":["la\/rge"]}"#,
        ":receive?api-version=2024-06-01&maxEvents=3 ",
        r#":acknowledge?api-version=2024-06-01 {"lockTokens":["b","c"]}"#,
        ":receive?api-version=2024-06-01&maxEvents=3 ",
    ];
    assert_eq!(seen, expected);
}

/// The operation that a request asks for, with its query, and the body.
fn said(request: &str) -> String {
    let (head, body) = request.split_once("\n\n").unwrap();
    let path = head.split(' ').nth(1).unwrap();
    format!("{} {body}", &path[path.rfind(':').unwrap()..])
}

#[test]
fn a_growing_buffer_gives_tokens_that_are_owned() {
    let client =
        Client::new(InPieces::of(50, BATCH.as_bytes()), Still::default(), AccessKey::new("c2VjcmV0"));
    let subscription = Subscription::new(ENDPOINT, "t", "s").unwrap();
    let consumer = Consumer::new(client.body_limit(ENOUGH), subscription);
    let Err(Error::BatchTooLarge(batch)) = consumer.receive(ReceiveOptions::new()) else { panic!() };
    assert_eq!(deliveries(&batch), tokens_of_batch());
    let Error::BatchTooLarge(owned) = Error::<'_, ScriptedError>::BatchTooLarge(batch).into_owned() else {
        unreachable!()
    };
    assert_eq!(deliveries(&owned), tokens_of_batch());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn all_is_known_that_reading_the_whole_batch_would_tell(
        events in prop::collection::vec((string(), document(), document()), 1..6), room in 0..200_usize, size in 1..80_usize
    ) {
        let deliveries = events.iter().enumerate().map(|(count, (token, event, other))| {
            let broker = format!(r#""brokerProperties" : {{ "lockToken":{token},"deliveryCount" :{count} }}"#);
            let (event, other) = (format!(r#""event":{event}"#), format!(r#""other":{other}"#));
            let members = if count % 2 == 0 { [broker, event, other] } else { [other, event, broker] };
            format!("{{{}}}", members.join(","))
        });
        let body = format!(r#"{{"value": [{}] }}"#, deliveries.collect::<Vec<_>>().join(","));
        let whole = deliveries_of(&body);
        let kept: usize = events.iter().map(|(token, ..)| token.len() + 70).sum();
        let limit = kept + 100 + room;
        let (_, found) = received(InPieces::of(size, body.as_bytes()), limit);
        prop_assert_eq!(found, whole);
    }

    /// Whatever the bytes are: nothing panics, no token is made up, and how they are split makes no
    /// difference.
    #[test]
    fn broken_batches_are_survived(mutations in prop::collection::vec(mutation(), 1..4), limit in 0..700_usize, size in 1..80_usize) {
        let mut body = BATCH.as_bytes().to_vec();
        for mutation in mutations {
            mutation.apply(&mut body);
        }
        prop_assume!(limit < body.len());
        let (_, found) = received(InPieces::of(size, &body), limit);
        let (_, whole) = received(InPieces::of(body.len(), &body), limit);
        prop_assert_eq!(&found, &whole);
        let mut salvaged = Batch::salvage(&body);
        for (token, _) in found {
            prop_assert!(salvaged.any(|other| other == token.as_str()), "{} is made up", token);
        }
    }
}
