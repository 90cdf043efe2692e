//! The matcher against the naive filter, for filters and events of any kind.

use eventgrid_filters::{Clause, Condition, Filter, FilterSet};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::naive;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[aAbB5]{0,3}",
        "[éÉıIſsßΣσς]{0,3}",
        Just("true".to_owned()),
        Just("1.5".to_owned()),
        "[ -~]{0,8}"
    ]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-3..6_i8).prop_map(f64::from),
        Just(1.5),
        Just(1e300),
        Just(-0.0),
        any::<i32>().prop_map(f64::from)
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("a".to_owned()),
        Just("A".to_owned()),
        Just("b".to_owned()),
        Just("é".to_owned()),
        "[a-c]{1,2}"
    ]
}

fn key() -> impl Strategy<Value = String> {
    let path = prop::collection::vec(name(), 1..4).prop_map(|names| format!("data.{}", names.join(".")));
    let attribute =
        prop_oneof!["subject", "Subject", "type", "eventType", "eventId", "id", "data", "DATA.a", "x"];
    prop_oneof![3 => path, 1 => attribute]
}

fn condition() -> impl Strategy<Value = Condition> {
    let texts = || prop::collection::vec(text(), 1..4);
    let numbers = || prop::collection::vec(number(), 1..4);
    let ranges = || {
        let range = (number(), number()).prop_map(|(one, other)| [one.min(other), one.max(other)]);
        prop::collection::vec(range, 1..3)
    };
    prop_oneof![
        numbers().prop_map(Condition::NumberIn),
        numbers().prop_map(Condition::NumberNotIn),
        number().prop_map(Condition::NumberLessThan),
        number().prop_map(Condition::NumberGreaterThan),
        number().prop_map(Condition::NumberLessThanOrEquals),
        number().prop_map(Condition::NumberGreaterThanOrEquals),
        ranges().prop_map(Condition::NumberInRange),
        ranges().prop_map(Condition::NumberNotInRange),
        any::<bool>().prop_map(Condition::BoolEquals),
        texts().prop_map(Condition::StringContains),
        texts().prop_map(Condition::StringNotContains),
        texts().prop_map(Condition::StringBeginsWith),
        texts().prop_map(Condition::StringNotBeginsWith),
        texts().prop_map(Condition::StringEndsWith),
        texts().prop_map(Condition::StringNotEndsWith),
        texts().prop_map(Condition::StringIn),
        texts().prop_map(Condition::StringNotIn),
        Just(Condition::IsNullOrUndefined),
        Just(Condition::IsNotNull),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let types = prop::option::weighted(0.2, prop::collection::vec(text(), 0..3));
    let subject = || prop::option::weighted(0.2, text());
    let clauses = prop::collection::vec((key(), condition()), 0..3);
    (types, subject(), subject(), any::<bool>(), any::<bool>(), clauses).prop_map(
        |(types, prefix, suffix, case, arrays, clauses)| {
            let mut filter = Filter::new().subject_case_sensitive(case).arrays(arrays);
            filter.included_event_types = types;
            filter.subject_begins_with = prefix;
            filter.subject_ends_with = suffix;
            filter.advanced =
                clauses.into_iter().map(|(key, condition)| Clause::new(key, condition)).collect();
            filter
        },
    )
}

/// A value as text, with names that come twice or differ in case.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        number().prop_map(|value| json!(value).to_string()),
        prop_oneof![Just("5e0".to_owned()), Just("1E400".to_owned()), Just("-0".to_owned())],
        text().prop_map(|value| json!(value).to_string()),
        Just(r#""\u0061\u0041\n""#.to_owned()),
    ];
    leaf.prop_recursive(4, 24, 5, |value| {
        let member = (name(), value.clone()).prop_map(|(name, value)| format!("{} : {value}", json!(name)));
        prop_oneof![
            prop::collection::vec(value, 0..4).prop_map(|elements| format!("[{}]", elements.join(" , "))),
            prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

fn event() -> impl Strategy<Value = String> {
    let name = prop_oneof![4 => Just("data"), 1 => Just("Data"), 1 => Just("subject"), 1 => Just("type"),
        1 => Just("eventType"), 1 => Just("id"), 1 => Just("x"), 1 => Just("a")];
    prop::collection::vec((name, value()), 0..6).prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn the_matcher_agrees_with_the_naive_filter(filter in filter(), event in event()) {
        let as_json: Value = serde_json::to_value(&filter).unwrap();
        let expected = naive::matches(&as_json, &naive::Json::read(&event).unwrap()).unwrap();
        let compiled = filter.compile().unwrap();
        prop_assert_eq!(compiled.matches(&event).unwrap(), expected);
        prop_assert_eq!(compiled.explain(&event).unwrap().matches(), expected);
    }

    #[test]
    fn a_set_finds_what_its_filters_match(
        filters in prop::collection::vec(filter(), 0..6),
        removed in prop::collection::vec(0..6_usize, 0..4),
        event in event(),
    ) {
        let mut set = FilterSet::new();
        let mut expected = Vec::new();
        for (name, filter) in filters.iter().enumerate() {
            let compiled = filter.compile().unwrap();
            set.insert(name, &compiled);
            if compiled.matches(&event).unwrap() && !removed.contains(&name) {
                expected.push(name);
            }
        }
        for name in removed {
            set.remove(&name);
        }
        let found: Vec<_> = set.matching(&event).unwrap().into_iter().copied().collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_filter_is_the_same_after_it_was_written_and_read(filter in filter()) {
        let text = serde_json::to_string(&filter).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Filter>(&text).unwrap(), &filter, "{}", text);
        let text = toml::to_string(&filter).unwrap();
        prop_assert_eq!(&toml::from_str::<Filter>(&text).unwrap(), &filter, "{}", text);
    }
}
