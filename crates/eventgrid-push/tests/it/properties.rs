//! Delivery properties.

use eventgrid_push::{
    Batching, DeliveryProperties, DeliveryProperty, DeliveryPropertyError, DeliverySchema, PushSettings,
    PushedEvent,
};

fn header(property: DeliveryProperty, events: &[&str]) -> Option<String> {
    let (name, schema) = (property.name().to_owned(), DeliverySchema::Custom);
    let settings = PushSettings::new(schema, "s").unwrap().with_batching(Batching::new());
    let settings = settings.with_properties(DeliveryProperties::new(vec![property]).unwrap());
    let events: Vec<_> = events.iter().map(|json| PushedEvent::parse(schema, json).unwrap()).collect();
    let request = settings.request(&events, 0).unwrap();
    request.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

#[test]
fn a_fixed_value_is_in_each_request() {
    let property = DeliveryProperty::fixed("X-Region", "north; a=\"b\"").unwrap();
    assert_eq!(header(property, &["{}", r#"{"a":1}"#]).as_deref(), Some("north; a=\"b\""));
}

#[test]
fn a_dynamic_value_is_a_string_a_number_or_a_boolean_of_the_event() {
    let event = r#"{"data":{"a":"x\u0079","b":1.50,"c":true,"d":null,"e":[1],"f":{"g":"deep"},"twice":1,"twice":2},"s":"top"}"#;
    for (path, expected) in [
        ("data.a", Some("xy")),
        ("$.data.a", Some("xy")),
        ("data.b", Some("1.50")),
        ("data.c", Some("true")),
        ("data.f.g", Some("deep")),
        ("data.twice", Some("2")),
        ("s", Some("top")),
        ("data.d", None),
        ("data.e", None),
        ("data.f", None),
        ("data.A", None),
        ("s.x", None),
        ("missing", None),
    ] {
        let property = DeliveryProperty::dynamic("x", path).unwrap();
        assert_eq!(header(property, &[event]).as_deref(), expected, "{path}");
    }
}

#[test]
fn a_dynamic_value_that_no_header_can_have_is_left_out() {
    let long = "x".repeat(4097);
    for value in ["a\\r\\nb: c", "caf\u{e9}", " a", &long] {
        let event = format!(r#"{{"v":"{value}"}}"#);
        assert_eq!(header(DeliveryProperty::dynamic("x", "v").unwrap(), &[&event]), None, "{value}");
    }
    let event = format!(r#"{{"v":"{}"}}"#, &long[1..]);
    assert!(header(DeliveryProperty::dynamic("x", "v").unwrap(), &[&event]).is_some());
}

#[test]
fn a_dynamic_value_of_a_batch_is_that_of_all_its_events() {
    let property = DeliveryProperty::dynamic("x", "v").unwrap();
    assert_eq!(header(property.clone(), &[r#"{"v":1}"#, r#"{"v":"1"}"#]).as_deref(), Some("1"));
    assert_eq!(header(property.clone(), &[r#"{"v":1}"#, r#"{"v":2}"#]), None);
    assert_eq!(header(property, &[r#"{"v":1}"#, "{}"]), None);
}

#[test]
fn names_are_those_of_headers_that_a_delivery_does_not_have() {
    for name in
        ["aeg-x", "AEG-Event-Type", "Host", "content-length", "Transfer-Encoding", "WebHook-Request-Origin"]
    {
        let error = DeliveryProperty::fixed(name, "1").unwrap_err();
        assert_eq!(error, DeliveryPropertyError::ReservedName { name: name.to_owned() });
    }
    for name in ["", "a b", "a:", "caf\u{e9}", "a\r\nb"] {
        let error = DeliveryProperty::dynamic(name, "v").unwrap_err();
        assert_eq!(error, DeliveryPropertyError::Name { name: name.to_owned() });
    }
    assert!(DeliveryProperty::fixed("Authorization", "Bearer x").is_ok());
}

#[test]
fn there_are_ten_at_the_most_with_names_of_their_own() {
    let property = |name: String| DeliveryProperty::fixed(&name, "1").unwrap();
    let ten: Vec<_> = (0..10).map(|number| property(format!("x-{number}"))).collect();
    assert_eq!(DeliveryProperties::new(ten.clone()).unwrap().iter().count(), 10);
    let mut eleven = ten.clone();
    eleven.push(property("y".to_owned()));
    assert_eq!(DeliveryProperties::new(eleven), Err(DeliveryPropertyError::TooMany { count: 11 }));
    let mut doubled = ten[1..].to_vec();
    doubled.push(property("X-3".to_owned()));
    let error = DeliveryPropertyError::NameTwice { name: "x-3".to_owned() };
    assert_eq!(DeliveryProperties::new(doubled), Err(error));
}

#[test]
fn a_secret_is_in_no_text() {
    let secret = DeliveryProperty::secret("x-key", "hunter2").unwrap();
    assert!(secret.is_secret() && !format!("{secret:?}").contains("hunter2"));
    let settings = PushSettings::new(DeliverySchema::Custom, "s").unwrap();
    let settings = settings.with_properties(DeliveryProperties::new(vec![secret]).unwrap());
    let event = PushedEvent::parse(DeliverySchema::Custom, "{}").unwrap();
    let request = settings.request(&[event], 0).unwrap();
    assert_eq!(request.headers()["x-key"], "hunter2");
    assert!(request.headers()["x-key"].is_sensitive());
    for shown in [format!("{settings:?}"), format!("{request:?}"), format!("{:?}", request.headers())] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    for value in ["hunter2\n", " hunter2", "hunter2\u{e9}"] {
        let error = DeliveryProperty::secret("x-key", value).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[test]
fn they_are_read_as_azure_resource_manager_has_them() {
    let read: DeliveryProperties = serde_json::from_str(
        r#"[
            {"name": "A", "type": "Static", "properties": {"value": "1"}},
            {"name": "b", "type": "static", "properties": {"value": "2", "isSecret": true}},
            {"name": "c", "type": "Dynamic", "properties": {"sourceField": "data.x"}}
        ]"#,
    )
    .unwrap();
    let expected = DeliveryProperties::new(vec![
        DeliveryProperty::fixed("a", "1").unwrap(),
        DeliveryProperty::secret("b", "2").unwrap(),
        DeliveryProperty::dynamic("c", "data.x").unwrap(),
    ]);
    assert_eq!(read, expected.unwrap());
    assert_eq!(read.iter().map(DeliveryProperty::is_secret).collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn what_is_read_wrong_is_named_without_its_value() {
    for (properties, kind) in [
        (r#"{"value": 4711}"#, "Static"),
        (r#"{"value": ["hunter2"], "isSecret": true}"#, "Static"),
        (r#"{"value": "hunter2", "isSecret": "hunter2"}"#, "Static"),
        (r#"{"value": "hunter2\n", "isSecret": true}"#, "Static"),
        (r#"{"value": "hunter2", "sourceField": "hunter2"}"#, "Static"),
        (r#"{"value": "hunter2", "sourceField": "x"}"#, "Dynamic"),
        (r#"{"sourceField": "hunter2..x"}"#, "Dynamic"),
        (r#"{"value": "hunter2"}"#, "hunter2"),
        ("{}", "Static"),
    ] {
        let json = format!(r#"{{"name":"x-key","type":"{kind}","properties":{properties}}}"#);
        let error = serde_json::from_str::<DeliveryProperty>(&json).unwrap_err().to_string();
        assert!(error.contains("\"x-key\""), "{error}");
        assert!(!error.contains("hunter2") && !error.contains("4711"), "{error}");
    }
}
