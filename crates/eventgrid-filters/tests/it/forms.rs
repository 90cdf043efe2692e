//! Filters as Azure Resource Manager and TOML write them.

use eventgrid_filters::{Clause, Condition, Filter, NamespaceFilter, Operator};
use serde_json::{Value, json};

/// Every operator once.
fn clauses() -> Value {
    json!([
        {"operatorType": "NumberIn", "key": "data.n", "values": [5, 1.5]},
        {"operatorType": "NumberNotIn", "key": "data.n", "values": [41]},
        {"operatorType": "NumberLessThan", "key": "data.n", "value": 100},
        {"operatorType": "NumberGreaterThan", "key": "data.n", "value": -20},
        {"operatorType": "NumberLessThanOrEquals", "key": "data.n", "value": 1e300},
        {"operatorType": "NumberGreaterThanOrEquals", "key": "data.n", "value": 0.25},
        {"operatorType": "NumberInRange", "key": "data.n", "values": [[3.25, 99], [3000, 4000]]},
        {"operatorType": "NumberNotInRange", "key": "data.n", "values": [[7, 7]]},
        {"operatorType": "BoolEquals", "key": "data.b", "value": true},
        {"operatorType": "StringContains", "key": "subject", "values": ["a", "b"]},
        {"operatorType": "StringNotContains", "key": "subject", "values": ["c"]},
        {"operatorType": "StringBeginsWith", "key": "subject", "values": ["d"]},
        {"operatorType": "StringNotBeginsWith", "key": "subject", "values": ["e"]},
        {"operatorType": "StringEndsWith", "key": "subject", "values": ["f"]},
        {"operatorType": "StringNotEndsWith", "key": "subject", "values": ["g"]},
        {"operatorType": "StringIn", "key": "subject", "values": ["h"]},
        {"operatorType": "StringNotIn", "key": "subject", "values": ["i"]},
        {"operatorType": "IsNullOrUndefined", "key": "data.x"},
        {"operatorType": "IsNotNull", "key": "data.y"},
    ])
}

#[test]
fn every_operator_is_read_and_written_in_both_forms() {
    let clauses = clauses();
    let basic = json!({
        "includedEventTypes": ["Ordered"],
        "subjectBeginsWith": "/orders",
        "subjectEndsWith": ".jpg",
        "isSubjectCaseSensitive": true,
        "enableAdvancedFilteringOnArrays": true,
        "advancedFilters": clauses,
    });
    let filter: Filter = serde_json::from_value(basic.clone()).unwrap();
    let operators: Vec<_> = filter.advanced.iter().map(|clause| clause.condition.operator()).collect();
    assert_eq!(operators, Operator::ALL);
    assert_eq!(serde_json::to_value(&filter).unwrap(), basic);

    let namespace = json!({"includedEventTypes": ["Ordered"], "filters": clauses});
    let read: NamespaceFilter = serde_json::from_value(namespace.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), namespace);
    assert_eq!(Filter::from(read).advanced, filter.advanced);
}

#[test]
fn toml_reads_what_json_reads() {
    let read: Filter = toml::from_str(
        r#"
        includedEventTypes = ["Ordered"]
        [[advancedFilters]]
        operatorType = "NumberInRange"
        key = "data.n"
        values = [[1, 2.5]]
        [[advancedFilters]]
        operatorType = "StringIn"
        key = "data.s"
        values = ["a"]
        "#,
    )
    .unwrap();
    let expected = Filter::new()
        .include_event_type("Ordered")
        .clause(Clause::new("data.n", Condition::NumberInRange(vec![[1.0, 2.5]])))
        .clause(Clause::new("data.s", Condition::StringIn(vec!["a".to_owned()])));
    assert_eq!(read, expected);
}

#[test]
fn what_is_null_or_missing_is_not_set() {
    let nulls = json!({
        "includedEventTypes": null, "subjectBeginsWith": null, "subjectEndsWith": null,
        "isSubjectCaseSensitive": null, "enableAdvancedFilteringOnArrays": null, "advancedFilters": null,
    });
    for filter in [json!({}), nulls] {
        let read: Filter = serde_json::from_value(filter).unwrap();
        assert_eq!(read, Filter::new());
        assert_eq!(serde_json::to_value(&read).unwrap(), json!({}));
    }
    let null_operand = json!({"operatorType": "IsNotNull", "key": "id", "value": null, "values": null});
    assert!(serde_json::from_value::<Clause>(null_operand).is_ok());
}

#[test]
fn operators_may_have_any_case() {
    let clause = json!({"operatorType": "stringIN", "key": "id", "values": ["1"]});
    let clause: Clause = serde_json::from_value(clause).unwrap();
    assert_eq!(clause.condition.operator(), Operator::StringIn);
}

