//! The batcher over the in-process emulator, with a clock that the test moves.

mod ending;
mod keys;
mod pressure;
mod random;
mod reports;
mod sending;
mod spawned;
mod support;
