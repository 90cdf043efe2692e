#![doc = include_str!("../README.md")]

mod error;
mod link;
mod options;
mod pipe;
pub mod relay;
#[cfg(feature = "tokio")]
pub mod tokio;

pub use error::Error;
pub use link::{End, Link};
pub use options::{LinkOptions, PipeOptions};
pub use pipe::{Pipe, Pulled};
