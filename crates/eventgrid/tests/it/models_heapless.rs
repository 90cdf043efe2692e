//! What a device keeps without a heap.

#![cfg(all(feature = "heapless", feature = "alloc"))]

use crate::support::{Scripted, Still, response};
use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish};
use eventgrid::event::{CloudEventBuf, CloudEventView, InvalidEvent};
use eventgrid::json::{Kind, RawJson};
use eventgrid::{
    AccessKey, Batch, Buf, BufFull, Client, CloudEvent, Data, LockToken, LockTokenBuf, NamespaceTopic,
    RequestError, SettleAction, Subscription, TraceContext, blocking,
};
use heapless::{Deque, Vec};

fn batch(tokens: &[&str]) -> String {
    let events: std::vec::Vec<_> = tokens
        .iter()
        .map(|token| {
            format!(r#"{{"brokerProperties":{{"lockToken":"{token}","deliveryCount":1}},"event":{{}}}}"#)
        })
        .collect();
    format!(r#"{{"value":[{}]}}"#, events.join(","))
}

fn kept<const N: usize>(body: &str) -> Result<Vec<LockTokenBuf<N>, 4>, BufFull> {
    Batch::parse(body.as_bytes()).unwrap().iter().map(|event| LockTokenBuf::new(event.lock_token())).collect()
}

#[test]
fn kept_tokens_settle_as_the_received_ones_would() {
    let (transport, environment) =
        (Scripted::new([response(200, "{}"), response(200, "{}"), response(200, "{}")]), Still::default());
    let client = Client::new(&transport, &environment, AccessKey::new("k"));
    let consumer = blocking::Consumer::new(client, Subscription::new("https://h", "t", "s").unwrap());
    let tokens = kept::<16>(&batch(&["CgM=", r"a\/\u0062", "é"])).unwrap();
    let (mut tx, mut rx) = ([0; 1024], [0; 1024]);
    let _ = consumer
        .settle_in(SettleAction::Acknowledge, &tokens, &mut Buf::new(&mut tx), &mut Buf::new(&mut rx))
        .unwrap();
    let _ = consumer
        .settle_in(SettleAction::Acknowledge, &tokens[1..], &mut Buf::new(&mut tx), &mut Buf::new(&mut rx))
        .unwrap();
    let _ = consumer
        .settle_in(SettleAction::Acknowledge, &tokens[0], &mut Buf::new(&mut tx), &mut Buf::new(&mut rx))
        .unwrap();
    let seen = transport.seen();
    assert!(seen[0].ends_with(r#"{"lockTokens":["CgM=","a\/\u0062","é"]}"#), "{}", seen[0]);
    assert!(seen[1].ends_with(r#"{"lockTokens":["a\/\u0062","é"]}"#), "{}", seen[1]);
    assert!(seen[2].ends_with(r#"{"lockTokens":["CgM="]}"#), "{}", seen[2]);
}

#[test]
fn a_kept_token_is_the_token() {
    let tokens = kept::<8>(&batch(&[r"a\u0062", "ab", "abc"])).unwrap();
    assert_eq!(LockToken::from(&tokens[0]), LockToken::new("ab"));
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
    assert_eq!(format!("{:?}", tokens[0]), "LockToken(ab)");
    let plain = LockTokenBuf::<8>::new(LockToken::new(r"a\u0062")).unwrap();
    assert_ne!(plain, tokens[0], "a backslash in a text that was kept is no escape");
    assert_eq!(LockTokenBuf::<8>::new(plain.lock_token()).unwrap(), plain);
}

#[test]
fn a_token_that_does_not_fit_is_not_cut() {
    assert!(kept::<4>(&batch(&["abcd"])).is_ok());
    assert_eq!(kept::<4>(&batch(&["abcde"])), Err(BufFull));
    assert_eq!(kept::<4>(&batch(&[r"a\u0062"])), Err(BufFull));
}

#[test]
fn a_queue_of_events_is_published_as_the_events_would_be() {
    let publish = |send: &dyn Fn(&blocking::Publisher<&Scripted, &Still, AccessKey<'static>>)| {
        let (transport, environment) =
            (Scripted::new([response(200, "{}"), response(200, "{}")]), Still::default());
        let client = Client::new(&transport, &environment, AccessKey::new("k"));
        send(&blocking::Publisher::new(client, NamespaceTopic::new("https://h", "t").unwrap()));
        transport
            .seen()
            .iter()
            .map(|request| request.split_once("content-type").unwrap().1.to_owned())
            .collect::<std::vec::Vec<_>>()
    };
    let values = ["1", "2", "3"].map(|id| {
        CloudEvent::new(id, "urn:s", "T")
            .with_time("2024-06-01T12:00:00Z")
            .with_extension("e", 1)
            .with_data(Data::raw_json(r#"{"é":[1]}"#).unwrap())
    });
    let mut queue = Deque::<CloudEventBuf<160>, 3>::new();
    // So that the queue goes round its end.
    queue.push_back(CloudEventBuf::new(&values[0]).unwrap()).unwrap();
    queue.pop_front().unwrap();
    for event in &values {
        queue.push_back(CloudEventBuf::new(event).unwrap()).unwrap();
    }
    let one = values[..1].to_vec();
    let expected = publish(&|publisher| {
        publisher.send(&values).unwrap();
        publisher.send(&one[0]).unwrap();
    });
    let first = queue.front().unwrap().clone();
    let queued = queue.make_contiguous();
    let sent = publish(&|publisher| {
        let (mut tx, mut rx) = ([0; 2048], [0; 256]);
        publisher.send_in(&*queued, &mut Buf::new(&mut tx), &mut Buf::new(&mut rx)).unwrap();
        publisher.send_in(&first, &mut Buf::new(&mut tx), &mut Buf::new(&mut rx)).unwrap();
    });
    assert_eq!(sent, expected);
    let list: Vec<CloudEventBuf<160>, 3> = queued.iter().cloned().collect();
    let sent = publish(&|publisher| publisher.send(&list).unwrap());
    assert_eq!(sent[0], expected[0]);
}

#[test]
fn what_cannot_be_sent_is_not_kept() {
    let refused = |event: &CloudEvent<'_>| CloudEventBuf::<64>::new(event).unwrap_err();
    let reason = InvalidEvent::EmptyAttribute("id");
    assert_eq!(refused(&CloudEvent::new("", "s", "t")), RequestError::Event { index: 0, reason });
    let event = |length: usize| CloudEvent::new("i".repeat(length), "s", "t");
    assert_eq!(refused(&event(20)), RequestError::TooLarge);
    let json = r#"{"specversion":"1.0","id":"","source":"s","type":"t"}"#;
    assert!(CloudEventBuf::<64>::new(&event(64 - json.len())).is_ok());
    assert_eq!(refused(&event(65 - json.len())), RequestError::TooLarge);
}

#[test]
fn a_kept_event_can_be_read() {
    let event = CloudEvent::new("1", "s", "t").with_data(Data::text("é"));
    let kept = CloudEventBuf::<128>::new(&event).unwrap();
    assert_eq!(kept.view().unwrap().to_event().unwrap(), event);

    let json = r#"{ "type":"t", "id":"\u0031", "source":"s", "data":{ } }"#;
    let received = CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap();
    let kept = CloudEventBuf::<64>::received(&received).unwrap();
    assert_eq!(kept.view().unwrap().as_json().as_str(), json);
    assert_eq!(kept.view().unwrap().data().as_json().unwrap().kind(), Kind::Object);
    assert_eq!(format!("{kept:?}"), format!("CloudEventBuf({} bytes)", json.len()));
    assert_eq!(CloudEventBuf::<54>::received(&received).unwrap_err(), BufFull);
}

#[test]
fn a_queued_event_takes_part_in_the_trace_unless_it_has_its_own() {
    let trace = TraceContext::new("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").unwrap();
    let body = |event: &CloudEventBuf<256>, trace: Option<&TraceContext<'_>>| -> serde_json::Value {
        let mut tx = [0; 1024];
        let mut tx = Buf::new(&mut tx);
        let target = NamespaceTopic::new("https://h", "t").unwrap();
        let call = Publish::new(&target, event).with_trace(trace);
        let encoded = call.encode(&RequestContext::default(), &mut tx).unwrap();
        serde_json::from_slice(encoded.request(&tx).body()).unwrap()
    };
    let json = r#"{ "\u0069d" : "1\n", "source":"s", "type":"t", "data" : [ 1 ] }"#;
    let received = CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap();
    let untraced = CloudEventBuf::received(&received).unwrap();
    let mut expected: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(body(&untraced, None), expected);
    expected["traceparent"] = trace.traceparent().into();
    assert_eq!(body(&untraced, Some(&trace)), expected);

    let event = CloudEvent::new("1", "s", "t").with_extension("traceparent", "its own");
    let traced = CloudEventBuf::new(&event).unwrap();
    assert_eq!(body(&traced, Some(&trace))["traceparent"], "its own");
}
