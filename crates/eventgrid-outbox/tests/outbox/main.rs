//! An outbox between a program and the emulator.

mod forwarding;
mod handing_over;
mod link;
mod random;
mod refusing;
mod support;
