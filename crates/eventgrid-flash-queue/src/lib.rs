#![doc = include_str!("../README.md")]
#![no_std]

mod batch;
mod error;
mod queue;
mod record;
mod repair;
mod sequence;
mod verified;

pub use batch::Batch;
pub use error::Error;
pub use queue::FlashQueue;
