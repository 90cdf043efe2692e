//! Publishing any number of events.

#![cfg(feature = "std")]

use crate::support::{Scripted, ScriptedError, Step, Still, ready, refused, response};
use eventgrid::calls::{EncodedEvents, OutgoingEvent};
use eventgrid::event::{EventGridEvent, InvalidEvent};
use eventgrid::target::{AnyTarget, BasicTopic, CloudEvents};
use eventgrid::{
    AccessKey, Client, CloudEvent, Data, EndpointKind, NamespaceTopic, Publisher, RequestError, SendFailure,
    SendFailureReason, SendLimits, SendReport, TraceContext, blocking,
};

fn topic() -> NamespaceTopic<'static> {
    NamespaceTopic::new("https://h", "t").unwrap()
}

/// Events with ids 0, 1, …, each of so many bytes of data.
fn events(sizes: &[usize]) -> Vec<CloudEvent<'static>> {
    let event = |(id, size): (usize, &usize)| {
        CloudEvent::new(id.to_string(), "s", "t").with_data(Data::text("x".repeat(*size)))
    };
    sizes.iter().enumerate().map(event).collect()
}

/// What was sent, as the ids of the events of each request, and the report. It is the same by the
/// blocking and by the asynchronous client, and of events that were written before.
fn send(
    events: &[CloudEvent<'_>],
    limits: SendLimits,
    steps: &[Step],
) -> (Vec<Vec<String>>, SendReport<ScriptedError>) {
    let first = send_by(false, events, limits, steps);
    let same = format!("{first:?}");
    assert_eq!(format!("{:?}", send_by(true, events, limits, steps)), same);
    let mut encoded = EncodedEvents::new(EndpointKind::Namespace);
    if events.iter().all(|event| encoded.push(event, None).is_ok()) {
        let encoded: Vec<_> = encoded.iter().collect();
        assert_eq!(format!("{:?}", send_by(false, &encoded, limits, steps)), same);
        assert_eq!(format!("{:?}", send_by(true, &encoded, limits, steps)), same);
    }
    first
}

fn send_by<E: OutgoingEvent<Schema = CloudEvents>>(
    asynchronous: bool,
    events: &[E],
    limits: SendLimits,
    steps: &[Step],
) -> (Vec<Vec<String>>, SendReport<ScriptedError>) {
    let transport = Scripted::new(steps.to_vec());
    let client = Client::new(&transport, Still::default(), AccessKey::new("k"));
    let report = if asynchronous {
        ready(Publisher::new(client, topic()).limits(limits).send_all(events))
    } else {
        blocking::Publisher::new(client, topic()).limits(limits).send_all(events)
    };
    (transport.seen().iter().map(|wire| ids(wire)).collect(), report)
}

fn ids(wire: &str) -> Vec<String> {
    assert!(wire.contains("\ncontent-type: application/cloudevents-batch+json; charset=utf-8\n"));
    let body: Vec<serde_json::Value> = serde_json::from_str(wire.split_once("\n\n").unwrap().1).unwrap();
    body.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

fn limits(max_bytes: usize, max_events: usize) -> SendLimits {
    SendLimits { max_bytes, max_events }
}

/// What `send_all` reports of the failures, in short.
fn failures(report: &SendReport<ScriptedError>) -> Vec<(std::ops::Range<usize>, String)> {
    let reason = |reason: &SendFailureReason<_>| match reason {
        SendFailureReason::TooLarge(bytes) => format!("{bytes} bytes"),
        SendFailureReason::Failed(error) => format!("status {:?}", error.status()),
        other => format!("{other:?}"),
    };
    report.failures().iter().map(|failure| (failure.events(), reason(failure.reason()))).collect()
}

#[test]
fn events_are_split_by_count() {
    let (sent, report) =
        send(&events(&[1; 7]), limits(10_000, 3), &[response(200, ""), response(200, ""), response(200, "")]);
    assert_eq!(sent, [vec!["0", "1", "2"], vec!["3", "4", "5"], vec!["6"]]);
    assert!(report.is_complete());
    assert_eq!(report.accepted(), 7);
    let (sent, report) = send(&[], limits(10_000, 3), &[]);
    assert!(sent.is_empty() && report.is_complete());
}

#[test]
fn a_body_is_never_larger_than_the_limit_and_could_not_hold_one_more() {
    let events = events(&[5, 70, 3, 100, 100, 1, 1, 40, 12]);
    let text = |event: &CloudEvent<'_>| {
        let mut storage = Vec::new();
        let mut buf = eventgrid::Buf::growable(&mut storage, usize::MAX);
        event.write_json(&mut eventgrid::json::JsonWriter::new(&mut buf)).unwrap();
        buf.len()
    };
    let sizes: Vec<usize> = events.iter().map(text).collect();
    for max_bytes in 180..600 {
        let steps = vec![response(200, ""); 9];
        let (sent, report) = send(&events, limits(max_bytes, 100), &steps);
        assert!(report.is_complete());
        let size =
            |ids: &[String]| ids.iter().map(|id| sizes[id.parse::<usize>().unwrap()] + 1).sum::<usize>() + 1;
        let mut next = 0;
        for (index, ids) in sent.iter().enumerate() {
            assert!(size(ids) <= max_bytes);
            next += ids.len();
            let with_the_next = size(ids) + sizes.get(next).map_or(0, |size| size + 1);
            assert!(index + 1 == sent.len() || with_the_next > max_bytes);
        }
        assert_eq!(sent.concat(), (0..9).map(|id| id.to_string()).collect::<Vec<_>>(), "in order, each once");
    }
}

#[test]
fn what_is_too_large_or_invalid_on_its_own_is_never_sent() {
    let mut events = events(&[1, 500, 1, 1, 1, 900]);
    events[3].id = "".into();
    let (sent, report) =
        send(&events, limits(300, 100), &[response(200, ""), response(200, ""), response(200, "")]);
    assert_eq!(sent, [vec!["0"], vec!["2"], vec!["4"]]);
    assert_eq!(report.accepted(), 3);
    assert_eq!(report.failures().len(), 3);
    assert!(matches!(report.outcome(1), Err(SendFailureReason::TooLarge(bytes)) if *bytes > 500));
    let invalid = RequestError::Event { index: 3, reason: InvalidEvent::EmptyAttribute("id") };
    assert!(matches!(report.outcome(3), Err(SendFailureReason::Invalid(error)) if *error == invalid));
    assert!(matches!(report.outcome(5), Err(SendFailureReason::TooLarge(_))));
    assert!(report.outcome(0).is_ok() && report.outcome(2).is_ok() && report.outcome(4).is_ok());
}

#[test]
fn a_request_that_is_too_large_for_the_service_is_halved() {
    let too_large = || response(413, "");
    let ok = || response(200, "");
    let steps = [too_large(), ok(), too_large(), too_large(), ok(), ok()];
    let (sent, report) = send(&events(&[1; 5]), limits(10_000, 100), &steps);
    assert_eq!(
        sent,
        [vec!["0", "1", "2", "3", "4"], vec!["0", "1"], vec!["2", "3", "4"], vec!["2"], vec!["3", "4"]]
            .into_iter()
            .map(|ids| ids.into_iter().map(str::to_owned).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    );
    assert_eq!(failures(&report), [(2..3, "status Some(413)".to_owned())]);
    assert_eq!(report.accepted(), 4);
}

#[test]
fn a_request_that_is_too_large_for_the_client_is_halved_too() {
    let transport = Scripted::new(vec![response(200, ""); 8]);
    let client = Client::new(&transport, Still::default(), AccessKey::new("k")).body_limit(500);
    let report = blocking::Publisher::new(client, topic()).send_all(&events(&[1; 8]));
    assert!(report.is_complete(), "{report:?}");
    assert!((2..=8).contains(&transport.requests()));
}

#[test]
fn what_cannot_be_sent_at_all_is_attempted_once() {
    let transport = Scripted::new([]);
    let client = Client::new(&transport, Still::default(), AccessKey::new("k"));
    let plain = NamespaceTopic::new("http://ns.example", "t").unwrap();
    let report = blocking::Publisher::new(client, plain).limits(limits(10_000, 1)).send_all(&events(&[1; 3]));
    assert_eq!((report.accepted(), report.failures().len()), (0, 2));
    assert!(matches!(report.outcome(2), Err(SendFailureReason::NotAttempted)));
}

#[test]
fn one_failing_request_does_not_keep_the_others_from_being_sent() {
    let (sent, report) = send(
        &events(&[1; 6]),
        limits(10_000, 2),
        &[response(400, ""), refused(), refused(), response(200, "")],
    );
    assert_eq!(sent.len(), 4, "the second request was sent twice");
    assert_eq!(failures(&report), [(0..2, "status Some(400)".to_owned()), (2..4, "status None".to_owned())]);
    assert_eq!(report.accepted(), 2);
    let reasons = report.into_failures().into_iter().map(SendFailure::into_reason);
    assert_eq!(reasons.map(|reason| reason.is_retryable()).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn what_would_fail_in_the_same_way_is_not_attempted() {
    for status in [401, 403, 404] {
        let (sent, report) =
            send(&events(&[1; 6]), limits(10_000, 2), &[response(200, ""), response(status, "")]);
        assert_eq!(sent.len(), 2);
        assert_eq!(
            failures(&report),
            [(2..4, format!("status Some({status})")), (4..6, "NotAttempted".to_owned())]
        );
        assert_eq!(report.accepted(), 2);
    }
}

#[test]
fn every_schema_and_target_has_its_way() {
    let transport = Scripted::new([response(200, "")]);
    let environment = Still::default();
    let client = Client::new(&transport, &environment, AccessKey::new("k"));
    let grid = [EventGridEvent::new("1", "s", "t", "2024-06-01T12:00:00Z", "")];
    assert!(
        blocking::Publisher::new(client.clone(), BasicTopic::new("h").unwrap()).send_all(&grid).is_complete()
    );
    assert!(transport.seen()[0].contains("\ncontent-type: application/json; charset=utf-8\n"));
    let target: AnyTarget<'_> = topic().into();
    let report = blocking::Publisher::new(client, target).send_all(&grid);
    assert!(matches!(report.outcome(0), Err(SendFailureReason::Invalid(RequestError::NotAccepted))));
}

#[test]
fn the_trace_is_in_every_request_and_event() {
    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let transport = Scripted::new([response(200, ""), response(200, "")]);
    let client = Client::new(&transport, Still::default(), AccessKey::new("k"))
        .trace_source(|| TraceContext::new(PARENT).ok());
    let publisher = blocking::Publisher::new(client, topic()).limits(limits(10_000, 1));
    assert!(publisher.send_all(&events(&[1, 1])).is_complete());
    for wire in transport.seen() {
        assert_eq!(wire.matches(PARENT).count(), 2, "{wire}");
    }
}
