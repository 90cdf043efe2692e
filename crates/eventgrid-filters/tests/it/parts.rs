//! Event types and subjects.

use eventgrid_filters::{CompileOptions, Filter};

fn matches(filter: &Filter, event: &str) -> bool {
    filter.compile().unwrap().matches(event).unwrap()
}

#[test]
fn event_types_are_compared_with_case() {
    let filter = Filter::new().include_event_type("Ordered").include_event_type("Paid");
    for (event, expected) in [
        (r#"{"type":"Ordered"}"#, true),
        (r#"{"eventType":"Paid"}"#, true),
        (r#"{"type":"ordered"}"#, false),
        (r#"{"type":"Ordered "}"#, false),
        (r#"{"type":5}"#, false),
        (r#"{"data":{"type":"Ordered"}}"#, false),
        ("{}", false),
    ] {
        assert_eq!(matches(&filter, event), expected, "{event}");
    }
}

#[test]
fn no_types_and_all_types_are_every_type() {
    for types in [None, Some(vec![]), Some(vec!["Paid".to_owned(), "All".to_owned()])] {
        let mut filter = Filter::new();
        filter.included_event_types = types;
        assert!(matches(&filter, r#"{"type":"Ordered"}"#) && matches(&filter, "{}"));
    }
    assert!(!matches(&Filter::new().include_event_type("all"), r#"{"type":"Ordered"}"#));
}

#[test]
fn subjects_are_compared_without_case_unless_they_are_to_be() {
    let filter = Filter::new().subject_begins_with("/Orders/").subject_ends_with(".JPG");
    let event = r#"{"subject":"/orders/É\u0031.jpg"}"#;
    assert!(matches(&filter, event));
    assert!(!matches(&filter.clone().subject_case_sensitive(true), event));
    assert!(matches(&filter.subject_case_sensitive(true), r#"{"subject":"/Orders/.JPG"}"#));
    assert!(!matches(&Filter::new().subject_begins_with("/orders/"), r#"{"subject":"/orders"}"#));
    assert!(!matches(&Filter::new().subject_ends_with("b"), r#"{"subject":"abc"}"#));
}

#[test]
fn an_event_without_a_subject_matches_only_an_empty_one() {
    for event in ["{}", r#"{"subject":null}"#, r#"{"subject":5}"#, r#"{"subject":["/"]}"#] {
        assert!(!matches(&Filter::new().subject_begins_with("/"), event), "{event}");
        assert!(!matches(&Filter::new().subject_ends_with("/"), event), "{event}");
        assert!(matches(&Filter::new().subject_begins_with("").subject_ends_with(""), event), "{event}");
    }
}

#[test]
fn an_event_of_a_custom_schema_without_type_or_subject_has_the_default_of_its_topic() {
    let options = CompileOptions::new().custom_schema("head.kind", "");
    let options = options.custom_defaults(Some("Sold".to_owned()), Some("Shop/1".to_owned()));
    let compile = |filter: Filter| filter.compile_with(&options).unwrap();
    let of_type = compile(Filter::new().include_event_type("Sold"));
    for (event, matches) in [
        ("{}", true),
        (r#"{"head":{}}"#, true),
        (r#"{"head":{"kind":"Sold"}}"#, true),
        (r#"{"head":{"kind":"Returned"}}"#, false),
        (r#"{"head":{"kind":5}}"#, false),
    ] {
        assert_eq!(of_type.matches(event).unwrap(), matches, "{event}");
    }
    for (filter, matches) in [
        (Filter::new().subject_begins_with("shop/"), true),
        (Filter::new().subject_begins_with("shop/").subject_case_sensitive(true), false),
        (Filter::new().subject_ends_with("/1"), true),
        (Filter::new().subject_ends_with("/2"), false),
    ] {
        let shown = format!("{filter:?}");
        assert_eq!(compile(filter).matches(r#"{"":"/2"}"#).unwrap(), matches, "{shown}");
    }
    let explanation = compile(Filter::new().include_event_type("Paid")).explain("{}").unwrap();
    assert!(explanation.to_string().ends_with("the event has no type"), "{explanation}");
}

#[test]
fn a_custom_schema_has_its_type_and_subject_elsewhere() {
    let filter = Filter::new().include_event_type("Sold").subject_begins_with("/");
    let filter = filter.compile_with(&CompileOptions::new().custom_schema("head.kind", "about")).unwrap();
    assert!(filter.matches(r#"{"head":{"kind":"Sold"},"about":"/x"}"#).unwrap());
    assert!(!filter.matches(r#"{"type":"Sold","subject":"/x"}"#).unwrap());
}
