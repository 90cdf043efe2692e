//! Responses that break off, and requests that time out: nothing that arrived is thrown away, and
//! no request is repeated unchanged.

#![cfg(feature = "std")]

use std::sync::Arc;
use std::time::Duration;

use crate::support::{Scripted, ScriptedError, Step, Still, cut, interrupted, ready, refused, response};
use eventgrid::calls::{Divisible, Publish};
use eventgrid::{
    AccessKey, Batch, Client, CloudEvent, Data, Error, NamespaceTopic, ReceiveOptions, RetryPolicy,
    SendLimits, SendReport, Subscription, TransportErrorKind, blocking,
};

const SECOND: Duration = Duration::from_secs(1);

/// Three events, the second without a lock token.
const BODY: &str = r#"{"value":[
    {"brokerProperties":{"lockToken":"a","deliveryCount":1},
     "event":{"specversion":"1.0","id":"1","source":"s","type":"t","data":"\u00fc}]}"}},
    {"brokerProperties":{"deliveryCount":1},
     "event":{"specversion":"1.0","id":"2","source":"s","type":"t","data":"ü"}},
    {"event":{"specversion":"1.0","id":"3","source":"s","type":"t","data":{"x":[1,2]}},
     "brokerProperties":{"lockToken":"c","deliveryCount":3}}]}"#;

fn subscription() -> Subscription<'static> {
    Subscription::new("https://h", "t", "s").unwrap()
}

type Received = Result<Batch<'static>, Error<'static, ScriptedError>>;

/// What receives with those options come to, one after the other, and how many events each asked
/// for; in both kinds of clients.
fn receive(
    steps: &[Step],
    options: &[ReceiveOptions],
    retry: RetryPolicy,
) -> (Vec<Received>, Vec<String>, Vec<Duration>) {
    let run = |is_async: bool| {
        let transport = Scripted::new(steps.to_vec());
        let environment = Still { took: Arc::clone(&transport.took), ..Still::default() };
        let client = Client::new(&transport, &environment, AccessKey::new("k")).retry(retry);
        let results: Vec<Received> = if is_async {
            let consumer = eventgrid::Consumer::new(client, subscription());
            options.iter().map(|options| ready(consumer.receive(*options))).collect()
        } else {
            let consumer = blocking::Consumer::new(client, subscription());
            options.iter().map(|options| consumer.receive(*options)).collect()
        };
        let asked = |wire: &String| {
            let rest = wire.split_once("maxEvents=").map_or("", |(_, rest)| rest);
            rest.chars().take_while(char::is_ascii_digit).collect()
        };
        (results, transport.seen().iter().map(asked).collect::<Vec<String>>(), environment.slept())
    };
    let (first, second) = (run(false), run(true));
    assert_eq!(format!("{first:?}"), format!("{second:?}"), "blocking and async differ");
    first
}

fn ids(batch: &Batch<'_>) -> Vec<String> {
    batch.iter().map(|received| received.event().unwrap().id().to_string()).collect()
}

fn asks(events: u32) -> ReceiveOptions {
    ReceiveOptions::new().max_events(events)
}

