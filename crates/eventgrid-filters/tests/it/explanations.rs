//! The explanations of why an event does not match.

use eventgrid_filters::{Clause, Condition, Filter, FilterPart, MismatchReason, ValueKind};

fn explained(filter: &Filter, event: &str) -> String {
    filter.compile().unwrap().explain(event).unwrap().to_string()
}

fn with(condition: Condition) -> Filter {
    Filter::new().clause(Clause::new("data.v", condition))
}

#[test]
fn the_first_part_that_does_not_match_is_named() {
    let filter = Filter::new()
        .include_event_type("Ordered")
        .subject_begins_with("/a")
        .subject_ends_with("b")
        .clause(Clause::new("id", Condition::IsNotNull))
        .clause(Clause::new("data.v", Condition::NumberIn(vec![1.0, 2.5])));
    for (event, explanation) in [
        ("{}", "includedEventTypes does not match: the event has no type"),
        (r#"{"type":"Paid"}"#, r#"includedEventTypes does not match: the type is "Paid""#),
        (r#"{"type":5}"#, "includedEventTypes does not match: the type is 5, a number, which is not text"),
        (r#"{"type":"Ordered"}"#, r#"subjectBeginsWith "/a" does not match: the event has no subject"#),
        (
            r#"{"type":"Ordered","subject":"/b"}"#,
            r#"subjectBeginsWith "/a" does not match: the subject is "/b""#,
        ),
        (
            r#"{"type":"Ordered","subject":null}"#,
            r#"subjectBeginsWith "/a" does not match: the subject is null"#,
        ),
        (
            r#"{"type":"Ordered","subject":"/ac"}"#,
            r#"subjectEndsWith "b" does not match: the subject is "/ac""#,
        ),
        (
            r#"{"type":"Ordered","subject":"/ab"}"#,
            r#"clause 1 ("id" IsNotNull) does not match: the event does not have this key"#,
        ),
        (
            r#"{"type":"Ordered","subject":"/ab","id":"1","data":{"v":3}}"#,
            r#"clause 2 ("data.v" NumberIn [1, 2.5]) does not match: the value is 3"#,
        ),
        (r#"{"type":"Ordered","subject":"/ab","id":"1","data":{"v":2.50}}"#, "the event matches"),
    ] {
        assert_eq!(explained(&filter, event), explanation);
    }
}

#[test]
fn the_reason_tells_kinds_of_values_apart() {
    let number = with(Condition::NumberGreaterThan(100.0));
    let start = r#"clause 1 ("data.v" NumberGreaterThan 100) does not match: "#;
    for (value, reason) in [
        ("50", "the value is 50"),
        ("null", "the value is null"),
        (r#""500""#, r#"the value is "500", a string, which this operator does not compare"#),
        ("true", "the value is true, a boolean, which this operator does not compare"),
        (r#"{"a":1}"#, "the value is {..}, an object, which this operator does not compare"),
        (
            "[500]",
            "the value is [500], an array, into which the filter does not look (enableAdvancedFilteringOnArrays)",
        ),
    ] {
        let event = format!(r#"{{"data":{{"v":{value}}}}}"#);
        assert_eq!(explained(&number, &event), format!("{start}{reason}"));
    }
    let arrays = number.arrays(true);
    assert_eq!(
        explained(&arrays, "{\"data\":{\"v\":[5,\n \"a\"]}}"),
        format!("{start}the elements are [5,  \"a\"]")
    );
    assert_eq!(
        explained(&with(Condition::IsNullOrUndefined), r#"{"data":{"v":{}}}"#),
        r#"clause 1 ("data.v" IsNullOrUndefined) does not match: the value is {..}"#
    );
}

#[test]
fn a_string_is_told_apart_from_one_that_looks_like_it() {
    let filter = with(Condition::StringIn(vec!["a b".to_owned()]));
    assert_eq!(
        explained(&filter, r#"{"data":{"v":"a\nb"}}"#),
        r#"clause 1 ("data.v" StringIn ["a b"]) does not match: the value is "a\nb""#
    );
}

#[test]
fn parts_and_reasons_are_there_for_programs() {
    let filter = with(Condition::BoolEquals(true)).compile().unwrap();
    let explanation = filter.explain(r#"{"data":{"v":1}}"#).unwrap();
    assert!(!explanation.matches());
    let mismatch = explanation.mismatch.unwrap();
    let clause = filter.filter().advanced[0].clone();
    assert_eq!(mismatch.part, FilterPart::Clause { number: 1, clause });
    assert_eq!(mismatch.reason, MismatchReason::WrongKind { kind: ValueKind::Number, value: "1".to_owned() });
}

#[test]
fn an_explanation_is_one_line_of_bounded_length() {
    let filter = with(Condition::StringIn(vec!["é\n".repeat(256); 20]));
    let text = "\\n\\u0007x".repeat(5000);
    let explanation = explained(&filter, &format!(r#"{{"data":{{"v":"{text}"}}}}"#));
    assert!(!explanation.contains(['\n', '\u{7}']), "{explanation:?}");
    assert!(explanation.chars().count() < 1000, "{explanation:?}");
    let list = with(Condition::NumberIn(vec![1.0])).arrays(true);
    let explanation = explained(&list, &format!(r#"{{"data":{{"v":[{}0]}}}}"#, "0,".repeat(5000)));
    assert!(explanation.ends_with("0,0,0,0,0,0…"), "{explanation}");
}
