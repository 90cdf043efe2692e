//! Calls that block move the clock themselves.

use std::time::Duration;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::{
    AccessKey, Buf, Client, Data, Environment, Error, NamespaceTopic, RawRequest, ReceiveOptions,
    ReleaseDelay, SettleAction, Sleep, Subscription,
};
use eventgrid_emulator::{Emulator, InProcess, Limits};

use crate::{InProcessClient, event, namespace, seen, subscription, topic};

type InProcessConsumer = Consumer<InProcess, InProcess, AccessKey<'static>>;

fn consumer(namespace: &InProcess) -> InProcessConsumer {
    Consumer::new(namespace.client(), subscription())
}

fn publish(namespace: &InProcess, ids: &[&str]) {
    let events: Vec<_> = ids.iter().map(|id| event(id)).collect();
    Publisher::new(namespace.client(), topic()).send(&events[..]).unwrap();
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn events_are_published_received_and_settled_while_time_stands_still() {
    let namespace = namespace();
    let start = namespace.now();
    publish(&namespace, &["1", "2", "3"]);
    let consumer = consumer(&namespace);
    let batch = consumer.receive(ReceiveOptions::new().max_events(10)).unwrap();
    assert_eq!(seen(&batch), [("1".to_owned(), 1), ("2".to_owned(), 1), ("3".to_owned(), 1)]);
    let events: Vec<_> = batch.iter().collect();
    assert!(consumer.acknowledge(&events[0]).unwrap().is_complete());
    assert!(consumer.reject(&events[1]).unwrap().is_complete());
    assert!(consumer.renew_locks(&events[2]).unwrap().is_complete());
    assert!(!consumer.acknowledge(&events[0]).unwrap().is_complete());
    let stats = namespace.stats("orders", "billing").unwrap();
    assert_eq!((stats.acknowledged, stats.rejected, stats.locked), (1, 1, 1));
    assert_eq!(namespace.now(), start);
}

/// Names and values that CloudEvents advises against, and times at the end of what RFC 3339 has.
#[test]
fn what_was_received_is_sent_on_as_it_came() {
    let namespace = crate::relaxed_namespace();
    let publisher = Publisher::new(namespace.client(), topic());
    let consumer = consumer(&namespace);
    for members in [
        r#""kafkaheadercontenttype":"application/json""#,
        r#""partition":4247483647"#,
        r#""samplerate":0.5"#,
        r#""sampledrate":5.0,"minus":-0,"large":123456789012345678901234567890"#,
        r#""time":"9999-12-31T23:59:59.9999999Z""#,
        r##""time":"2016-12-31T23:59:60Z","dataschema":"#","data_base64":"AQID""##,
    ] {
        let json = format!(r#"{{"specversion":"1.0","id":"1","source":"/s","type":"t",{members}}}"#);
        let request = RawRequest::new("POST", "/topics/orders:publish")
            .query("api-version", "2024-06-01")
            .header("content-type", "application/cloudevents+json")
            .body(json.as_bytes());
        assert_eq!(publisher.send_request(&request).unwrap().status(), 200, "{json}");
        let received = consumer.receive(ReceiveOptions::new()).unwrap();
        let first = received.iter().next().unwrap().event().unwrap();
        let event = first.to_event().unwrap().into_owned().unwrap();
        publisher.send(&event).unwrap();
        let again = consumer.receive(ReceiveOptions::new()).unwrap();
        let second = again.iter().next().unwrap().event().unwrap();
        assert_eq!(second.to_event().unwrap(), event, "{json}");
        let sorted = |json: &str| {
            let mut members: Vec<_> = json.trim_matches(['{', '}']).split(',').map(str::to_owned).collect();
            members.sort();
            members
        };
        assert_eq!(sorted(second.as_json().as_str()), sorted(first.as_json().as_str()));
        for batch in [&received, &again] {
            assert!(consumer.acknowledge(batch).unwrap().is_complete());
        }
    }
}

#[test]
fn a_receive_that_finds_nothing_takes_its_whole_wait() {
    let namespace = namespace();
    let start = namespace.now();
    let consumer = consumer(&namespace);
    assert!(consumer.receive(ReceiveOptions::new()).unwrap().is_empty());
    assert_eq!(namespace.now(), start + 60 * SECOND);
    let options = ReceiveOptions::new().max_wait_time(10 * SECOND);
    assert!(consumer.receive(options).unwrap().is_empty());
    assert_eq!(namespace.now(), start + 70 * SECOND);
    assert_eq!(namespace.waiting(), 0);
}

#[test]
fn a_receive_ends_with_a_release_delay() {
    let namespace = namespace();
    let start = namespace.now();
    publish(&namespace, &["1"]);
    let consumer = consumer(&namespace);
    let batch = consumer.receive(ReceiveOptions::new()).unwrap();
    assert!(consumer.release(&batch, ReleaseDelay::TenSeconds).unwrap().is_complete());
    let batch = consumer.receive(ReceiveOptions::new()).unwrap();
    assert_eq!(seen(&batch), [("1".to_owned(), 2)]);
    assert_eq!(namespace.now(), start + 10 * SECOND);
}

#[test]
fn a_moved_clock_ends_locks() {
    let namespace = namespace();
    publish(&namespace, &["1"]);
    let consumer = consumer(&namespace);
    let batch = consumer.receive(ReceiveOptions::new()).unwrap();
    namespace.advance(59 * SECOND);
    assert!(consumer.renew_locks(&batch).unwrap().is_complete());
    namespace.advance(60 * SECOND);
    assert!(!consumer.acknowledge(&batch).unwrap().is_complete());
}

#[test]
fn a_sleep_moves_the_clock_and_the_environment_tells_its_time() {
    let namespace = namespace();
    let start = namespace.now();
    assert_eq!(namespace.uptime(), Duration::ZERO);
    Sleep::sleep(&namespace, 5 * SECOND);
    assert_eq!(namespace.uptime(), 5 * SECOND);
    assert_eq!(namespace.unix_time(), Some((start + 5 * SECOND).as_duration()));
    assert_ne!(namespace.random(), namespace.random());
}

#[test]
fn refusals_arrive_as_the_services_own_errors() {
    let namespace = namespace();
    let stranger = Client::new(namespace.clone(), namespace.clone(), AccessKey::new("wrong"));
    let error = Publisher::new(stranger, topic()).send(&event("1")).unwrap_err();
    assert!(error.is_unauthorized(), "{error}");

    let nowhere = NamespaceTopic::new(InProcess::ENDPOINT, "fake").unwrap();
    let error = Publisher::new(namespace.client(), nowhere).send(&event("1")).unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let Error::Service(error) = error else { panic!("{error}") };
    assert_eq!(error.message().unwrap().to_string(), "Topic 'fake' is not found");
}

#[test]
fn a_response_larger_than_the_buffer_is_an_error() {
    let namespace = namespace();
    publish(&namespace, &["1"]);
    let (mut tx, mut rx) = ([0; 1000], [0; 200]);
    let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
    let error = consumer(&namespace).receive_in(ReceiveOptions::new(), &mut tx, &mut rx).unwrap_err();
    let Error::BatchTooLarge(batch) = error else { panic!("{error}") };
    let (consumer, mut response) = (consumer(&namespace), [0; 10]);
    let mut response = Buf::new(&mut response);
    let settled = consumer.settle_in(SettleAction::Reject, &batch, &mut tx, &mut response);
    assert!(matches!(settled, Err(Error::ResponseTooLarge)), "{settled:?}");
    assert_eq!(
        namespace.stats("orders", "billing").unwrap().locked,
        0,
        "the event was rejected all the same"
    );
}

#[test]
fn names_of_any_kind_arrive() {
    let namespace = Emulator::builder()
        .limits(Limits::Relaxed)
        .subscription("my topic/1", "é:receive")
        .in_process()
        .unwrap();
    let endpoint = "http://localhost:1";
    let topic = NamespaceTopic::new(endpoint, "my topic/1").unwrap();
    let subscription = Subscription::new(endpoint, "my topic/1", "é:receive").unwrap();
    Publisher::new(namespace.client(), topic).send(&event("1")).unwrap();
    let batch = Consumer::new(namespace.client(), subscription).receive(ReceiveOptions::new()).unwrap();
    assert_eq!(seen(&batch), [("1".to_owned(), 1)]);
}

#[test]
fn data_arrives_as_it_was_sent() {
    let namespace = namespace();
    let data = r#"{"a":"😀é\n","b":[1.50,123456789012345678901234567890,1e99]}"#;
    let sent = event("1").with_data(Data::raw_json(data).unwrap()).with_subject("a \"b\" 😀");
    Publisher::new(namespace.client(), topic()).send(&sent).unwrap();
    let batch = consumer(&namespace).receive(ReceiveOptions::new()).unwrap();
    let received = batch.iter().next().unwrap().event().unwrap();
    assert!(received.as_json().to_string().contains(data));
    assert_eq!(received.subject().unwrap().to_string(), "a \"b\" 😀");
}

#[test]
fn the_same_seed_gives_the_same_tokens() {
    let run = || {
        let namespace = namespace();
        publish(&namespace, &["1"]);
        let batch = consumer(&namespace).receive(ReceiveOptions::new()).unwrap();
        batch.iter().next().unwrap().lock_token().to_string()
    };
    assert_eq!(run(), run());
}

#[test]
fn threads_share_it() {
    let namespace = namespace();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let client: InProcessClient = namespace.client();
            scope.spawn(move || {
                let publisher = Publisher::new(client, topic());
                for number in 0..100 {
                    publisher.send(&event(&format!("{thread}-{number}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(namespace.stats("orders", "billing").unwrap().queued, 400);
}

#[test]
fn debug_shows_no_key() {
    let namespace = Emulator::builder().key("aGlkZGVu").in_process().unwrap();
    let shown = format!("{namespace:?} {:?}", namespace.client());
    assert!(!shown.contains("aGlkZGVu"), "{shown}");
}
