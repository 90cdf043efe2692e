//! What the processor does, each sentence of its docs with a clock that the test moves.

mod failures;
mod limits;
mod model;
mod receiving;
mod renewing;
mod settling;
mod stopping;
mod subscriptions;
mod support;
mod verdicts;
