//! Events to and from those of the crate `cloudevents-sdk`.

#![cfg(feature = "cloudevents-sdk")]

use cloudevents::event::{AttributesReader, Data as SdkData, SpecVersion};
use cloudevents::{Event, EventBuilder, EventBuilderV03, EventBuilderV10};
use eventgrid::event::ConversionError;
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

#[test]
fn what_the_other_cannot_hold_is_an_error() {
    let theirs = |value: i64| {
        EventBuilderV10::new().id("1").source("s").ty("t").extension("a", value).build().unwrap()
    };
    assert_eq!(CloudEvent::try_from(theirs(1 << 31)), Err(ConversionError::Extension(0)));
    assert!(CloudEvent::try_from(theirs(i32::MIN.into())).is_ok());
    let deep = (0..200).fold(serde_json::Value::Null, |value, _| serde_json::Value::Array(vec![value]));
    let deep =
        EventBuilderV10::new().id("1").source("s").ty("t").data("application/json", deep).build().unwrap();
    assert_eq!(CloudEvent::try_from(deep), Err(ConversionError::Data));

    let ours = || CloudEvent::new("1", "s", "t");
    let unwritable = std::collections::HashMap::from([(vec![1], 1)]);
    for (event, reason) in [
        (ours().with_time("yesterday"), ConversionError::Time),
        (ours().with_data_schema("relative"), ConversionError::Schema),
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
