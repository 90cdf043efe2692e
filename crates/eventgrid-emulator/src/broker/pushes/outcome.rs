//! How the last attempt to push an event ended, as it is kept: as a number or as the service's
//! word.

use eventgrid_push::DeliveryOutcome;

/// The number of an outcome: 0 without one.
#[cfg(feature = "data")]
pub(crate) fn outcome_number(outcome: Option<DeliveryOutcome>) -> u8 {
    let index = DeliveryOutcome::ALL.iter().position(|other| Some(*other) == outcome);
    index.and_then(|index| u8::try_from(index + 1).ok()).unwrap_or_default()
}

/// A number that is not one of an outcome.
#[cfg(feature = "data")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnknownOutcome;

/// The outcome of a number.
///
/// # Errors
/// If there is no such number.
#[cfg(feature = "data")]
pub(crate) fn outcome_of_number(number: u8) -> Result<Option<DeliveryOutcome>, UnknownOutcome> {
    match usize::from(number).checked_sub(1) {
        None => Ok(None),
        Some(index) => DeliveryOutcome::ALL.get(index).copied().map(Some).ok_or(UnknownOutcome),
    }
}

/// The outcome of a word.
///
/// # Errors
/// If there is no such word.
pub(in crate::broker) fn outcome_of_word(word: &str) -> Result<DeliveryOutcome, String> {
    let outcome = DeliveryOutcome::ALL.iter().find(|outcome| outcome.word() == word);
    outcome.copied().ok_or_else(|| format!("{word:?} is not an outcome of a delivery"))
}
