//! The tables: each is complete, and the file says what they say.

use std::collections::HashSet;

use eventgrid_push::{
    AttemptResult, DeadLetterReason, DeadLetterWords, DeliveryFact, DeliveryOutcome, DeliveryTier,
    FactSource, ResponseRow, RetrySchedule,
};

#[path = "../../examples/delivery-tables/markdown.rs"]
mod markdown;

#[test]
fn the_file_says_what_the_tables_say() {
    assert!(
        markdown::delivery_tables() == include_str!("../../DELIVERY.md"),
        "make it anew: cargo run -p eventgrid-push --example delivery-tables > crates/eventgrid-push/DELIVERY.md"
    );
}

#[test]
fn every_result_has_a_row_of_its_tier() {
    let statuses = (0..=u16::MAX).map(AttemptResult::Status);
    let others = [AttemptResult::TimedOut, AttemptResult::SocketError, AttemptResult::ResolutionError];
    for result in statuses.chain(others) {
        for tier in DeliveryTier::ALL {
            let row = ResponseRow::of(tier, result);
            assert_eq!(row.tier, tier, "{result:?}");
            let failed = !matches!(result, AttemptResult::Status(200..=204));
            assert_eq!(row.outcome.is_some(), failed, "{result:?}");
        }
    }
}

#[test]
fn every_row_is_the_first_for_some_result() {
    for row in ResponseRow::all() {
        let statuses = (100..=599).map(AttemptResult::Status);
        let others = [AttemptResult::TimedOut, AttemptResult::SocketError, AttemptResult::ResolutionError];
        let mut results = statuses.chain(others);
        assert!(results.any(|result| ResponseRow::of(row.tier, result) == row), "{row:?} is never used");
    }
}

#[test]
fn every_reason_has_words_after_every_outcome() {
    let mut used = HashSet::new();
    for (tier, outcome) in DeliveryTier::ALL
        .iter()
        .flat_map(|tier| DeliveryOutcome::ALL.iter().map(move |outcome| (*tier, *outcome)))
    {
        for reason in [
            DeadLetterReason::MaxDeliveryAttemptsExceeded,
            DeadLetterReason::TimeToLiveExceeded,
            DeadLetterReason::Undeliverable,
        ] {
            let words = reason.words(tier, outcome);
            assert!(!words.is_empty(), "{tier} {reason:?} {outcome}");
            used.insert((tier, words));
        }
    }
    assert_eq!(used.len(), DeadLetterWords::all().len(), "every row is the first for some outcome");
    let words = DeadLetterReason::Undeliverable.words(DeliveryTier::Basic, DeliveryOutcome::Probation);
    assert_eq!(words, "UndeliverableDueToProbationCausedByClientError");
}

#[test]
fn every_fact_and_every_table_has_its_sources() {
    let mut sources: Vec<FactSource> = ResponseRow::all().iter().map(|row| row.source).collect();
    sources.extend(DeliveryOutcome::ALL.iter().map(|outcome| outcome.source()));
    sources.extend(DeadLetterWords::all().iter().map(|row| row.source));
    for tier in DeliveryTier::ALL {
        sources.extend([RetrySchedule::of(tier).source, RetrySchedule::of(tier).jitter.source]);
    }
    let mut ids = HashSet::new();
    for fact in DeliveryFact::all() {
        assert!(ids.insert(fact.id), "{} is there twice", fact.id);
        for text in [fact.case, fact.what] {
            assert!(text.ends_with('.') && !text.contains("  "), "{}: {text:?}", fact.id);
        }
        sources.push(fact.source);
    }
    for source in sources {
        let source = source.to_string();
        let (certainty, what) = source.split_once(": ").unwrap();
        assert!(["recorded", "documented", "standard", "not confirmed"].contains(&certainty), "{source}");
        assert!(!what.is_empty() && !what.ends_with('.') && !what.contains("  "), "{source}");
    }
}
