//! What the processor does, each sentence of its docs with a clock that the test moves.

mod support;
mod verdicts;
