#![doc = include_str!("../README.md")]

mod builder;
mod in_process;
mod server;
mod service;
mod time;

pub mod broker;

pub use builder::{ConfigurationError, EmulatorBuilder};
pub use in_process::{InProcess, InProcessError};
pub use server::RunningEmulator;
pub use service::{Emulator, Outcome, WaiterId};
pub use time::UnixTime;