#[test]
fn the_events_that_came_whole_are_returned_wherever_the_response_breaks_off() {
    let mut most = 0;
    for end in 0..BODY.len() {
        let steps = [cut(&BODY.as_bytes()[..end], TransportErrorKind::Interrupted)];
        let (results, requests, _) = receive(&steps, &[asks(10)], RetryPolicy::default());
        assert_eq!(requests.len(), 1, "the same is not asked for again: its events are locked");
        match &results[0] {
            Ok(batch) => {
                assert_eq!(batch.interruption(), Some(TransportErrorKind::Interrupted));
                let (whole, without) = (ids(batch), batch.without_lock_token());
                assert!(["1", "3"].iter().take(whole.len()).eq(&whole), "{whole:?}");
                let found = whole.len() + without;
                assert!(found >= most && found > 0, "{found} after {end} bytes, {most} before");
                most = found;
                assert_eq!(batch.clone().into_owned().interruption(), batch.interruption());
            }
            Err(Error::Transport { .. }) => assert_eq!(most, 0, "after {end} bytes"),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(most, 3);
}

#[test]
fn events_that_came_whole_can_be_settled_in_the_buffers_of_a_device_too() {
    let transport = Scripted::new([cut(&BODY.as_bytes()[..BODY.len() - 2], TransportErrorKind::Timeout)]);
    let client = Client::new(&transport, Still::default(), AccessKey::new("k"));
    let consumer = blocking::Consumer::new(client, subscription());
    let (mut tx, mut rx) = ([0; 512], [0; 2048]);
    let (mut tx, mut rx) = (eventgrid::Buf::new(&mut tx), eventgrid::Buf::new(&mut rx));
    let batch = consumer.receive_in(asks(10), &mut tx, &mut rx).unwrap();
    assert_eq!(
        (ids(&batch), batch.interruption()),
        (vec!["1".into(), "3".into()], Some(TransportErrorKind::Timeout))
    );
    assert_eq!(batch.iter().map(|received| received.delivery_count()).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn a_receive_of_which_nothing_was_sent_is_repeated_at_once_and_then_with_delays() {
    let steps = [refused(), refused(), refused(), response(200, BODY)];
    let (results, _, slept) = receive(&steps, &[asks(10)], RetryPolicy::new().with_max_retries(3));
    assert_eq!(ids(results[0].as_ref().unwrap()), ["1", "3"]);
    assert_eq!(slept, [0, 800, 1600].map(Duration::from_millis));
    let (results, requests, _) = receive(&[refused()], &[asks(10)], RetryPolicy::none());
    assert!(results[0].is_err() && requests.len() == 1, "a policy without retries has none");
}

#[test]
fn a_receive_without_a_byte_of_a_response_is_repeated_with_delays() {
    let (results, requests, slept) =
        receive(&[interrupted(), response(200, BODY)], &[asks(10)], RetryPolicy::default());
    assert!(results[0].is_ok());
    assert_eq!((requests, slept), (vec!["10".into(), "10".into()], vec![Duration::from_millis(400)]));
}

#[test]
fn a_consumer_asks_for_fewer_after_a_response_that_broke_off_and_then_for_one_more_each_time() {
    let one = |id| {
        format!(
            r#"{{"brokerProperties":{{"lockToken":"{id}","deliveryCount":1}},
                "event":{{"specversion":"1.0","id":"{id}","source":"s","type":"t"}}}}"#
        )
    };
    let body = |events: u32| {
        let events: Vec<_> = (0..events).map(one).collect();
        format!(r#"{{"value":[{}]}}"#, events.join(","))
    };
    let whole = |events| response(200, body(events));
    let cut_after = |events| {
        let body = body(events);
        cut(&body[..body.len() - 2], TransportErrorKind::Interrupted)
    };
    let steps = [
        whole(20),
        cut_after(20),
        whole(10),
        whole(3),
        whole(11),
        cut_after(2),
        cut("", TransportErrorKind::Timeout),
        whole(1),
        cut("", TransportErrorKind::Timeout),
        whole(1),
    ];
    let (_, asked, _) = receive(&steps, &[asks(20); 10], RetryPolicy::default());
    assert_eq!(asked, ["20", "20", "10", "11", "11", "12", "2", "1", "2", "1"].map(String::from));
}

#[test]
fn a_consumer_asks_for_what_comes_in_a_third_of_a_lock() {
    let slow = |events: u32| {
        let one = r#"{"brokerProperties":{"lockToken":"a","deliveryCount":1},"event":{}}"#;
        let body = format!(r#"{{"value":[{}]}}"#, vec![one; events as usize].join(","));
        // An event takes 2.25 seconds: 0.9 MB at 400 kB/s.
        Step::Slow { body: body.into_bytes(), time: SECOND * 9 / 4 * events, fails: None }
    };
    let (results, asked, _) = receive(&[slow(32), slow(8), slow(8)], &[asks(32); 3], RetryPolicy::default());
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(asked, ["32", "8", "8"].map(String::from));
}

#[test]
fn a_receive_takes_no_longer_than_it_was_told() {
    for (own, told, expected) in
        [(None, Some(5), 25), (None, None, 320), (None, Some(999), 320), (Some(7), Some(30), 7)]
    {
        let transport = Limited::default();
        let options = ReceiveOptions::new().max_wait_time(20 * SECOND);
        let options = told.map_or(options, |told| options.max_time(told * SECOND));
        let client = Client::new(&transport, Still::default(), AccessKey::new("k"));
        let limits =
            own.map_or(eventgrid::Limits::new(), |own| eventgrid::Limits::new().with_total(own * SECOND));
        let consumer = blocking::Consumer::new(client.limits(limits), subscription());
        assert!(consumer.receive(options).is_ok());
        assert_eq!(*transport.0.lock().unwrap(), Some(expected * SECOND));
    }
}

/// Writes down the total of a request.
#[derive(Default)]
struct Limited(std::sync::Mutex<Option<Duration>>);

impl eventgrid::Transport for Limited {
    type Error = ScriptedError;

    fn send(
        &self,
        request: &eventgrid::Request<'_>,
        response: &mut eventgrid::Response<'_>,
    ) -> Result<(), ScriptedError> {
        *self.0.lock().unwrap() = request.limits().total;
        response.begin(200);
        response.write(br#"{"value":[]}"#);
        Ok(())
    }
}

/// What is published of eight events, as the ids of each request, with what is reported; in both
/// kinds of clients.
fn send_all(
    steps: &[Step],
    limits: SendLimits,
    replay: bool,
) -> (Vec<String>, SendReport<ScriptedError>, usize) {
    let event = |id: u32| CloudEvent::new(id.to_string(), "s", "t").with_data(Data::text("x".repeat(100)));
    let events: Vec<_> = (0..8).map(event).collect();
    let run = |is_async: bool| {
        let transport = Scripted::new(steps.to_vec());
        let client = Client::new(&transport, Still::default(), AccessKey::new("k")).replay_publish(replay);
        let target = NamespaceTopic::new("https://h", "t").unwrap();
        let report = if is_async {
            ready(eventgrid::Publisher::new(client, target).limits(limits).send_all(&events))
        } else {
            blocking::Publisher::new(client, target).limits(limits).send_all(&events)
        };
        let seen = transport.seen();
        let size = seen.iter().map(|wire| wire.split_once("\n\n").unwrap().1.len()).max().unwrap_or_default();
        let ids = |wire: &String| {
            let body: Vec<serde_json::Value> =
                serde_json::from_str(wire.split_once("\n\n").unwrap().1).unwrap();
            body.iter().map(|event| event["id"].as_str().unwrap()).collect::<Vec<_>>().concat()
        };
        (seen.iter().map(ids).collect::<Vec<String>>(), report, size)
    };
    let (first, second) = (run(false), run(true));
    assert_eq!(format!("{first:?}"), format!("{second:?}"), "blocking and async differ");
    first
}

const ALL: SendLimits = SendLimits { max_bytes: 1_000_000, max_events: 1000 };

#[test]
fn a_request_that_time_ran_out_on_is_halved_and_the_next_ones_are_no_larger() {
    let ok = || response(200, "{}");
    let slow = || Step::RunOut { sent: 100 };
    let (sent, report, _) = send_all(&[slow(), ok(), slow(), ok(), ok()], ALL, true);
    assert_eq!(sent, ["01234567", "0123", "4567", "45", "67"]);
    assert!(report.is_complete());
    // Two requests of four events each by their limit: what came through in halves may be twice as
    // large again.
    let four = SendLimits { max_events: 4, ..ALL };
    let (sent, report, _) = send_all(&[slow(), ok(), ok(), ok()], four, true);
    assert_eq!(sent, ["0123", "01", "23", "4567"]);
    assert!(report.is_complete());
    // Where four at once are too many, they are not tried a second time before some have come
    // through.
    let (sent, report, _) = send_all(&[slow(), slow(), ok(), slow(), ok(), ok(), ok(), ok()], ALL, true);
    assert_eq!(sent, ["01234567", "0123", "01", "23", "2", "3", "45", "67"]);
    assert!(report.is_complete());
}

#[test]
fn halving_for_time_has_an_end() {
    let (sent, report, _) = send_all(&vec![Step::RunOut { sent: 1 }; 40], ALL, true);
    assert_eq!(sent.concat().len(), 8 + 4 + 2 + 2 * 4 + 2 + 4, "an eighth, and then what is left: {sent:?}");
    assert_eq!(report.accepted(), 0);
    let failed: usize = report.failures().iter().map(|failure| failure.events().len()).sum();
    assert_eq!(failed, 8);
}

#[test]
fn a_request_that_may_have_arrived_whole_is_not_halved_where_nothing_may_be_doubled() {
    let (_, _, size) = send_all(&[response(200, "{}")], ALL, false);
    let ok = || response(200, "{}");
    let (sent, report, _) = send_all(&[Step::RunOut { sent: size as u64 - 1 - 16 }, ok(), ok()], ALL, false);
    assert_eq!((sent.len(), report.accepted()), (3, 8), "the service cannot have it: a part is missing");
    let (sent, report, _) = send_all(&[Step::RunOut { sent: size as u64 + 300 }], ALL, false);
    assert_eq!((sent.len(), report.accepted()), (1, 0));
}

#[test]
fn a_request_of_which_nothing_was_sent_in_time_is_repeated_as_it_is() {
    let connecting = Step::Fail { kind: TransportErrorKind::Timeout, may_have_been_sent: false };
    let (sent, report, _) = send_all(&[connecting, response(200, "{}")], ALL, true);
    assert_eq!(sent, ["01234567", "01234567"]);
    assert!(report.is_complete());
}

#[test]
fn a_divisible_call_is_not_repeated_when_time_ran_out_and_any_other_is() {
    let target = NamespaceTopic::new("https://h", "t").unwrap();
    let events = [CloudEvent::new("1", "s", "t"), CloudEvent::new("2", "s", "t")];
    let publish = Publish::new(&target, &events);
    let steps = || vec![Step::RunOut { sent: 9 }, response(200, "{}")];
    let (whole, divisible) = (Scripted::new(steps()), Scripted::new(steps()));
    let client = Client::new(&whole, Still::default(), AccessKey::new("k"));
    assert!(client.call_blocking(&publish).is_ok());
    let client = Client::new(&divisible, Still::default(), AccessKey::new("k"));
    let error = client.call_blocking(&Divisible(publish)).unwrap_err();
    assert!(error.ran_out_of_time(100, false) && !error.ran_out_of_time(9, false));
    assert_eq!((whole.requests(), divisible.requests()), (2, 1));
}
