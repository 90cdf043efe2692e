//! Events that are owned, compared, and made from received ones.

#![cfg(feature = "alloc")]

use eventgrid::event::{
    BinaryMode, CloudEventView, ConversionError, CustomEvent, EventGridEvent, Extension, Extensions,
    InvalidEvent, MalformedEvent,
};
use eventgrid::json::{JsonText, JsonWriter, RawJson, WriteError};
use eventgrid::target::EndpointKind;
use eventgrid::{Buf, Bytes, CloudEvent, Data, Text, TraceContext};

/// Compiles only if all of them can move between threads and be shared by them.
const _: () = models_are_send_and_sync();

const fn models_are_send_and_sync() {
    const fn check<T: Send + Sync>() {}
    check::<(CloudEvent<'_>, EventGridEvent<'_>, CustomEvent<'_>, BinaryMode<'_>)>();
    check::<(Data<'_>, Extensions<'_>, Extension<'_>, Text<'_>, Bytes<'_>, JsonText<'_>)>();
    check::<(CloudEventView<'_>, MalformedEvent, InvalidEvent, ConversionError)>();
    check::<(eventgrid::Batch<'_>, eventgrid::ReceivedEvent<'_>, eventgrid::Settlement<'_>)>();
    #[cfg(feature = "heapless")]
    check::<(eventgrid::event::CloudEventBuf<8>, eventgrid::LockTokenBuf<8>)>();
}

fn json(event: &CloudEvent<'_>) -> String {
    let mut bytes = Vec::new();
    let mut buf = Buf::growable(&mut bytes, usize::MAX);
    event.write_json(&mut JsonWriter::new(&mut buf)).unwrap();
    String::from_utf8(buf.filled().to_vec()).unwrap()
}

fn view(json: &str) -> CloudEventView<'_> {
    CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap()
}

#[test]
fn an_owned_event_outlives_all_it_was_made_of() {
    let (owned, expected) = {
        let texts: Vec<String> = [
            "1",
            "urn:s",
            "T",
            "subject",
            "2024-06-01T12:00:00Z",
            "text/plain",
            "urn:schema",
            "n",
            "v",
            "data",
        ]
        .map(str::to_owned)
        .to_vec();
        let [id, source, event_type, subject, time, content_type, schema, name, value, data] = &texts[..]
        else {
            unreachable!()
        };
        let extensions = [Extension::new(name, &**value), Extension::new("i", -7), Extension::new("b", true)];
        let event = CloudEvent::new(id, source, event_type)
            .with_subject(subject)
            .with_time(time)
            .with_data_content_type(content_type)
            .with_data_schema(schema)
            .with_extensions(&extensions)
            .with_data(Data::text(data));
        (event.clone().into_owned().unwrap(), json(&event))
    };
    let owned: CloudEvent<'static> = owned;
    assert_eq!(json(&owned), expected);
    assert_eq!(
        json(&owned.clone().with_extension("more", "x")).len(),
        expected.len() + r#""more":"x","#.len()
    );

    let text = String::from("v");
    let event = EventGridEvent::new(&text, &text, &text, &text, &text)
        .for_domain_topic(&text)
        .with_data(Data::raw_json(&text[..0]).unwrap_or_default());
    let owned: EventGridEvent<'static> = event.clone().into_owned().unwrap();
    assert_eq!(owned, event);
    let custom = String::from("[1]");
    let owned: CustomEvent<'static> = CustomEvent::raw_json(&custom).unwrap().into_owned().unwrap();
    assert_eq!(owned, CustomEvent::raw_json("[1]").unwrap());
}

#[test]
fn raw_json_may_be_owned_text() {
    let data = Data::raw_json(format!(" [{}] ", 1)).unwrap();
    assert_eq!(data, Data::raw_json("[1]").unwrap());
    assert!(Data::raw_json(String::from("[1")).is_err());
}

/// Writes itself by hand, so that no feature is needed.
struct Written(Result<&'static str, WriteError>);

#[cfg(not(feature = "serde"))]
impl eventgrid::json::WriteJson for Written {
    fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        self.0.clone().and_then(|text| out.string(text))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Written {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(text) => serializer.serialize_str(text),
            Err(error) => Err(serde::ser::Error::custom(error)),
        }
    }
}

#[test]
fn a_value_becomes_the_json_it_writes() {
    let value = Written(Ok("a\n"));
    for owned in [Data::json(&value).into_owned().unwrap(), Data::owned_json(&value).unwrap()] {
        assert!(matches!(&owned, Data::Json(json) if json.as_str() == r#""a\n""#), "{owned:?}");
    }
    let bad = Written(Err(WriteError::KeyNotString));
    assert!(Data::json(&bad).into_owned().is_err());
    assert!(Data::owned_json(&bad).is_err());
    assert!(CloudEvent::new("1", "s", "t").with_data(Data::json(&bad)).into_owned().is_err());
}

#[test]
fn data_is_equal_if_the_same_is_sent() {
    let (a, b, bad) = (Written(Ok("a")), Written(Ok("b")), Written(Err(WriteError::KeyNotString)));
    let raw = |text: &'static str| Data::raw_json(text).unwrap();
    let equal = [
        (Data::None, Data::None),
        (raw("[1]"), raw(" [1]\n")),
        (raw(r#""a""#), Data::text("a")),
        (Data::json(&a), Data::text("a")),
        (Data::json(&a), raw(r#""a""#)),
        (Data::text("\n"), raw(r#""\n""#)),
    ];
    for (one, other) in &equal {
        assert_eq!(one, other);
        assert_eq!(other, one);
    }
    let different = [
        (Data::None, raw("null")),
        (Data::None, Data::text("")),
        (raw("1"), raw("1.0")),
        (raw("[1]"), raw("[ 1]")),
        (Data::text("a"), Data::text("b")),
        (Data::json(&a), Data::json(&b)),
        (Data::json(&bad), Data::json(&bad)),
        (raw("1"), Data::text("1")),
    ];
    for (one, other) in &different {
        assert_ne!(one, other);
        assert_ne!(other, one);
    }
    #[cfg(feature = "base64")]
    {
        assert_eq!(Data::bytes(b"a"), Data::bytes(b"a".to_vec()));
        assert_ne!(Data::bytes(b"a"), Data::bytes(b"b"));
        assert_ne!(Data::bytes(b"a"), raw(r#""YQ==""#));
        assert_ne!(Data::bytes(b""), Data::None);
    }
}

#[test]
fn the_order_of_extension_attributes_does_not_matter() {
    let event = || CloudEvent::new("1", "s", "t");
    let one = event().with_extension("a", 1).with_extension("b", "1");
    assert_eq!(one, event().with_extension("b", "1").with_extension("a", 1));
    assert_ne!(one, event().with_extension("b", 1).with_extension("a", 1));
    assert_ne!(one, event().with_extension("a", 1));
    assert_ne!(event().with_extension("a", 1).with_extension("a", 1), one);
    assert_ne!(event(), event().with_subject(""));
}

#[test]
fn a_received_event_can_be_kept_changed_and_published_again() {
    let kept = {
        let json = String::from(
            r#"{"id":"\u0031","source":"urn:\/s","type":"T","subject":"é","time":"2024-06-01T12:00:00Z","specversion":"1.0",
            "datacontenttype":"application/json","dataschema":"urn:x","text":"v\n","int":-2147483648,"flag":false,"unset":null,
            "data":{ "a" : 1.0 }}"#,
        );
        view(&json).to_event().unwrap().into_owned().unwrap()
    };
    assert_eq!(
        kept,
        CloudEvent::new("1", "urn:/s", "T")
            .with_subject("é")
            .with_time("2024-06-01T12:00:00Z")
            .with_data_content_type("application/json")
            .with_data_schema("urn:x")
            .with_extension("text", "v\n")
            .with_extension("int", i32::MIN)
            .with_extension("flag", false)
            .with_data(Data::raw_json(r#"{ "a" : 1.0 }"#).unwrap())
    );
    kept.check().unwrap();
    assert_eq!(view(&json(&kept)).to_event().unwrap(), kept);
}

#[test]
fn a_json_string_is_text_unless_the_media_type_is_json() {
    let data = |members: &str| {
        let json = format!(r#"{{"id":"1","source":"s","type":"t"{members}}}"#);
        view(&json).to_event().unwrap().into_owned().unwrap().data
    };
    assert!(
        matches!(data(r#","datacontenttype":"text/xml","data":"<a\/>""#), Data::Text(text) if text == "<a/>")
    );
    assert!(matches!(data(r#","data":"<a\/>""#), Data::Json(json) if json.as_str() == r#""<a\/>""#));
    assert!(matches!(data(r#","datacontenttype":"a/b+json; q=1","data":"x""#), Data::Json(_)));
    assert!(matches!(data(r#","datacontenttype":"text/xml","data":{}"#), Data::Json(_)));
    assert!(
        matches!(data(r#","datacontenttype":"text/xml","data":"\ud800""#), Data::Json(json) if json.as_str() == r#""\ud800""#)
    );
    assert!(matches!(data(r#","data":null"#), Data::Json(json) if json.as_str() == "null"));
    assert!(matches!(data(r#","data_base64":null"#), Data::None));
    assert!(matches!(data(r#","data":1,"data_base64":null"#), Data::Json(_)));
    assert!(matches!(data(""), Data::None));
}

#[test]
fn bytes_are_decoded() {
    let converted = |base64: &str| {
        let json = format!(r#"{{"id":"1","source":"s","type":"t","data":null,"data_base64":"{base64}"}}"#);
        view(&json).to_event().and_then(|event| event.into_owned().map_err(|_| unreachable!()))
    };
    #[cfg(feature = "base64")]
    {
        assert_eq!(converted(r"AP\/+").unwrap().data, Data::bytes(&[0, 255, 254]));
        for bad in ["AP/", "...", "A P/+"] {
            assert_eq!(converted(bad), Err(ConversionError::Bytes));
        }
    }
    #[cfg(not(feature = "base64"))]
    assert_eq!(converted("AP/+"), Err(ConversionError::Bytes));
}

#[test]
fn a_time_that_is_none_is_refused_before_it_is_sent() {
    let event = CloudEvent::new("1", "s", "t");
    assert!(event.clone().with_time("2024-06-01t12:00:00.123456789z").check().is_ok());
    for bad in ["", "yesterday", "2024-06-01 12:00:00Z", "2024-06-01T12:00:00", "2024-06-01T12:00:00+0200"] {
        let refused = event.clone().with_time(bad).check();
        assert_eq!(refused, Err(InvalidEvent::Time("time")), "{bad}");
    }
    let event = EventGridEvent::new("1", "s", "t", "2024-06-01", "1");
    assert_eq!(event.check(EndpointKind::BasicTopic), Err(InvalidEvent::Time("eventTime")));
    assert_eq!(
        InvalidEvent::Time("time").to_string(),
        "its attribute `time` must be a time such as `2024-06-01T12:00:00Z` (RFC 3339)"
    );
}

#[test]
fn the_trace_of_an_event_is_that_of_its_attributes() {
    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    for (members, trace) in [
        (format!(r#""traceparent":"{PARENT}""#), Some((PARENT, None))),
        (format!(r#""tracestate":"a=b","traceparent":"{PARENT}""#), Some((PARENT, Some("a=b")))),
        (format!(r#""traceparent":"{PARENT}","tracestate":"a=\"b\"""#), Some((PARENT, Some("a=\"b\"")))),
        (format!(r#""traceparent":"\u0030{}""#, &PARENT[1..]), Some((PARENT, None))),
        // A state that is not valid is not worth the trace.
        (format!(r#""traceparent":"{PARENT}","tracestate":"a=\n""#), Some((PARENT, None))),
        (format!(r#""traceparent":"{PARENT}","tracestate":5"#), Some((PARENT, None))),
        (r#""tracestate":"a=b""#.to_owned(), None),
        (r#""traceparent":"00-x""#.to_owned(), None),
        (r#""traceparent":5"#.to_owned(), None),
        (r#""traceparent":null"#.to_owned(), None),
    ] {
        let json = format!(r#"{{"id":"1","source":"s","type":"t",{members}}}"#);
        let view = CloudEventView::parse(RawJson::parse(&json).unwrap()).unwrap();
        let expected = trace.map(|(parent, state)| {
            let trace = TraceContext::new(parent).unwrap();
            state.map_or(trace.clone(), |state| trace.with_tracestate(state).unwrap())
        });
        assert_eq!(view.trace_context(), expected, "{json}");
        if let Ok(event) = view.to_event() {
            assert_eq!(event.trace_context(), expected, "{json}");
        }
    }
}
