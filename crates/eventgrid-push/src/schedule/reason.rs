//! Why an event is not pushed any more.

use super::outcome::DeliveryOutcome;
use super::tier::DeliveryTier;
use crate::facts::FactSource;

/// Why an event is dead-lettered, or dropped if there is no dead-letter destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeadLetterReason {
    /// The last attempt that the subscription allows failed.
    MaxDeliveryAttemptsExceeded,
    /// The time to live was over when the next attempt was due.
    TimeToLiveExceeded,
    /// A response said that no attempt can succeed.
    Undeliverable,
}

/// One row of the table of words: what a dead letter says for a reason and, if that makes a
/// difference, an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetterWords {
    /// The tier.
    pub tier: DeliveryTier,
    /// The reason.
    pub reason: DeadLetterReason,
    /// The outcome of the last attempt; `None` for every other one.
    pub outcome: Option<DeliveryOutcome>,
    /// The words.
    pub words: &'static str,
    /// How they are known about the service.
    pub source: FactSource,
}

impl DeadLetterReason {
    /// The words of a dead letter: its `deadLetterReason`, or `deadletterreason` of a namespace.
    /// `outcome` is how the last attempt ended.
    ///
    /// ```
    /// use eventgrid_push::{DeadLetterReason, DeliveryOutcome, DeliveryTier};
    ///
    /// let words = DeadLetterReason::Undeliverable.words(DeliveryTier::Basic, DeliveryOutcome::BadRequest);
    /// assert_eq!(words, "UndeliverableDueToHttpBadRequest");
    /// ```
    pub fn words(self, tier: DeliveryTier, outcome: DeliveryOutcome) -> &'static str {
        let is_it = |row: &&DeadLetterWords| {
            row.tier == tier && row.reason == self && row.outcome.is_none_or(|of_row| of_row == outcome)
        };
        // The table has a row for each reason of each tier: a test goes through them.
        ROWS.iter().find(is_it).map_or("", |row| row.words)
    }
}

impl DeadLetterWords {
    /// The rows, by tiers and reasons. If several rows match, the first applies.
    pub const fn all() -> &'static [Self] {
        ROWS
    }

    const fn new(
        tier: DeliveryTier,
        reason: DeadLetterReason,
        words: &'static str,
        source: FactSource,
    ) -> Self {
        Self { tier, reason, outcome: None, words, source }
    }

    const fn after(mut self, outcome: DeliveryOutcome) -> Self {
        self.outcome = Some(outcome);
        self
    }
}

const NAMESPACE_EXAMPLES: FactSource =
    FactSource::Documented("namespace-delivery-retry @01b326c2, the examples of dead letters");

const ROWS: &[DeadLetterWords] = &[
    DeadLetterWords::new(
        DeliveryTier::Basic,
        DeadLetterReason::MaxDeliveryAttemptsExceeded,
        "MaxDeliveryAttemptsExceeded",
        FactSource::Documented("delivery-and-retry @2ccf6fd4, the examples of dead letters"),
    ),
    DeadLetterWords::new(
        DeliveryTier::Basic,
        DeadLetterReason::TimeToLiveExceeded,
        "TimeToLiveExceeded",
        FactSource::NotConfirmed("as the words for attempts; no example was found"),
    ),
    DeadLetterWords::new(
        DeliveryTier::Basic,
        DeadLetterReason::Undeliverable,
        "UndeliverableDueToHttpBadRequest",
        FactSource::Recorded("a dead letter that a user shows, Stack Overflow 52173869 (2018)"),
    )
    .after(DeliveryOutcome::BadRequest),
    DeadLetterWords::new(
        DeliveryTier::Basic,
        DeadLetterReason::Undeliverable,
        "UndeliverableDueToProbationCausedByClientError",
        FactSource::Recorded("a dead letter that a user shows, azure-sdk-for-net#26198 (2022)"),
    )
    .after(DeliveryOutcome::Probation),
    DeadLetterWords::new(
        DeliveryTier::Basic,
        DeadLetterReason::Undeliverable,
        "UndeliverableDueToClientError",
        FactSource::NotConfirmed("derived from the words that were seen, and from those of namespaces"),
    ),
    DeadLetterWords::new(
        DeliveryTier::Namespace,
        DeadLetterReason::MaxDeliveryAttemptsExceeded,
        "Maximum delivery attempts was exceeded.",
        NAMESPACE_EXAMPLES,
    ),
    DeadLetterWords::new(
        DeliveryTier::Namespace,
        DeadLetterReason::TimeToLiveExceeded,
        "Time to live was exceeded.",
        FactSource::NotConfirmed("as the words for attempts; no example was found"),
    ),
    DeadLetterWords::new(
        DeliveryTier::Namespace,
        DeadLetterReason::Undeliverable,
        "Undeliverable due to client error",
        NAMESPACE_EXAMPLES,
    ),
];
