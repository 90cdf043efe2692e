//! Faults that are injected on purpose: which requests they meet, and what they do.
//!
//! What belongs here decides; it neither reads a clock nor writes to a connection. What becomes of
//! a request is done by the module `service`, what becomes of a response on its way by the server
//! and the in-process transport.

mod check;
mod condition;
mod effect;
mod injector;
mod transport_fault;

pub use self::check::FaultError;
pub(crate) use self::check::check_all;
pub use self::condition::FaultCondition;
pub use self::effect::{FaultEffect, ResetPoint};
pub use self::injector::{Fault, FaultState};
pub(crate) use self::injector::{FaultInjector, Injected};
pub use self::transport_fault::TransportFault;
