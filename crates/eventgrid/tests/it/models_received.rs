//! Any received event can be owned, stored and forwarded.

#![cfg(feature = "alloc")]

use eventgrid::calls::RequestContext;
use eventgrid::calls::{Call, Publish};
use eventgrid::event::{
    BinaryMode, CloudEventView, DataView, EventGridEventView, Extension, ExtensionValue, InvalidEvent,
};
use eventgrid::json::{JsonText, JsonWriter, RawJson};
use eventgrid::target::EndpointKind;
use eventgrid::{Buf, CloudEvent, NamespaceTopic, RequestError};

fn json(event: &CloudEvent<'_>) -> String {
    let mut bytes = Vec::new();
    let mut buf = Buf::growable(&mut bytes, usize::MAX);
    event.write_json(&mut JsonWriter::new(&mut buf)).unwrap();
    String::from_utf8(buf.filled().to_vec()).unwrap()
}

fn view(json: &str) -> CloudEventView<'_> {
    CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap()
}

/// One of every kind of value that JSON has, and what CloudEvents has a type for.
#[test]
fn extension_values_of_any_type_are_kept_and_sent_on_as_they_came() {
    let typed = |value: &str| match value {
        "2147483647" => Some(ExtensionValue::Integer(i32::MAX)),
        "-2147483648" => Some(ExtensionValue::Integer(i32::MIN)),
        "0" => Some(ExtensionValue::Integer(0)),
        "true" => Some(ExtensionValue::Boolean(true)),
        r#""""# => Some("".into()),
        r#""5""# => Some("5".into()),
        _ => None,
    };
    for value in [
        "0",
        "-0",
        "2147483647",
        "-2147483648",
        "2147483648",
        "-2147483649",
        "4247483647",
        "18446744073709551616",
        "123456789012345678901234567890",
        "0.5",
        "5.0",
        "-1.5e-3",
        "1E400",
        "true",
        r#""""#,
        r#""5""#,
        r#""\ud800""#,
        "[]",
        r#"[1, [null], "a"]"#,
        "{}",
        r#"{"route":"a"}"#,
        r#"{ "a" : {"b":[{}]}, "a": 1.0 }"#,
    ] {
        let received =
            format!(r#"{{"id":"1","source":"s","type":"t","unset":null,"first":"","ext":{value}}}"#);
        let event = view(&received).to_event().unwrap().into_owned().unwrap();
        assert_eq!(event.extensions.len(), 2, "{value}");
        let expected = typed(value).unwrap_or(ExtensionValue::Json(JsonText::parse(value).unwrap()));
        assert_eq!(event.extensions[1].value, expected, "{value}");
        assert_eq!(event.check(), Ok(()), "{value}");
        let sent = json(&event);
        assert!(sent.contains(&format!(r#""ext":{value}}}"#)), "{sent}");
        assert_eq!(view(&sent).to_event().unwrap(), event, "{value}");
        #[cfg(feature = "serde")]
        {
            let stored = serde_json::to_string(&event);
            // What is stored by serde must be what serde_json can hold.
            if let Ok(stored) = stored {
                let read: CloudEvent<'_> = serde_json::from_str(&stored).unwrap();
                assert_eq!(read.extensions.len(), 2, "{stored}");
                assert_eq!(read.check(), Ok(()));
            }
        }
    }
}

#[test]
fn extension_names_that_were_received_are_sent_on_whatever_they_are() {
    for name in ["kafkaheadercontenttype", "Region", "my_ext", "x-y", "\u{e9}", "a b", "", "a\\\"b"] {
        let received = format!(r#"{{"id":"1","source":"s","type":"t",{}:5}}"#, serde_json::Value::from(name));
        let event = view(&received).to_event().unwrap().into_owned().unwrap();
        assert_eq!(event.extensions[0].name, name);
        assert_eq!(event.check(), Ok(()), "{name}");
        assert_eq!(view(&json(&event)).to_event().unwrap(), event);
        // A name that a program adds is checked all the same.
        assert!(event.clone().with_extension("Mine", 1).check().is_err());
        let again = event.clone().with_extension(name, 1).check();
        assert!(again.unwrap_err().to_string().contains("has the name of another"), "{name}");
    }
}

#[test]
fn a_name_that_cannot_be_a_part_of_a_headers_is_refused_in_binary_mode() {
    for name in
        ["a: 1\\r\\nx-other", "x\\r\\ny", "Id", "DataContentType", "Region", "a-b", "a b", "\u{e9}", ""]
    {
        let json = format!(
            r#"{{"id":"1","source":"s","type":"t","datacontenttype":"text/plain","data":"x","{name}":"v"}}"#
        );
        let event = view(&json).to_event().unwrap();
        let target = NamespaceTopic::new("https://h", "t").unwrap();
        let mut storage = [0; 2048];
        let mut tx = Buf::new(&mut storage);
        let binary = BinaryMode(&event);
        let publish = Publish::new(&target, &binary);
        let error = publish.encode(&RequestContext::default(), &mut tx).unwrap_err();
        assert!(
            matches!(error, RequestError::Event { reason: InvalidEvent::ExtensionName(_), .. }),
            "{name}: {error}"
        );
        assert_eq!(event.check(), Ok(()), "{name}: as a structured event it can be sent on");
    }
}

#[test]
fn a_long_name_is_refused_where_a_program_makes_it_unless_it_allows_it() {
    let event = |extension: Extension<'static>| {
        let mut event = CloudEvent::new("1", "s", "t");
        event.extensions.push(extension);
        event
    };
    let long = || Extension::new("kafkaheadercontenttype", "application/json");
    assert_eq!(
        event(long()).check().unwrap_err().to_string(),
        "the name of its extension attribute `kafkaheadercontenttype` has more than 20 characters: shorten it, or allow it"
    );
    let allowed = event(long().allow_long_name());
    assert_eq!(allowed.check(), Ok(()));
    assert_eq!(allowed.clone().into_owned().unwrap().check(), Ok(()));
    assert_eq!(allowed, event(long()), "what is allowed does not count");
    // Only the length is allowed.
    let capitals = event(Extension::new("KafkaHeaderContentType", 1).allow_long_name()).check().unwrap_err();
    assert_eq!(
        capitals.to_string(),
        "its extension attribute `KafkaHeaderContentType` must have a name of lower-case letters and digits"
    );
}

#[test]
fn a_time_that_programs_write_otherwise_is_sent_on_as_rfc_3339() {
    for (received, sent) in [
        ("2024-06-01T14:00:00.50+02:00", "2024-06-01T14:00:00.50+02:00"),
        ("2024-06-01t12:00:00.1234567891z", "2024-06-01t12:00:00.1234567891z"),
        ("2024-06-01T14:00+0200", "2024-06-01T14:00:00+02:00"),
        ("2024-06-01 12:00:00.50 GMT", "2024-06-01T12:00:00.50Z"),
        ("2024-06-01T12:00:00", "2024-06-01T12:00:00Z"),
        (
            "2024-06-01T12:00:00.1234567890123456789012345678901234567890Z",
            "2024-06-01T12:00:00.1234567890123456789012345678901234567890Z",
        ),
    ] {
        let json = format!(r#"{{"id":"1","source":"s","type":"t","time":"{received}"}}"#);
        let event = view(&json).to_event().unwrap();
        assert_eq!(event.time.as_deref(), Some(sent), "{received}");
        assert_eq!(event.check(), Ok(()), "{received}");
        let json = format!(r#"{{"id":"1","subject":"s","eventType":"t","eventTime":"{received}"}}"#);
        let event = EventGridEventView::parse(RawJson::parse(&json).unwrap()).unwrap().to_event();
        assert_eq!(event.event_time, sent, "{received}");
        assert_eq!(event.check(EndpointKind::BasicTopic), Ok(()), "{received}");
    }
}

#[test]
fn a_time_that_cannot_be_read_stays_as_it_came_and_is_not_sent() {
    let event = view(r#"{"id":"1","source":"s","type":"t","time":"yesterday"}"#).to_event().unwrap();
    assert_eq!(event.time.as_deref(), Some("yesterday"));
    assert_eq!(event.check(), Err(InvalidEvent::Time("time")));
}

#[cfg(feature = "serde")]
#[test]
fn data_is_read_into_a_type_without_a_heap() {
    use eventgrid::event::DataError;
    use eventgrid::json::DeserializeError;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Command<'a> {
        valve: &'a str,
        mode: char,
    }
    let of = |data: &str| format!(r#"{{"specversion":"1.0","id":"1","source":"s","type":"t"{data}}}"#);
    let json = of(r#","data":{"valve":"inlet","mode":"\u00e9"}"#);
    let data = view(&json).data();
    assert_eq!(data.deserialize_in(&mut [0; 2]).ok(), Some(Command { valve: "inlet", mode: '\u{e9}' }));
    let refused = |data: &str, scratch: &mut [u8]| {
        let json = of(data);
        let error = view(&json).data().deserialize_in::<Command<'_>>(scratch).unwrap_err();
        let said = eventgrid::with_causes(&error).to_string();
        (error, said)
    };
    let (error, said) = refused(r#","data":{"valve":"inlet","mode":"\u00e9"}"#, &mut [0; 1]);
    assert!(matches!(error, DataError::DeserializeIn(DeserializeError::ScratchTooSmall { needed: 2 })));
    assert_eq!(
        said,
        "the event's data cannot be read into the type: the scratch buffer is too small for a string with \
         escapes: lend 2 bytes or more"
    );
    let (error, _) = refused(r#","data":{"valve":"inlet"}"#, &mut []);
    assert!(matches!(error, DataError::DeserializeIn(DeserializeError::MissingField("mode"))), "{error:?}");
    assert!(matches!(refused("", &mut []).0, DataError::Absent));
    assert!(matches!(refused(r#","data_base64":"AA==""#, &mut []).0, DataError::WrongForm));
}

#[test]
fn data_that_is_null_beside_bytes_is_no_data() {
    for members in [r#""data":null,"data_base64":"AQID""#, r#""data_base64":"AQID","data":null"#] {
        let json = format!(r#"{{"id":"1","source":"s","type":"t",{members}}}"#);
        assert!(matches!(view(&json).data(), DataView::Base64(base64) if base64 == "AQID"), "{members}");
    }
    for data in ["1", "false", r#""""#, "{}", "[null]", r#""null""#] {
        let json = format!(r#"{{"id":"1","source":"s","type":"t","data":{data},"data_base64":"AQID"}}"#);
        let error = CloudEventView::parse(RawJson::parse(&json).unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the received event is malformed: it has both `data` and `data_base64`; an event has at most one of them"
        );
    }
}
