//! Limits of filters, and clauses without meaning.

use eventgrid_filters::{Clause, CompileOptions, Condition, Filter, FilterLimits};

fn with(condition: Condition) -> Filter {
    Filter::new().clause(Clause::new("data.v", condition))
}

fn error(filter: &Filter) -> String {
    filter.compile().unwrap_err().to_string()
}

#[test]
fn a_filter_has_at_most_25_clauses() {
    let filter = |count| {
        (0..count)
            .fold(Filter::new(), |filter, _| filter.clause(Clause::new("subject", Condition::IsNotNull)))
    };
    assert!(filter(25).compile().is_ok());
    assert_eq!(
        error(&filter(26)),
        "the filter has 26 clauses, and the limit is 25: use a second event subscription, or put the values of several \
         clauses into one"
    );
}

#[test]
fn all_clauses_together_have_at_most_25_values() {
    let ranges = with(Condition::NumberInRange(vec![[1.0, 2.0]; 12]));
    let numbers = |count| Clause::new("data.v", Condition::NumberIn(vec![1.0; count]));
    let one = Clause::new("data.v", Condition::BoolEquals(true));
    assert!(ranges.clone().clause(numbers(12)).clause(one.clone()).compile().is_ok());
    assert_eq!(
        error(&ranges.clause(numbers(13)).clause(one)),
        "the clauses of the filter have 26 values together, and the limit is 25: use a second event subscription"
    );
}

#[test]
fn a_string_has_at_most_512_characters() {
    let filter = |count| with(Condition::StringContains(vec!["a".to_owned(), "é".repeat(count)]));
    assert!(filter(512).compile().is_ok());
    assert_eq!(
        error(&filter(513)),
        "value 2 of clause 1 (StringContains) has 513 characters, and the limit is 512: shorten it"
    );
}

#[test]
fn without_limits_everything_that_means_something_is_taken() {
    let options = CompileOptions::new().limits(FilterLimits::none());
    let long = with(Condition::StringIn(vec!["x".repeat(1000); 100]));
    assert!(long.compile().is_err());
    assert!(long.compile_with(&options).is_ok());
    assert!(with(Condition::StringIn(vec![])).compile_with(&options).is_err());
}

#[test]
fn clauses_that_mean_nothing_are_refused() {
    for (filter, message) in [
        (
            with(Condition::StringNotIn(vec![])),
            "clause 1 (StringNotIn) has no values: give it one, or remove the clause",
        ),
        (
            with(Condition::NumberInRange(vec![[1.0, 1.0], [2.0, 1.5]])),
            "range 2 of clause 1 (NumberInRange) has no number in it: write its low end first",
        ),
        (
            with(Condition::NumberLessThan(f64::NAN)),
            "clause 1 (NumberLessThan) has a number that is not finite: write one that JSON can write",
        ),
        (
            with(Condition::NumberNotInRange(vec![[0.0, f64::INFINITY]])),
            "clause 1 (NumberNotInRange) has a number that is not finite: write one that JSON can write",
        ),
    ] {
        assert_eq!(error(&filter), message);
    }
    for key in ["", ".", "data.", ".data", "data..v"] {
        assert_eq!(
            error(&Filter::new().clause(Clause::new(key, Condition::IsNotNull))),
            "the key of clause 1 (IsNotNull) has an empty name: write an attribute such as subject, or a path such as \
             data.total",
            "{key}"
        );
    }
}

#[test]
fn a_key_leads_no_deeper_than_an_event_can_be() {
    let key = |names: usize| vec!["a"; names].join(".");
    let filter = |names| Filter::new().clause(Clause::new(key(names), Condition::IsNotNull));
    assert!(filter(127).compile().is_ok());
    assert_eq!(
        error(&filter(128)),
        "the key of clause 1 (IsNotNull) has 128 names, and no event is more than 127 deep: shorten it"
    );
    let options = CompileOptions::new().limits(FilterLimits::none());
    assert!(filter(128).compile_with(&options).is_err(), "it would make every event one that cannot be read");
}
