//! The truth table: all of its examples, with the matcher and the naive one; and the file that is
//! printed from it.

use std::collections::HashSet;

use eventgrid_filters::{Example, Operator, TruthRow, TruthRule, ValueKind};

use super::naive;

#[path = "../../examples/truth-table/markdown.rs"]
mod markdown;

#[test]
fn every_example_matches_as_the_table_says() {
    for example in Example::all() {
        let event = example.event("1");
        let found = example.filter.compile().unwrap().matches(&event).unwrap();
        assert_eq!(found, example.matches, "{} {event}", example.filter.advanced[0]);
    }
}

#[test]
fn the_naive_filter_agrees_with_the_table() {
    for example in Example::all() {
        let filter = serde_json::to_value(&example.filter).unwrap();
        let event = naive::Json::read(&example.event("1")).unwrap();
        assert_eq!(naive::matches(&filter, &event), Some(example.matches), "{filter} {event:?}");
    }
}

#[test]
fn every_cell_has_an_example() {
    let cells: HashSet<_> =
        Example::all().iter().map(|example| (example.operator, example.row.value)).collect();
    assert_eq!(cells.len(), Operator::ALL.len() * ValueKind::ALL.len());
}

#[test]
fn an_operator_with_not_does_not_match_what_is_found() {
    let examples = Example::all();
    for (operator, other) in [
        (Operator::NumberIn, Operator::NumberNotIn),
        (Operator::NumberInRange, Operator::NumberNotInRange),
        (Operator::StringContains, Operator::StringNotContains),
        (Operator::StringBeginsWith, Operator::StringNotBeginsWith),
        (Operator::StringEndsWith, Operator::StringNotEndsWith),
        (Operator::StringIn, Operator::StringNotIn),
        (Operator::IsNullOrUndefined, Operator::IsNotNull),
    ] {
        let of = |operator| examples.iter().filter(move |example| example.operator == operator);
        let found = of(operator).filter(|example| example.matches);
        let mut compared = 0;
        for example in found {
            let same = |with_not: &&Example| {
                with_not.value == example.value && with_not.filter.arrays == example.filter.arrays
            };
            let with_not = of(other).find(same).unwrap();
            assert!(!with_not.matches, "{other} {:?}", example.value);
            compared += 1;
        }
        assert!(compared > 0, "{operator}");
    }
}

#[test]
fn the_file_says_what_the_table_says() {
    assert!(
        markdown::truth_table() == include_str!("../../TRUTH.md"),
        "make it anew: cargo run -p eventgrid-filters --example truth-table > crates/eventgrid-filters/TRUTH.md"
    );
}

#[test]
fn every_row_and_rule_has_its_source() {
    let mut ids = HashSet::new();
    for rule in TruthRule::all() {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        for text in [rule.case, rule.what] {
            assert!(text.ends_with('.') && !text.contains("  "), "{}: {text:?}", rule.id);
        }
    }
    let sources = TruthRow::all().iter().map(|row| row.source);
    for source in sources.chain(TruthRule::all().iter().map(|rule| rule.source)) {
        let source = source.to_string();
        let (certainty, what) = source.split_once(": ").unwrap();
        assert!(["recorded", "documented", "not confirmed"].contains(&certainty), "{source}");
        assert!(!what.is_empty() && !what.ends_with('.') && !what.contains("  "), "{source}");
    }
}
