//! What filters cost: `cargo bench -p eventgrid-filters`.
//!
//! `clause` applies 25 clauses of one operator on `data.a.b` to an event of 1 KiB, and `no_clause`
//! reads the same event for a filter with only an event type. A clause costs a 25th of the
//! difference; the goal is at most 0.3 µs. The others match one event against the filters of a
//! topic: 500 or 10,000 of which ten match, each with an event type, a subject and a clause, and
//! 10,000 that all match. The goals are at most 0.5 ms, 5 ms and 20 ms, including what a broker
//! does for the events that match.

use divan::Bencher;
use eventgrid_filters::{Clause, Condition, Example, Filter, FilterSet, Operator};

fn main() {
    divan::main();
}

/// An event of 1 KiB, with this value at `data.a.b`.
fn event(value: &str) -> String {
    let lines: Vec<_> = (0..10)
        .map(|line| {
            format!(r#"{{"sku":"SKU-{line:05}","quantity":{line},"price":18.25,"note":"with gift wrap"}}"#)
        })
        .collect();
    format!(
        r#"{{"specversion":"1.0","id":"5a9b1c1e-7f0c-4b8e-9d55-6f2b0f1c9e11","source":"/shop/orders","type":"Contoso.Ordered","subject":"/orders/A-2024-000017","time":"2024-06-01T12:00:00.123Z","data":{{"orderId":"A-2024-000017","customer":{{"name":"Ada","city":"London","tags":["new","eu"]}},"lines":[{}],"a":{{"b":{value}}}}}}}"#,
        lines.join(",")
    )
}

/// The names of the operators.
fn operators() -> [Operator; 19] {
    Operator::ALL
}

/// A clause of the operator, with one value, that matches what is at `data.a.b`, and that value.
fn clause(operator: Operator) -> (Clause, String) {
    let text = || vec!["Blue-Ocean".to_owned()];
    let other = || vec!["Red-Desert".to_owned()];
    let value = r#""Blue-Ocean""#;
    let (condition, value) = match operator {
        Operator::NumberIn => (Condition::NumberIn(vec![250.75]), "250.75"),
        Operator::NumberNotIn => (Condition::NumberNotIn(vec![1.0]), "250.75"),
        Operator::NumberLessThan => (Condition::NumberLessThan(300.0), "250.75"),
        Operator::NumberGreaterThan => (Condition::NumberGreaterThan(200.0), "250.75"),
        Operator::NumberLessThanOrEquals => (Condition::NumberLessThanOrEquals(300.0), "250.75"),
        Operator::NumberGreaterThanOrEquals => (Condition::NumberGreaterThanOrEquals(200.0), "250.75"),
        Operator::NumberInRange => (Condition::NumberInRange(vec![[200.0, 300.0]]), "250.75"),
        Operator::NumberNotInRange => (Condition::NumberNotInRange(vec![[0.0, 1.0]]), "250.75"),
        Operator::BoolEquals => (Condition::BoolEquals(true), "true"),
        Operator::StringContains => (Condition::StringContains(vec!["ue-Oc".to_owned()]), value),
        Operator::StringNotContains => (Condition::StringNotContains(other()), value),
        Operator::StringBeginsWith => (Condition::StringBeginsWith(vec!["Blue-".to_owned()]), value),
        Operator::StringNotBeginsWith => (Condition::StringNotBeginsWith(other()), value),
        Operator::StringEndsWith => (Condition::StringEndsWith(vec!["-Ocean".to_owned()]), value),
        Operator::StringNotEndsWith => (Condition::StringNotEndsWith(other()), value),
        Operator::StringIn => (Condition::StringIn(text()), value),
        Operator::StringNotIn => (Condition::StringNotIn(other()), value),
        Operator::IsNullOrUndefined => (Condition::IsNullOrUndefined, "null"),
        _ => (Condition::IsNotNull, value),
    };
    (Clause::new("data.a.b", condition), value.to_owned())
}

#[divan::bench(args = operators())]
fn clauses_25(bencher: Bencher<'_, '_>, operator: Operator) {
    let (clause, value) = clause(operator);
    let filter = (0..25).fold(Filter::new(), |filter, _| filter.clause(clause.clone()));
    let filter = filter.include_event_type("Contoso.Ordered").compile().unwrap();
    let event = event(&value);
    assert!(filter.matches(&event).unwrap());
    bencher.bench_local(|| filter.matches(divan::black_box(&event)).unwrap());
}

#[divan::bench]
fn no_clause(bencher: Bencher<'_, '_>) {
    let filter = Filter::new().include_event_type("Contoso.Ordered").compile().unwrap();
    let event = event("true");
    assert!((1000..1048).contains(&event.len()), "{}", event.len());
    bencher.bench_local(|| filter.matches(divan::black_box(&event)).unwrap());
}

#[divan::bench]
fn explain(bencher: Bencher<'_, '_>) {
    let filter = Example::all()[0].filter.compile().unwrap();
    let event = event("true");
    bencher.bench_local(|| filter.explain(divan::black_box(&event)).unwrap().to_string());
}

/// Filters of that many subscriptions, of which so many match.
fn subscriptions(count: usize, matching: usize) -> FilterSet<usize> {
    let mut set = FilterSet::new();
    for index in 0..count {
        let value = if index % (count / matching) == 0 { "Blue-" } else { "Red-" };
        let filter = Filter::new()
            .include_event_type("Contoso.Ordered")
            .subject_begins_with("/orders/")
            .clause(Clause::new("data.a.b", Condition::StringBeginsWith(vec![value.to_owned()])));
        set.insert(index, &filter.compile().unwrap());
    }
    set
}

#[divan::bench(args = [(500, 10), (10_000, 10), (10_000, 10_000)])]
fn set(bencher: Bencher<'_, '_>, (count, matching): (usize, usize)) {
    let set = subscriptions(count, matching);
    let event = event(r#""Blue-Ocean""#);
    assert_eq!(set.matching(&event).unwrap().len(), matching);
    bencher.bench_local(|| set.matching(divan::black_box(&event)).unwrap().len());
}

/// Each filter asks for a key of its own, and the event has the first ten.
#[divan::bench(args = [500, 10_000])]
fn set_of_different_keys(bencher: Bencher<'_, '_>, count: usize) {
    let mut set = FilterSet::new();
    for index in 0..count {
        let clause = Clause::new(format!("data.key{index}"), Condition::NumberGreaterThan(5.0));
        set.insert(index, &Filter::new().clause(clause).compile().unwrap());
    }
    let members: Vec<_> = (0..10).map(|index| format!(r#""key{index}":6"#)).collect();
    let event = event("true").replacen(r#""data":{"#, &format!(r#""data":{{{},"#, members.join(",")), 1);
    assert_eq!(set.matching(&event).unwrap().len(), 10);
    bencher.bench_local(|| set.matching(divan::black_box(&event)).unwrap().len());
}
