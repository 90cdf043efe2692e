//! What the end of an attempt means: one table, by tier and result.

use std::time::Duration;

use super::attempt::AttemptResult;
use super::outcome::DeliveryOutcome;
use super::tier::DeliveryTier;
use crate::facts::FactSource;

/// One row of the table of responses: what some results mean for one tier.
///
/// ```
/// use eventgrid_push::{AttemptResult, DeliveryTier, ResponseMeaning, ResponseRow};
///
/// let row = ResponseRow::of(DeliveryTier::Basic, AttemptResult::Status(202));
/// assert_eq!(row.meaning, ResponseMeaning::Delivered);
/// let row = ResponseRow::of(DeliveryTier::Basic, AttemptResult::Status(301));
/// assert!(matches!(row.meaning, ResponseMeaning::Retried { .. }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseRow {
    /// The tier.
    pub tier: DeliveryTier,
    /// The results. If several rows have a result, the first applies.
    pub results: ResultPattern,
    /// What they mean.
    pub meaning: ResponseMeaning,
    /// The word that a dead letter has for it; `None` if the event was delivered.
    pub outcome: Option<DeliveryOutcome>,
    /// How this is known about the service.
    pub source: FactSource,
}

/// Some results of attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResultPattern {
    /// The statuses from the first to the last, both included.
    Statuses(u16, u16),
    /// Every status.
    AnyStatus,
    /// [`AttemptResult::TimedOut`].
    TimedOut,
    /// [`AttemptResult::SocketError`].
    SocketError,
    /// [`AttemptResult::ResolutionError`].
    ResolutionError,
}

/// What the result of an attempt means for the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseMeaning {
    /// It is delivered.
    Delivered,
    /// The push is retried according to the schedule.
    Retried {
        /// The minimum wait after the end of the attempt.
        least_wait: Duration,
    },
    /// The push is not retried: no attempt can succeed.
    NotRetried,
}

impl ResultPattern {
    const fn has(self, result: AttemptResult) -> bool {
        match (self, result) {
            (Self::Statuses(first, last), AttemptResult::Status(status)) => first <= status && status <= last,
            (Self::AnyStatus, AttemptResult::Status(_))
            | (Self::TimedOut, AttemptResult::TimedOut)
            | (Self::SocketError, AttemptResult::SocketError)
            | (Self::ResolutionError, AttemptResult::ResolutionError) => true,
            _ => false,
        }
    }
}

impl ResponseRow {
    /// The rows, by tiers.
    pub const fn all() -> &'static [Self] {
        ROWS
    }

    /// The row for a result.
    pub fn of(tier: DeliveryTier, result: AttemptResult) -> &'static Self {
        let is_it = |row: &&Self| row.tier == tier && row.results.has(result);
        // The table has a row for every result of each tier: a test goes through them.
        ROWS.iter().find(is_it).unwrap_or(&ROWS[ROWS.len() - 1])
    }

    const fn new(tier: DeliveryTier, results: ResultPattern, source: FactSource) -> Self {
        let meaning = ResponseMeaning::Retried { least_wait: Duration::ZERO };
        Self { tier, results, meaning, outcome: Some(DeliveryOutcome::GenericError), source }
    }

    const fn basic(results: ResultPattern, source: FactSource) -> Self {
        Self::new(DeliveryTier::Basic, results, source)
    }

    const fn namespace(results: ResultPattern, source: FactSource) -> Self {
        Self::new(DeliveryTier::Namespace, results, source)
    }

    const fn delivered(mut self) -> Self {
        self.meaning = ResponseMeaning::Delivered;
        self.outcome = None;
        self
    }

    const fn not_retried(mut self, outcome: DeliveryOutcome) -> Self {
        self.meaning = ResponseMeaning::NotRetried;
        self.outcome = Some(outcome);
        self
    }

    const fn after(mut self, seconds: u64, outcome: DeliveryOutcome) -> Self {
        self.meaning = ResponseMeaning::Retried { least_wait: Duration::from_secs(seconds) };
        self.outcome = Some(outcome);
        self
    }
}

const fn one(status: u16) -> ResultPattern {
    ResultPattern::Statuses(status, status)
}

const BASIC_PAGE: FactSource = FactSource::Documented("delivery-and-retry @2ccf6fd4");
const BASIC_TABLE: FactSource = FactSource::Documented("delivery-and-retry @2ccf6fd4, the table at its end");
const BASIC_OTHERS: FactSource =
    FactSource::Documented("delivery-and-retry @2ccf6fd4, the table at its end: all others");
