//! Responses, well-formed and hostile.

#![cfg(feature = "std")]

#[cfg(feature = "base64")]
use eventgrid::event::DataError;
use eventgrid::event::{CloudEventView, DataView, ExtensionView, MalformedEvent};
use eventgrid::json::{JsonErrorKind, RawJson};
use eventgrid::{Batch, FailureReason, LockToken, LockTokens, Settlement};

fn view(json: &str) -> Result<CloudEventView<'_>, MalformedEvent> {
    CloudEventView::parse(RawJson::parse(json).unwrap())
}

/// An event with these members beside the ones it must have.
fn with(members: &str) -> String {
    format!(r#"{{"specversion":"1.0","id":"1","source":"s","type":"t"{members}}}"#)
}

/// A receive body with these events, each under the token of its position.
fn body(events: &[&str]) -> String {
    let details: Vec<String> = events
        .iter()
        .enumerate()
        .map(|(token, event)| {
            format!(
                r#"{{"brokerProperties":{{"lockToken":"token-{token}","deliveryCount":1}},"event":{event}}}"#
            )
        })
        .collect();
    format!(r#"{{"value":[{}]}}"#, details.join(","))
}

#[test]
fn every_attribute_is_seen() {
    let json = with(
        r#","subject":"sub\u00e9","time":"2024-06-01T12:00:00.1234567Z","datacontenttype":"text/plain","dataschema":"http:\/\/x","exta":"v","data":"h\ud83d\ude00","extint":5,"extbool":true,"extnull":null,"extodd":[1],"extlone":"\ud800""#,
    );
    let event = view(&json).unwrap();
    assert_eq!((event.id(), event.source(), event.event_type()).0, "1");
    assert_eq!(event.subject().unwrap(), "subé");
    assert_eq!(event.time().unwrap(), "2024-06-01T12:00:00.1234567Z");
    assert_eq!(event.data_content_type().unwrap(), "text/plain");
    assert_eq!(event.data_schema().unwrap(), "http://x");
    assert_eq!(event.data().as_text().unwrap(), "h\u{1F600}");
    let names: Vec<String> = event.extensions().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["exta", "extint", "extbool", "extodd", "extlone"]);
    assert!(matches!(event.extension("exta"), Some(ExtensionView::String(text)) if text == "v"));
    assert!(matches!(event.extension("extint"), Some(ExtensionView::Number(n)) if n.as_i32() == Some(5)));
    assert!(matches!(event.extension("extbool"), Some(ExtensionView::Boolean(true))));
    assert!(matches!(event.extension("extodd"), Some(ExtensionView::Other(_))));
    assert!(matches!(event.extension("extlone"), Some(ExtensionView::Other(_))));
    assert!(event.extension("extnull").is_none());
    assert!(event.extension("id").is_none(), "a core attribute is no extension");
}

#[test]
fn data_is_told_apart() {
    for (members, expected) in [
        ("", "Absent"),
        (r#","data":null"#, "Json(null)"),
        (r#","data":0"#, "Json(0)"),
        (r#","data":"""#, r#"Json("")"#),
        (r#","data":{ "a" : 1e400 }"#, r#"Json({ "a" : 1e400 })"#),
        (r#","data_base64":"AQL/""#, r#"Base64("AQL/")"#),
        (r#","data_base64":null"#, "Absent"),
    ] {
        assert_eq!(format!("{:?}", view(&with(members)).unwrap().data()), expected);
    }
}

#[cfg(feature = "base64")]
#[test]
fn bytes_are_decoded() {
    let json = with(r#","data_base64":"AQL/""#);
    let data = view(&json).unwrap().data();
    assert_eq!(data.to_bytes().unwrap(), [1, 2, 255]);
    assert_eq!(data.to_bytes_in(&mut [0; 3]).unwrap(), [1, 2, 255]);
    assert!(data.to_bytes_in(&mut [0; 2]).is_err());
    for bad in [r#","data_base64":"A""#, r#","data_base64":"AQL_""#, r#","data":"AQL/""#, ""] {
        let json = with(bad);
        let data = view(&json).unwrap().data();
        assert!(data.to_bytes().is_err() && data.to_bytes_in(&mut [0; 9]).is_err(), "{bad}");
    }
}

#[cfg(feature = "base64")]
#[test]
fn bytes_are_decoded_from_base64_with_escapes() {
    for (base64, bytes) in
        [(r"AQL\/", &[1, 2, 255][..]), (r"\u002B+8=", &[251, 239]), (r"AQL\/AQ\u003d=", &[1, 2, 255, 1])]
    {
        let json = with(&format!(r#","data_base64":"{base64}""#));
        let data = view(&json).unwrap().data();
        assert_eq!(data.to_bytes().unwrap(), bytes);
        assert_eq!(data.to_bytes_in(&mut [0; 9]).unwrap(), bytes);
        let mut small = vec![0; bytes.len() - 1];
        assert!(matches!(data.to_bytes_in(&mut small), Err(DataError::TooLarge)));
    }
    for bad in [r"AQ==AQL\/", r"AQL\/A", r"AQL\u012f", r"AQL\n"] {
        let json = with(&format!(r#","data_base64":"{bad}""#));
        let data = view(&json).unwrap().data();
        assert!(data.to_bytes().is_err(), "{bad}");
        assert!(matches!(data.to_bytes_in(&mut [0; 9]), Err(DataError::Base64)), "{bad}");
    }
}

#[test]
fn malformed_events_say_why() {
    use MalformedEvent::{DataTwice, Doubled, Missing, NotAnObject, WrongType};
    let cases = [
        ("[]".to_owned(), NotAnObject),
        ("null".to_owned(), NotAnObject),
        ("{}".to_owned(), Missing("id")),
        (r#"{"id":"1","source":"s"}"#.to_owned(), Missing("type")),
        (r#"{"id":null,"source":"s","type":"t"}"#.to_owned(), Missing("id")),
        (r#"{"id":1,"source":"s","type":"t"}"#.to_owned(), WrongType("id")),
        (with(r#","id":"2""#), Doubled("id")),
        (with(r#","\u0069d":"2""#), Doubled("id")),
        (with(r#","subject":1"#), WrongType("subject")),
        (with(r#","time":{}"#), WrongType("time")),
        (with(r#","data":1,"data":1"#), Doubled("data")),
        (with(r#","data":1,"data_base64":"AA==""#), DataTwice),
        (with(r#","data_base64":"AA==","data":"""#), DataTwice),
        (with(r#","data_base64":1"#), WrongType("data_base64")),
        (r#"{"specversion":"0.3","id":"1","source":"s","type":"t"}"#.to_owned(), WrongType("specversion")),
    ];
    for (json, error) in cases {
        assert_eq!(view(&json).unwrap_err(), error, "{json}");
    }
    let lone = with(r#","subject":"\ud800""#);
    assert!(
        matches!(view(&lone), Err(MalformedEvent::Json(error)) if error.kind() == JsonErrorKind::LoneSurrogate)
    );
}

#[test]
fn escapes_hide_neither_the_version_nor_a_code() {
    assert!(view(r#"{"specversion":"1\u002e0","id":"1","source":"s","type":"t"}"#).is_ok());
    let body = br#"{"failedLockTokens":[{"lockToken":"a","error":{"code":"T\u006fkenLost"}}]}"#;
    for (replayed, reason) in [(false, FailureReason::TokenLost), (true, FailureReason::AlreadySettledOrLost)]
    {
        let settlement = Settlement::parse(&body[..], replayed).unwrap();
        assert_eq!(settlement.failed().next().unwrap().reason(), reason);
    }
}

#[test]
fn one_bad_event_does_not_lose_the_batch() {
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let good = with("");
    let bad = [
        r#"{"id":1}"#,
        "17",
        r#"{"id":"\ud800","source":"s","type":"t"}"#,
        deep.as_str(),
        &format!(r#"{{"id":"1","source":"s","type":"t","data":{deep}}}"#),
    ];
    for bad in bad {
        let body = body(&[&good, bad, &good]);
        let batch = Batch::parse(body.as_bytes()).unwrap();
        let readable: Vec<bool> = batch.iter().map(|received| received.event().is_ok()).collect();
        assert_eq!(readable, [true, false, true], "{bad}");
        let tokens: Vec<String> = batch.lock_tokens().map(|token| token.to_string()).collect();
        assert_eq!(tokens, ["token-0", "token-1", "token-2"]);
    }
}

#[test]
fn what_surrounds_an_event_may_be_anything() {
    let event = with("");
    let cases = [
        format!(
            r#"{{"value":[{{"event":{event},"x":[],"brokerProperties":{{"y":{{}},"deliveryCount":3,"lockToken":"a"}}}}]}}"#
        ),
        format!(
            r#"{{"next":null,"value":[{{"brokerProperties":{{"lockToken":"a","deliveryCount":3}},"event":{event}}}],"z":[{{}}]}}"#
        ),
        format!(
            r#"{{"value":[{{"\ud800":1,"event":{event},"brokerProperties":{{"\ud800":1,"deliveryCount":3,"lockToken":"a"}}}}]}}"#
        ),
        format!(
            " \n{{ \"value\" :\t[ {{\"brokerProperties\" : {{\"lockToken\":\"a\",\"deliveryCount\":3}} ,\"event\":{event}}} ] }}\r\n"
        ),
    ];
    for body in cases {
        let batch = Batch::parse(body.as_bytes()).unwrap();
        let received = batch.iter().next().unwrap();
        assert_eq!((received.lock_token(), received.delivery_count()), (LockToken::new("a"), 3));
        assert_eq!(received.event().unwrap().id(), "1");
        assert_eq!(batch.iter().len(), 1);
    }
}

#[test]
fn broken_broker_properties() {
    let event = with("");
    let element = |properties: &str| format!(r#"{{"brokerProperties":{properties},"event":{event}}}"#);
    let malformed = [
        (
            element(r#"{"lockToken":"a","lockToken":"b","deliveryCount":1}"#),
            MalformedEvent::Doubled("lockToken"),
        ),
        (
            element(r#"{"lockToken":"a","deliveryCount":1,"deliveryCount":2}"#),
            MalformedEvent::Doubled("deliveryCount"),
        ),
        (element(r#"{"lockToken":"a"}"#), MalformedEvent::DeliveryCount),
        (element(r#"{"lockToken":"a","deliveryCount":"1"}"#), MalformedEvent::DeliveryCount),
        (element(r#"{"lockToken":"a","deliveryCount":-1}"#), MalformedEvent::DeliveryCount),
        (r#"{"brokerProperties":{"lockToken":"a","deliveryCount":1}}"#.to_owned(), MalformedEvent::NoEvent),
        (
            format!(
                r#"{{"brokerProperties":{{"lockToken":"a","deliveryCount":1}},"event":{event},"event":{event}}}"#
            ),
            MalformedEvent::Doubled("event"),
        ),
    ];
    for (element, error) in malformed {
        let body = format!(r#"{{"value":[{element}]}}"#);
        let batch = Batch::parse(body.as_bytes()).unwrap();
        let received = batch.iter().next().unwrap();
        assert_eq!(received.event().unwrap_err(), error, "{element}");
        assert_eq!(received.lock_token(), LockToken::new("a"));
    }
    let good = element(r#"{"lockToken":"good","deliveryCount":1}"#);
    for element in [
        element("{}"),
        element("null"),
        element(r#"{"lockToken":7}"#),
        element(r#"{"lockToken":"\udc00"}"#),
        "{}".into(),
        "1".into(),
    ] {
        let body = format!(r#"{{"value":[{element},{good},{element}]}}"#);
        let batch = Batch::parse(body.as_bytes()).unwrap();
        assert_eq!((batch.len(), batch.iter().count(), batch.without_lock_token()), (1, 1, 2), "{element}");
    }
}

#[test]
fn a_body_cut_anywhere_is_an_error_and_never_a_panic() {
    let body = body(&[&with(r#","data":{"a":[1,"é\n"]}"#), &with("")]);
    for cut in 0..body.len() {
        assert!(Batch::parse(&body.as_bytes()[..cut]).is_err(), "{cut}");
    }
    let body = r#"{"succeededLockTokens":["é\n"],"failedLockTokens":[{"lockToken":"a","error":{"code":"c","message":"m"}}]}"#;
    for cut in 0..body.len() {
        assert!(Settlement::parse(&body.as_bytes()[..cut], false).is_err(), "{cut}");
    }
}

#[test]
fn hostile_bodies_are_errors() {
    for body in [
        String::new(),
        "[]".to_owned(),
        "null".to_owned(),
        r#"{"value":{}}"#.to_owned(),
        r#"{"value":[]}x"#.to_owned(),
        r#"{"value":[],}"#.to_owned(),
        "[".repeat(1 << 20),
        r#"{"a":"#.repeat(100_000),
        "{\"value\":[\"\u{1}\"]}".to_owned(),
    ] {
        assert!(Batch::parse(body.as_bytes()).is_err());
        let settle = body.replace("value", "failedLockTokens");
        assert!(Settlement::parse(settle.as_bytes(), false).is_err());
    }
    assert!(Batch::parse(&b"{\"value\":[\"\xff\"]}"[..]).is_err());
    assert!(Batch::parse(&b"{}"[..]).unwrap().is_empty(), "lenient: no array is an empty one");
}

#[test]
fn a_list_that_is_null_has_no_elements() {
    for body in [r#"{"value":null}"#, r#"{"value": null ,"next":1}"#] {
        assert!(Batch::parse(body.as_bytes()).unwrap().is_empty(), "{body}");
        assert!(Batch::salvage(body.as_bytes()).lock_tokens().next().is_none(), "{body}");
    }
    for cut in ["{\"value\":nul", "{\"value\":null", "{\"value\":nill}", "{\"value\":null]"] {
        assert!(Batch::parse(cut.as_bytes()).is_err(), "{cut}");
        let settle = cut.replace("value", "succeededLockTokens");
        assert!(Settlement::parse(settle.as_bytes(), false).is_err(), "{settle}");
    }
    let body = br#"{"failedLockTokens":null,"succeededLockTokens":["a"]}"#;
    let settlement = Settlement::parse(&body[..], false).unwrap();
    assert_eq!(settlement.succeeded().collect::<Vec<_>>(), [LockToken::new("a")]);
    assert!(settlement.is_complete() && settlement.failed().next().is_none());
    let body = br#"{"succeededLockTokens":null,"failedLockTokens":[{"lockToken":"b"}]}"#;
    let settlement = Settlement::parse(&body[..], false).unwrap();
    assert_eq!((settlement.succeeded().count(), settlement.failed().count()), (0, 1));
    assert!(!settlement.is_complete());
    let body = br#"{"succeededLockTokens":null,"failedLockTokens":null}"#;
    assert!(!Settlement::parse(&body[..], false).unwrap().is_complete(), "it says nothing of any token");
}

#[test]
fn a_settlement_in_either_shape() {
    for failed in [
        r#"{"lockToken":"b","error":{"code":"BadToken","message":"Cannot decode \"lockToken\"","target":{}}}"#,
        r#"{"errorCode":"BadToken","errorDescription":"Cannot decode \"lockToken\"","lockToken":"b"}"#,
    ] {
        let body = format!(r#"{{"x":1,"failedLockTokens":[{failed}],"succeededLockTokens":["a","\u0061"]}}"#);
        let settlement = Settlement::parse(body.as_bytes(), true).unwrap();
        assert_eq!(settlement.succeeded().collect::<Vec<_>>(), [LockToken::new("a"); 2]);
        let failed: Vec<_> = settlement.failed().collect();
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].lock_token(), LockToken::new("b"));
        assert_eq!(failed[0].code(), "BadToken");
        assert_eq!(failed[0].message(), "Cannot decode \"lockToken\"");
        assert_eq!(failed[0].reason(), FailureReason::BadToken);
        assert!(!settlement.is_complete());
    }
    let other = br#"{"failedLockTokens":[{"lockToken":"b","error":{"code":"New","message":null}}]}"#;
    let settlement = Settlement::parse(&other[..], false).unwrap();
    assert_eq!(settlement.failed().next().unwrap().reason(), FailureReason::Other);
    assert!(!Settlement::parse(&b"{}"[..], false).unwrap().is_complete(), "it says nothing of any token");
    assert!(Settlement::parse(&br#"{"succeededLockTokens":["a"]}"#[..], false).unwrap().is_complete());
}

#[test]
fn an_owned_batch_outlives_its_buffer() {
    let batch = {
        let body = body(&[&with("")]);
        Batch::parse(body.as_bytes()).unwrap().into_owned()
    };
    assert!(matches!(batch.iter().next().unwrap().event().unwrap().data(), DataView::Absent));
}
