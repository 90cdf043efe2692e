#![doc = include_str!("../README.md")]
#![no_std]

mod error;
mod peeked;
mod queue;
mod record;
mod repair;
mod sequence;
mod verified;

pub use error::Error;
pub use peeked::Peeked;
pub use queue::FlashQueue;