const NAMESPACE_PAGE: FactSource = FactSource::Documented("namespace-delivery-retry @01b326c2");
const BY_SCHEDULE: FactSource =
    FactSource::NotConfirmed("namespace-delivery-retry @01b326c2 has the schedule, but no shortest wait");

const ROWS: &[ResponseRow] = &[
    ResponseRow::basic(ResultPattern::Statuses(200, 204), BASIC_PAGE).delivered(),
    ResponseRow::basic(one(400), BASIC_PAGE).not_retried(DeliveryOutcome::BadRequest),
    ResponseRow::basic(one(401), FactSource::Documented("delivery-and-retry @2ccf6fd4, for webhooks"))
        .not_retried(DeliveryOutcome::Unauthorized),
    ResponseRow::basic(
        one(403),
        FactSource::Documented(
            "delivery-and-retry @2ccf6fd4, the table at its end; in azure-docs#104894 (2023) it was retried, and \
             according to the page of 2020 it is retried after 5 minutes",
        ),
    )
    .not_retried(DeliveryOutcome::Forbidden),
    ResponseRow::basic(
        one(404),
        FactSource::Documented("delivery-and-retry @2ccf6fd4, the table at its end, for Azure resources"),
    )
    .after(300, DeliveryOutcome::NotFound),
    ResponseRow::basic(one(408), BASIC_TABLE).after(120, DeliveryOutcome::TimedOut),
    ResponseRow::basic(one(413), BASIC_PAGE).not_retried(DeliveryOutcome::PayloadTooLarge),
    ResponseRow::basic(one(429), BASIC_OTHERS).after(10, DeliveryOutcome::Busy),
    ResponseRow::basic(one(503), BASIC_TABLE).after(30, DeliveryOutcome::Busy),
    ResponseRow::basic(ResultPattern::AnyStatus, BASIC_OTHERS).after(10, DeliveryOutcome::GenericError),
    ResponseRow::basic(ResultPattern::TimedOut, BASIC_OTHERS).after(10, DeliveryOutcome::TimedOut),
    ResponseRow::basic(ResultPattern::SocketError, BASIC_OTHERS).after(10, DeliveryOutcome::SocketError),
    ResponseRow::basic(ResultPattern::ResolutionError, BASIC_OTHERS)
        .after(10, DeliveryOutcome::ResolutionError),
    ResponseRow::namespace(ResultPattern::Statuses(200, 204), NAMESPACE_PAGE).delivered(),
    ResponseRow::namespace(one(400), NAMESPACE_PAGE).not_retried(DeliveryOutcome::BadRequest),
    ResponseRow::namespace(one(401), NAMESPACE_PAGE).not_retried(DeliveryOutcome::Unauthorized),
    ResponseRow::namespace(one(403), NAMESPACE_PAGE).not_retried(DeliveryOutcome::Forbidden),
    ResponseRow::namespace(
        one(404),
        FactSource::Documented(
            "namespace-delivery-retry @01b326c2; according to the table at its end, it is retried for Azure resources",
        ),
    )
    .not_retried(DeliveryOutcome::NotFound),
    ResponseRow::namespace(
        one(413),
        FactSource::Documented("namespace-delivery-retry @01b326c2, the table at its end"),
    )
    .not_retried(DeliveryOutcome::PayloadTooLarge),
    ResponseRow::namespace(one(414), NAMESPACE_PAGE).not_retried(DeliveryOutcome::BadRequest),
    ResponseRow::namespace(one(429), BY_SCHEDULE).after(0, DeliveryOutcome::Busy),
    ResponseRow::namespace(one(503), BY_SCHEDULE).after(0, DeliveryOutcome::Busy),
    ResponseRow::namespace(ResultPattern::AnyStatus, BY_SCHEDULE),
    ResponseRow::namespace(
        ResultPattern::TimedOut,
        FactSource::Documented("namespace-delivery-retry @01b326c2: `TimeoutException` is not retried"),
    )
    .not_retried(DeliveryOutcome::TimedOut),
    ResponseRow::namespace(
        ResultPattern::SocketError,
        FactSource::Documented("namespace-delivery-retry @01b326c2: `SocketException` is not retried"),
    )
    .not_retried(DeliveryOutcome::SocketError),
    ResponseRow::namespace(
        ResultPattern::ResolutionError,
        FactSource::NotConfirmed("a `SocketException` in .NET, which namespaces do not retry"),
    )
    .not_retried(DeliveryOutcome::ResolutionError),
];
