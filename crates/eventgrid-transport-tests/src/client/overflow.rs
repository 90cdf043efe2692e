//! A batch that does not fit into its buffer: what the client still knows of it, and what comes
//! after.

use eventgrid::blocking::Consumer;
use eventgrid::{Batch, Buf, Error, LockTokens, ReceiveOptions, ReleaseDelay, SettleAction};

use crate::client::{Key, Recorder, client, consumer};
use crate::server::{Script, Server};
use crate::subject::Adapter;
use crate::subject::Subject;
use crate::transport::{OK, framings};

rows![all_of_its_lock_tokens_are_there, its_events_come_again_one_by_one_and_the_largest_is_rejected];

type Receiver = Consumer<Subject, Recorder, Key>;

/// How large the buffer is.
const ROOM: usize = 1000;

fn delivery(token: &str, bytes: usize) -> String {
    let data = "x\\\"".repeat(bytes / 3);
    format!(
        r#"{{"brokerProperties":{{"lockToken":"{token}","deliveryCount":1}},"event":{{"specversion":"1.0","id":"{token}","source":"urn:x","type":"y","data":["{data}"]}}}}"#
    )
}

fn batch(deliveries: &[String]) -> Vec<u8> {
    format!(r#"{{"value":[{}]}}"#, deliveries.join(",")).into_bytes()
}

fn tokens(batch: &Batch<'_>) -> Vec<String> {
    batch.lock_tokens().map(|token| token.to_string()).collect()
}

fn all_of_its_lock_tokens_are_there(adapter: Adapter) {
    let deliveries: Vec<_> = (0..10).map(|number| delivery(&number.to_string(), 30_000)).collect();
    let expected: Vec<_> = (0..10).map(|number| number.to_string()).collect();
    let into_slice = |consumer: &Receiver| {
        let (mut tx, mut rx) = ([0; 1000], [0; ROOM]);
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        let received = consumer.receive_in(ReceiveOptions::new(), &mut tx, &mut rx);
        received.map(|batch| tokens(&batch)).map_err(Error::into_owned)
    };
    let growing = |consumer: &Receiver| consumer.receive(ReceiveOptions::new()).map(|batch| tokens(&batch));
    for response in framings(200, &batch(&deliveries)) {
        for receive in [into_slice, growing] {
            let script = Script::new().respond(&response);
            let is_kept = !response.windows(7).any(|window| window == b": close");
            let scripts = if is_kept {
                vec![script.respond(OK)]
            } else {
                vec![script.close(), Script::new().respond(OK)]
            };
            let server = Server::start(scripts);
            let recorder = Recorder::default();
            let consumer = consumer(client(adapter, &recorder).body_limit(ROOM), server.url());
            let received = receive(&consumer);
            let Err(Error::BatchTooLarge(batch)) = received else { panic!("{received:?}") };
            assert_eq!(tokens(&batch), expected);
            assert!(batch.iter().all(|received| received.delivery_count() == 1));
            // All of the response was read.
            let _ = consumer.release(&batch, ReleaseDelay::NoDelay).unwrap();
            assert!(recorder.slept().is_empty());
            let log = server.finish();
            assert_eq!((log.connections, log.requests.len()), (if is_kept { 1 } else { 2 }, 2));
        }
    }
}

/// What is to be done, and that it comes to an end.
fn its_events_come_again_one_by_one_and_the_largest_is_rejected(adapter: Adapter) {
    let (large, small) = (delivery("large", 5000), delivery("small", 100));
    let responses = [vec![large.clone(), small.clone()], vec![large], vec![small], vec![]];
    let script = responses.iter().fold(Script::new(), |script, deliveries| {
        let [response, ..] = framings(200, &batch(deliveries));
        let received = script.respond(response);
        if deliveries.is_empty() { received } else { received.respond(OK) }
    });
    let server = Server::start([script]);
    let consumer = consumer(client(adapter, &Recorder::default()), server.url());
    let (mut tx, mut rx, mut response) = ([0; 1000], [0; ROOM], [0; 10]);
    let mut max_events = 10;
    loop {
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        let options = ReceiveOptions::new().max_events(max_events);
        let (batch, action) = match consumer.receive_in(options, &mut tx, &mut rx) {
            Ok(batch) if batch.is_empty() => break,
            Ok(batch) => (batch, SettleAction::Acknowledge),
            Err(Error::BatchTooLarge(batch)) if max_events == 1 => (batch, SettleAction::Reject),
            Err(Error::BatchTooLarge(batch)) => {
                max_events = 1;
                (batch, SettleAction::Release(ReleaseDelay::NoDelay))
            }
            Err(error) => panic!("{error:?}"),
        };
        let _ = consumer.settle_in(action, &batch, &mut tx, &mut Buf::new(&mut response)).unwrap();
    }
    let log = server.finish();
    let asked = log.requests.iter().map(|request| {
        let path = request.line.split(' ').nth(1).unwrap();
        let operation = path.rsplit(':').next().unwrap().split('?').next().unwrap();
        (operation.to_owned(), String::from_utf8(request.body.clone()).unwrap())
    });
    let expected = [
        ("receive", ""),
        ("release", r#"{"lockTokens":["large","small"]}"#),
        ("receive", ""),
        ("reject", r#"{"lockTokens":["large"]}"#),
        ("receive", ""),
        ("acknowledge", r#"{"lockTokens":["small"]}"#),
        ("receive", ""),
    ];
    assert!(asked.eq(expected.map(|(operation, body)| (operation.to_owned(), body.to_owned()))));
    assert_eq!(log.connections, 1);
}
