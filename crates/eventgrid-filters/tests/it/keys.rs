//! How keys lead to values.

use eventgrid_filters::{Clause, CompileOptions, Condition, Filter};

fn equals(key: &str, value: &str) -> Filter {
    Filter::new().clause(Clause::new(key, Condition::StringIn(vec![value.to_owned()])))
}

fn found(key: &str, event: &str) -> bool {
    equals(key, "x").compile().unwrap().matches(event).unwrap()
}

#[test]
fn dots_lead_into_objects() {
    assert!(found("data.a.b", r#"{"data":{"c":[{}],"a":{"b":"x"}}}"#));
    for event in [
        r#"{"data":{"a.b":"x"}}"#,
        r#"{"data.a.b":"x"}"#,
        r#"{"data":{"a":[{"b":"x"}]}}"#,
        r#"{"data":{"a":"x"}}"#,
        r#"{"data":{"b":{"a":"x"}}}"#,
        r#"{"data":"{\"a\":{\"b\":\"x\"}}"}"#,
    ] {
        assert!(!found("data.a.b", event), "{event}");
    }
}

#[test]
fn an_exact_name_wins_over_one_in_another_case() {
    for (key, event, expected) in [
        ("Data.A", r#"{"data":{"a":"x"}}"#, true),
        ("data.a", r#"{"data":{"A":"y","a":"x"}}"#, true),
        ("data.a", r#"{"data":{"a":"x","A":"y"}}"#, true),
        ("data.a", r#"{"data":{"a":"y","A":"x"}}"#, false),
        ("data.a", r#"{"Data":{"a":"x"},"data":{}}"#, false),
        ("data.a", r#"{"data":{},"Data":{"a":"x"}}"#, false),
        ("data.É", r#"{"data":{"é":"x"}}"#, true),
        (r"data.a", r#"{"data":{"\u0041":"y","\u0061":"x"}}"#, true),
    ] {
        assert_eq!(found(key, event), expected, "{key} {event}");
    }
}

#[test]
fn of_a_name_that_is_there_twice_the_last_counts() {
    assert!(found("data.a", r#"{"data":{"a":"y","a":"x"}}"#));
    assert!(!found("data.a", r#"{"data":{"a":"x"},"data":{"b":1}}"#));
    assert!(!found("data.a", r#"{"data":{"a":"x","a":{"a":"x"}}}"#));
}

#[test]
fn keys_that_differ_in_case_alone_are_looked_up_each_for_itself() {
    let both = equals("data.a", "x").clause(equals("data.A", "y").advanced[0].clone());
    let both = both.compile().unwrap();
    assert!(both.matches(r#"{"data":{"a":"x","A":"y"}}"#).unwrap());
    assert!(!both.matches(r#"{"data":{"a":"x"}}"#).unwrap());
}

#[test]
fn a_key_and_one_below_it_can_both_be_asked_for() {
    let filter = equals("data.a.b", "x").clause(Clause::new("data.a", Condition::IsNotNull));
    assert!(filter.compile().unwrap().matches(r#"{"data":{"a":{"b":"x"}}}"#).unwrap());
}

#[test]
fn the_old_names_of_attributes_are_those_of_cloud_events() {
    assert!(found("eventtype", r#"{"specversion":"1.0","type":"x"}"#));
    assert!(found("EventType", r#"{"eventType":"x"}"#));
    assert!(found("eventid", r#"{"id":"x"}"#));
    assert!(found("ID", r#"{"id":"x"}"#));
    assert!(!found("type", r#"{"eventType":"x"}"#));
    assert!(found("myextension", r#"{"myextension":"x"}"#));
}

#[test]
fn data_of_a_custom_schema_is_the_event_itself() {
    let options = CompileOptions::new().custom_schema("kind", "about");
    let filter = equals("Data.a.b", "x").compile_with(&options).unwrap();
    assert!(filter.matches(r#"{"a":{"b":"x"}}"#).unwrap());
    assert!(!filter.matches(r#"{"data":{"a":{"b":"x"}}}"#).unwrap());
}

#[test]
fn what_is_no_object_is_an_error_with_its_place() {
    let filter = equals("data.a", "x").compile().unwrap();
    for (event, offset) in [("[1]", 0), ("", 0), (r#"{"data":}"#, 8), (r#"{"id":"1"} x"#, 11), ("{", 1)] {
        let error = filter.matches(event).unwrap_err();
        assert_eq!(error.offset(), offset, "{event}");
        assert_eq!(filter.explain(event).unwrap_err(), error);
        assert!(std::error::Error::source(&error).is_some());
    }
}
