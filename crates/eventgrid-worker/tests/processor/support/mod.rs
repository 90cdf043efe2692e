//! An in-process namespace, a network that fails when told to, and a run that is polled by hand.

mod bench;
mod faulty;
mod log;
mod task;

pub(crate) use bench::{Bench, Outcome, SECOND, publish, sleep};
pub(crate) use faulty::{Cut, Fault, Faulty, cut_short};
pub(crate) use log::Log;
pub(crate) use task::{Task, ready};
