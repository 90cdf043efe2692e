//! Replaces the metrics of operations without the feature `metrics`. It does nothing.

#![allow(clippy::unused_self, reason = "the same method as in metrics.rs")]

use super::Client;
use super::exchange::Exchange;
use crate::calls::Call;
use crate::error::Error;

impl<T, E, C> Client<T, E, C> {
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "a device has no code for it")]
    pub(super) fn measure<X>(
        &self,
        _call: &impl Call,
        _exchange: &Exchange<'_>,
        _received: impl FnOnce() -> Option<usize>,
        _error: Option<&Error<'_, X>>,
    ) {
    }
}
