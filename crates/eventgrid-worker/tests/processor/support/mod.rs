//! A namespace inside the process, a network that fails when told to, and a run that is polled by hand.

mod bench;
mod faulty;
mod task;

pub(crate) use bench::Bench;
pub(crate) use faulty::{Cut, Fault, Faulty};
pub(crate) use task::Task;
