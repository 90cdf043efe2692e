//! Events through `serde`.

#![cfg(all(feature = "serde", feature = "alloc"))]

use eventgrid::event::EventGridEvent;
use eventgrid::{CloudEvent, Data};
use serde_json::{Value, json};

fn full() -> CloudEvent<'static> {
    CloudEvent::new("1\n", "urn:s", "T")
        .with_subject("é")
        .with_time("2024-06-01T12:00:00Z")
        .with_data_content_type("application/json")
        .with_data_schema("urn:x")
        .with_extension("text", "\"")
        .with_extension("int", -1)
        .with_extension("flag", true)
}

fn grid_event() -> EventGridEvent<'static> {
    EventGridEvent::new("1", "orders/17", "T", "2024-06-01T12:00:00Z", "1.0")
}

#[test]
fn a_cloud_event_is_written_in_its_json_format() {
    let event = full().with_data(Data::raw_json(r#"{"total": 9.5}"#).unwrap());
    let text = serde_json::to_string(&event).unwrap();
    assert_eq!(
        text,
        r#"{"specversion":"1.0","id":"1\n","source":"urn:s","type":"T","subject":"é","time":"2024-06-01T12:00:00Z","datacontenttype":"application/json","dataschema":"urn:x","text":"\"","int":-1,"flag":true,"data":{"total":9.5}}"#
    );
    assert_eq!(serde_json::to_value(&event).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
    assert_eq!(
        serde_json::from_str::<CloudEvent<'_>>(&text).unwrap(),
        full().with_data(Data::raw_json(r#"{"total":9.5}"#).unwrap())
    );
    assert_eq!(
        serde_json::to_string(&CloudEvent::new("1", "s", "t")).unwrap(),
        r#"{"specversion":"1.0","id":"1","source":"s","type":"t"}"#
    );
}

#[test]
fn data_of_every_kind_comes_back() {
    let numbers = vec![1.5, -2.0];
    let data = [
        Data::None,
        Data::raw_json("null").unwrap(),
        Data::raw_json("[18446744073709551615,-9223372036854775808,0.1]").unwrap(),
        Data::json(&numbers),
        Data::text("\u{0}<a/>\u{10ffff}"),
        #[cfg(feature = "base64")]
        Data::bytes(&[0, 255]),
        #[cfg(feature = "base64")]
        Data::bytes(&[]),
    ];
    for data in data {
        let event = full().with_data(data);
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<CloudEvent<'_>>(&text).unwrap(), event);
        let value = serde_json::to_value(&event).unwrap();
        assert_eq!(serde_json::from_value::<CloudEvent<'_>>(value).unwrap(), event);
    }
}

#[test]
fn json_data_keeps_its_text_where_it_can() {
    let text =
        r#"{"id":"1","source":"s","type":"t","data": { "b" : 1.0, "a" : 100000000000000000000000000 } }"#;
    let event: CloudEvent<'_> = serde_json::from_str(text).unwrap();
    assert!(
        matches!(&event.data, Data::Json(json) if json.as_str() == r#"{ "b" : 1.0, "a" : 100000000000000000000000000 }"#)
    );
    let event: CloudEvent<'_> = serde_json::from_slice(text.as_bytes()).unwrap();
    assert!(matches!(&event.data, Data::Json(json) if json.as_str().starts_with("{ ")));
    let event: CloudEvent<'_> = serde_json::from_reader(text.as_bytes()).unwrap();
    assert!(matches!(&event.data, Data::Json(json) if json.as_str().starts_with("{ ")));
}

#[test]
fn events_can_be_parts_of_other_types() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Stored {
        tries: u32,
        event: CloudEvent<'static>,
        others: Vec<EventGridEvent<'static>>,
    }
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    #[serde(untagged)]
    enum Either {
        Cloud(CloudEvent<'static>),
        Grid(EventGridEvent<'static>),
    }

    let data = || Data::raw_json("[1]").unwrap();
    let stored = Stored {
        tries: 3,
        event: full().with_data(data()),
        others: vec![grid_event(), grid_event().with_data(data())],
    };
    let text = serde_json::to_string(&stored).unwrap();
    assert_eq!(serde_json::from_str::<Stored>(&text).unwrap(), stored);
    for either in [Either::Cloud(full().with_data(data())), Either::Grid(grid_event())] {
        let text = serde_json::to_string(&either).unwrap();
        assert_eq!(serde_json::from_str::<Either>(&text).unwrap(), either);
    }
}

#[test]
fn the_rules_of_the_json_format_hold() {
    let read = |members: Value| {
        let mut event = json!({"specversion": "1.0", "id": "1", "source": "s", "type": "t"});
        event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let text = event.to_string();
        let from_text = serde_json::from_str::<CloudEvent<'_>>(&text).map_err(|error| error.to_string());
        let from_value = serde_json::from_value::<CloudEvent<'_>>(event).map_err(|error| error.to_string());
        assert_eq!(from_text.as_ref().ok(), from_value.as_ref().ok(), "{text}");
        from_text
    };
    let plain = CloudEvent::new("1", "s", "t");
    let unset = json!({"subject": null, "time": null, "datacontenttype": null, "dataschema": null, "ext": null, "data_base64": null});
    assert_eq!(read(unset).unwrap(), plain);
    assert_eq!(
        read(json!({"data": null})).unwrap(),
        plain.clone().with_data(Data::raw_json("null").unwrap())
    );
    #[cfg(feature = "base64")]
    assert_eq!(
        read(json!({"data": null, "data_base64": "AA=="})).unwrap(),
        plain.clone().with_data(Data::bytes(&[0]))
    );
    for (members, reason) in [
        (json!({"id": null}), "`id` is missing"),
        (json!({"source": 1}), "`source` has a value of the wrong type"),
        (json!({"subject": {}}), "`subject` has a value of the wrong type"),
        (json!({"specversion": "0.3"}), "`specversion`"),
        (json!({"data": 1, "data_base64": "AA=="}), "both `data` and `data_base64`"),
        #[cfg(feature = "base64")]
        (json!({"data_base64": "AA="}), "not base64"),
        #[cfg(not(feature = "base64"))]
        (json!({"data_base64": "AA=="}), "feature `base64`"),
    ] {
        let error = read(members.clone()).unwrap_err();
        assert!(error.contains(reason), "{members}: {error}");
    }
    for ext in [json!(1.5), json!([1]), json!({"route": "a"}), json!(4_247_483_647_u32)] {
        let event = read(json!({"kafkaheadercontenttype": "x", "ext": ext})).unwrap();
        assert_eq!(event.check(), Ok(()));
        assert_eq!(serde_json::to_value(&event).unwrap()["ext"], ext);
    }
    let doubled = r#"{"id":"1","id":"2","source":"s","type":"t"}"#;
    let error = serde_json::from_str::<CloudEvent<'_>>(doubled).unwrap_err();
    assert!(error.to_string().contains("`id` twice"), "{error}");
    for no_event in ["null", "[]", "\"\"", "7", "[{}]"] {
        assert!(serde_json::from_str::<CloudEvent<'_>>(no_event).is_err(), "{no_event}");
        assert!(serde_json::from_str::<EventGridEvent<'_>>(no_event).is_err(), "{no_event}");
    }
}

#[test]
fn an_event_grid_event_is_written_in_its_json_format() {
    let event = grid_event().for_domain_topic("orders").with_data(Data::text("é"));
    let text = serde_json::to_string(&event).unwrap();
    assert_eq!(
        text,
        r#"{"id":"1","topic":"orders","subject":"orders/17","eventType":"T","eventTime":"2024-06-01T12:00:00Z","dataVersion":"1.0","data":"é"}"#
    );
    assert_eq!(serde_json::from_str::<EventGridEvent<'_>>(&text).unwrap(), event);
    let nothing = serde_json::to_value(grid_event()).unwrap();
    assert_eq!(nothing["data"], Value::Null);
    assert_eq!(serde_json::from_value::<EventGridEvent<'_>>(nothing).unwrap(), grid_event());
}

#[test]
fn an_event_grid_event_is_read_as_the_service_sends_it() {
    let text = r#"{"metadataVersion":"1","dataVersion":"","topic":null,"id":"1","eventType":"T","subject":"s",
        "eventTime":"2024-06-01T12:00:00.1234567Z","data":{ "a":1},"more":[]}"#;
    let event: EventGridEvent<'_> = serde_json::from_str(text).unwrap();
    let expected = EventGridEvent::new("1", "s", "T", "2024-06-01T12:00:00.1234567Z", "")
        .with_data(Data::raw_json(r#"{ "a":1}"#).unwrap());
    assert_eq!(event, expected);
    let without_version = text.replace(r#""dataVersion":"","#, "");
    assert_eq!(serde_json::from_str::<EventGridEvent<'_>>(&without_version).unwrap(), expected);
    for (member, reason) in [
        (r#""id":1"#, "`id` has a value of the wrong type"),
        (r#""id":"1","id":"1""#, "`id` twice"),
        (r#""id":"1","topic":7"#, "`topic` has a value of the wrong type"),
        (r#""id":"1","data":1,"data":1"#, "`data` twice"),
        (r#""x":1"#, "`id` is missing"),
    ] {
        let text = format!(r#"{{{member},"dataVersion":"","eventType":"T","subject":"s","eventTime":""}}"#);
        let error = serde_json::from_str::<EventGridEvent<'_>>(&text).unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[cfg(feature = "base64")]
#[test]
fn an_event_grid_event_has_no_place_for_bytes() {
    let event = grid_event().with_data(Data::bytes(&[0]));
    assert!(serde_json::to_string(&event).unwrap_err().to_string().contains("cannot hold"));
}