/// A crate that turns on `arbitrary_precision` of `serde_json` does so for every other.
#[test]
fn numbers_are_read_in_the_form_that_arbitrary_precision_gives_them() {
    fn number(text: &str) -> Value {
        json!({"$serde_json::private::Number": text})
    }
    let read = |clause: Value| serde_json::from_value::<Clause>(clause).map(|clause| clause.condition);
    let list =
        json!({"operatorType": "NumberIn", "key": "data.n", "values": [number("5"), number("-2.5e3")]});
    assert_eq!(read(list).unwrap(), Condition::NumberIn(vec![5.0, -2500.0]));
    let one = json!({"operatorType": "NumberLessThan", "key": "data.n", "value": number("0.1")});
    assert_eq!(read(one).unwrap(), Condition::NumberLessThan(0.1));

    for no_number in [number("many"), json!({"number": "5"}), json!({})] {
        let clause = json!({"operatorType": "NumberLessThan", "key": "data.n", "value": no_number});
        let error = read(clause).unwrap_err().to_string();
        assert!(error.ends_with("expected a string, a number, a boolean or a range"), "{error}");
    }
}

#[test]
fn an_error_names_what_is_allowed() {
    let filter = |clause: Value| {
        serde_json::from_value::<Filter>(json!({"advancedFilters": [clause]})).unwrap_err().to_string()
    };
    for (clause, message) in [
        (
            json!({"operatorType": "StringIn", "key": "id", "value": "1"}),
            "StringIn on \"id\" needs \"values\", a list of strings, and no \"value\"",
        ),
        (
            json!({"operatorType": "NumberIn", "key": "id", "values": [1, "2"]}),
            "NumberIn on \"id\" needs \"values\", a list of numbers, and no \"value\"",
        ),
        (
            json!({"operatorType": "NumberInRange", "key": "id", "values": [1, 2]}),
            "NumberInRange on \"id\" needs \"values\", a list of ranges, each [low, high], and no \"value\"",
        ),
        (
            json!({"operatorType": "NumberInRange", "key": "id", "values": [[1, 2, 3]]}),
            "NumberInRange on \"id\" needs \"values\", a list of ranges, each [low, high], and no \"value\"",
        ),
        (
            json!({"operatorType": "BoolEquals", "key": "id", "value": "true"}),
            "BoolEquals on \"id\" needs \"value\", which is true or false, and no \"values\"",
        ),
        (
            json!({"operatorType": "NumberLessThan", "key": "id", "value": 1, "values": [1]}),
            "NumberLessThan on \"id\" needs \"value\", which is a number, and no \"values\"",
        ),
        (
            json!({"operatorType": "IsNotNull", "key": "id", "value": true}),
            "IsNotNull on \"id\" takes neither \"value\" nor \"values\": remove it",
        ),
        (
            json!({"operator": "IsNotNull", "key": "id"}),
            "unknown field `operator`, expected one of `operatorType`, `key`, `value`, `values`",
        ),
        (json!({"operatorType": "IsNotNull"}), "missing field `key`"),
    ] {
        assert_eq!(filter(clause), message);
    }
    let unknown = filter(json!({"operatorType": "StringLike", "key": "id"}));
    assert!(
        unknown.starts_with("\"StringLike\" is not an operator: the operators are NumberIn, "),
        "{unknown}"
    );
    assert!(unknown.ends_with(", IsNotNull"), "{unknown}");

    let unknown = serde_json::from_value::<Filter>(json!({"filters": []})).unwrap_err().to_string();
    assert_eq!(
        unknown,
        "unknown field `filters`, expected one of `includedEventTypes`, `subjectBeginsWith`, `subjectEndsWith`, \
         `isSubjectCaseSensitive`, `enableAdvancedFilteringOnArrays`, `advancedFilters`"
    );
    let unknown = serde_json::from_value::<NamespaceFilter>(json!({"advancedFilters": []})).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "unknown field `advancedFilters`, expected `includedEventTypes` or `filters`"
    );
}

#[test]
fn a_namespace_has_no_members_for_subjects_and_arrays() {
    for (filter, member) in [
        (Filter::new().subject_begins_with("/"), "subjectBeginsWith"),
        (Filter::new().subject_ends_with("/"), "subjectEndsWith"),
        (Filter::new().arrays(true), "enableAdvancedFilteringOnArrays"),
    ] {
        let error = NamespaceFilter::try_from(filter).unwrap_err();
        assert_eq!(error.member, member);
        assert!(
            error.to_string().starts_with(&format!("event subscriptions of namespaces have no {member}: "))
        );
    }
    let empty = Filter::new().subject_begins_with("").subject_case_sensitive(true);
    assert_eq!(NamespaceFilter::try_from(empty).unwrap(), NamespaceFilter::default());
}
