//! What the processor's docs promise, sentence by sentence, on a clock that the test moves.

mod failures;
mod limits;
mod model;
mod notices;
mod receiving;
mod renewing;
mod settling;
mod slow_links;
mod stopping;
mod subscriptions;
mod support;
mod verdicts;
