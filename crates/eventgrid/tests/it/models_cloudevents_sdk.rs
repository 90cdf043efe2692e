//! Events to and from those of the crate `cloudevents-sdk`.

#![cfg(feature = "cloudevents-sdk")]

use cloudevents::event::{AttributesReader, Data as SdkData, ExtensionValue as SdkValue, SpecVersion};
use cloudevents::{Event, EventBuilder, EventBuilderV03, EventBuilderV10};
use eventgrid::event::{CloudEventView, ConversionError};
use eventgrid::json::RawJson;
use eventgrid::{CloudEvent, Data};

fn full() -> CloudEvent<'static> {
    CloudEvent::new("1", "/relative", "T")
        .with_subject("é")
        .with_time("2024-06-01T12:00:00.1234567Z")
        .with_data_content_type("text/plain")
        .with_data_schema("urn:x")
        .with_extension("a", "1")
        .with_extension("b", i32::MIN)
        .with_extension("c", false)
}

#[test]
fn an_event_goes_there_and_back() {
    let numbers = vec![1.5, -2.0];
    for data in [
        Data::None,
        Data::text("<a/>"),
        Data::bytes(&[0, 255]),
        Data::raw_json(r#"{"a":[1,null]}"#).unwrap(),
        Data::raw_json("null").unwrap(),
        Data::json(&numbers),
    ] {
        for event in [full().with_data(data.clone()), CloudEvent::new("1", "s", "t").with_data(data.clone())]
        {
            let converted = Event::try_from(event.clone()).unwrap();
            assert_eq!(CloudEvent::try_from(converted).unwrap(), event);
        }
    }
}

#[test]
fn both_write_the_same() {
    let event = full().with_data(Data::raw_json(r#"{"a":[1]}"#).unwrap());
    let ours = serde_json::to_value(&event).unwrap();
    let theirs = Event::try_from(event).unwrap();
    // They write the time with as many digits as a multiple of three needs.
    let mut written = serde_json::to_value(&theirs).unwrap();
    assert_eq!(written["time"], "2024-06-01T12:00:00.123456700Z");
    written["time"] = ours["time"].clone();
    assert_eq!(written, ours);
    assert_eq!(theirs.specversion(), SpecVersion::V10);
}

#[test]
fn what_their_builder_makes_can_be_published() {
    let event = EventBuilderV10::new()
        .id("1")
        .source("urn:s")
        .ty("T")
        .time("2024-06-01T14:00:00.500+02:00")
        .extension("b", "2")
        .extension("a", 1)
        .data_with_schema("application/json", "http://schema.example/x", serde_json::json!({"total": 9}))
        .build()
        .unwrap();
    let converted = CloudEvent::try_from(event).unwrap();
    assert_eq!(converted.check(), Ok(()));
    let expected = CloudEvent::new("1", "urn:s", "T")
        .with_time("2024-06-01T12:00:00.5Z")
        .with_extension("a", 1)
        .with_extension("b", "2")
        .with_data_content_type("application/json")
        .with_data_schema("http://schema.example/x")
        .with_data(Data::raw_json(r#"{"total":9}"#).unwrap());
    assert_eq!(converted, expected);
    assert_eq!(converted.extensions[0].name, "a", "sorted, since they have no order");
}

#[test]
fn an_event_of_0_3_becomes_one_of_1_0() {
    let event = EventBuilderV03::new().id("1").source("s").ty("t").data("text/plain", "x").build().unwrap();
    let expected =
        CloudEvent::new("1", "s", "t").with_data_content_type("text/plain").with_data(Data::text("x"));
    assert_eq!(CloudEvent::try_from(event).unwrap(), expected);
}

/// What Azure Storage sends, restated.
#[test]
fn an_event_of_azure_is_converted_without_its_relative_schema() {
    let json = r##"{"specversion":"1.0","type":"Microsoft.Storage.BlobCreated",
        "source":"/subscriptions/0/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a","id":"1",
        "time":"2024-06-01T12:00:00.1234567Z","subject":"blobServices/default/containers/c/blobs/f.txt","dataschema":"#",
        "data":{"api":"PutBlob"}}"##;
    let received = CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap();
    let ours = received.to_event().unwrap();
    assert_eq!(ours.data_schema.as_deref(), Some("#"));
    let theirs = Event::try_from(ours.clone()).unwrap();
    assert_eq!((theirs.dataschema(), theirs.ty()), (None, "Microsoft.Storage.BlobCreated"));
    let mut without_schema = ours;
    without_schema.data_schema = None;
    assert_eq!(CloudEvent::try_from(theirs).unwrap(), without_schema);

    for (schema, kept) in [
        ("relative", None),
        ("", None),
        ("//host/x", None),
        ("urn:x", Some("urn:x")),
        ("https://example.com", Some("https://example.com/")),
    ] {
        let theirs = Event::try_from(CloudEvent::new("1", "s", "t").with_data_schema(schema)).unwrap();
        assert_eq!(theirs.dataschema().map(ToString::to_string).as_deref(), kept, "{schema}");
    }
}

#[test]
fn whole_numbers_of_64_bits_stay_numbers_and_what_they_have_no_type_for_is_text() {
    for (value, held) in [
        ("2147483648", SdkValue::Integer(1 << 31)),
        ("4247483647", SdkValue::Integer(4_247_483_647)),
        ("9223372036854775807", SdkValue::Integer(i64::MAX)),
        ("-9223372036854775808", SdkValue::Integer(i64::MIN)),
    ] {
        let event = received(value);
        let theirs = Event::try_from(event.clone()).unwrap();
        assert_eq!(theirs.extension("ext"), Some(&held), "{value}");
        assert_eq!(CloudEvent::try_from(theirs).unwrap(), event, "{value}");
    }
    for value in ["9223372036854775808", "0.5", "5.0", r#"{"route":"a"}"#, "[1]", "1e2"] {
        let theirs = Event::try_from(received(value)).unwrap();
        assert_eq!(theirs.extension("ext"), Some(&SdkValue::String(value.to_owned())));
    }
}

fn received(value: &str) -> CloudEvent<'static> {
    let json = format!(r#"{{"id":"1","source":"s","type":"t","ext":{value}}}"#);
    let view = CloudEventView::parse(RawJson::parse(&json).unwrap()).unwrap();
    view.to_event().unwrap().into_owned().unwrap()
}

#[test]
fn long_names_go_there_and_back() {
    let json = r#"{"id":"1","source":"s","type":"t","kafkaheadercontenttype":"application/json"}"#;
    let view = CloudEventView::parse(RawJson::parse(json).unwrap()).unwrap();
    let theirs = Event::try_from(view.to_event().unwrap()).unwrap();
    let back = CloudEvent::try_from(theirs).unwrap();
    assert_eq!(back, view.to_event().unwrap());
    assert_eq!(back.check(), Ok(()));
}

#[test]
fn every_time_of_rfc_3339_goes_there_and_back() {
    for (time, back) in [
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
        ("9999-12-30T22:00:01Z", "9999-12-30T22:00:01Z"),
        ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-23:59"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("0000-01-01T00:00:00+00:01", "0000-01-01T23:58:00+23:59"),
        ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:60.5Z"),
        ("2024-06-01T14:00:00.1234567+02:00", "2024-06-01T12:00:00.1234567Z"),
        ("2024-06-01T12:00:00.1234567891Z", "2024-06-01T12:00:00.123456789Z"),
        ("2024-06-01 14:00 +0200", "2024-06-01T12:00:00Z"),
    ] {
        let theirs = Event::try_from(CloudEvent::new("1", "s", "t").with_time(time)).unwrap();
        let converted = CloudEvent::try_from(theirs).unwrap();
        assert_eq!(converted.time.as_deref(), Some(back), "{time}");
        assert_eq!(converted.check(), Ok(()), "{time}");
    }
}

#[test]
fn data_keeps_its_type_whatever_parameters_its_media_type_has() {
    for media_type in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8; v=1",
        "Application/JSON ; charset=utf-8",
        "application/vnd.shop+json; charset=utf-8",
        "text/json",
    ] {
        for data in [
            Data::raw_json(r#"{"a":[1]}"#).unwrap(),
            Data::raw_json("5").unwrap(),
            Data::raw_json("null").unwrap(),
            Data::text("5"),
            Data::text("true"),
            Data::text(""),
            Data::text(r#"{"a":1}"#),
            Data::bytes(&[0, 255]),
        ] {
            let event = CloudEvent::new("1", "s", "t").with_data_content_type(media_type).with_data(data);
            let theirs = Event::try_from(event.clone()).unwrap();
            assert_eq!(theirs.datacontenttype(), Some(media_type));
            assert_eq!(CloudEvent::try_from(theirs).unwrap(), event);
        }
        // As they hold JSON that came in binary content mode, or that a program gave as text.
        let event = |data: SdkData| {
            let mut event = EventBuilderV10::new().id("1").source("s").ty("t").build().unwrap();
            event.set_data(media_type, data);
            CloudEvent::try_from(event).unwrap().data
        };
        let json = Data::raw_json(r#"{"a":1}"#).unwrap();
        assert_eq!(event(SdkData::Binary(br#"{"a":1}"#.to_vec())), json);
        // By its own rule, whose letters count, it holds JSON of other types as text.
        let is_known = ["application/json", "text/json"].iter().any(|known| media_type.starts_with(known));
        let text = Data::text(r#"{"a":1}"#);
        let expected = if is_known || media_type.ends_with("+json") { text } else { json };
        assert_eq!(event(SdkData::String(r#"{"a":1}"#.to_owned())), expected, "{media_type}");
        assert_eq!(event(SdkData::String("5".to_owned())), Data::text("5"), "{media_type}");
        assert_eq!(event(SdkData::Binary(b"{".to_vec())), Data::bytes(b"{"));
        assert_eq!(event(SdkData::String("{".to_owned())), Data::text("{"));
    }
    for media_type in ["text/plain; charset=utf-8", "application/xml", "image/png"] {
        for data in [Data::text("5"), Data::bytes(b"5")] {
            let event = CloudEvent::new("1", "s", "t").with_data_content_type(media_type).with_data(data);
            let theirs = Event::try_from(event.clone()).unwrap();
            assert_eq!(CloudEvent::try_from(theirs).unwrap(), event);
        }
    }
}

#[test]
fn what_the_other_cannot_hold_is_an_error() {
    let deep = (0..200).fold(serde_json::Value::Null, |value, _| serde_json::Value::Array(vec![value]));
    let deep =
        EventBuilderV10::new().id("1").source("s").ty("t").data("application/json", deep).build().unwrap();
    assert_eq!(CloudEvent::try_from(deep), Err(ConversionError::Data));

    let ours = || CloudEvent::new("1", "s", "t");
    let unwritable = std::collections::HashMap::from([(vec![1], 1)]);
    for (event, reason) in [
        (ours().with_time("yesterday"), ConversionError::Time),
        (ours().with_time("2023-02-30T00:00:00Z"), ConversionError::Time),
        (ours().with_data(Data::raw_json("1e999").unwrap()), ConversionError::Data),
        (ours().with_data(Data::raw_json(r#""\ud800""#).unwrap()), ConversionError::Data),
        (ours().with_data(Data::json(&unwritable)), ConversionError::Data),
    ] {
        assert_eq!(Event::try_from(event).unwrap_err(), reason);
    }
    assert_eq!(
        Event::try_from(ours().with_data(Data::text("{}"))).unwrap().data(),
        Some(&SdkData::String("{}".to_owned()))
    );
}
