//! What can be seen of an emulator from outside: each request that is served, the journal of them,
//! the log of deliveries to endpoints, and counts.
//!
//! What belongs here looks at requests and responses, and changes neither. Secrets stay out of all
//! of it: only the parts of a request that are known to hold none are kept.

mod criteria;
mod delivered_events;
mod delivery;
mod delivery_log;
mod exposition;
mod histogram;
mod journal;
mod journaled_request;
mod metrics;
mod observations;
mod on_request;
mod refusal;
mod served_request;
mod subject;
mod visible;

pub use self::criteria::{HeaderNotKept, RequestCriteria};
pub(crate) use self::delivered_events::DeliveredEvents;
pub use self::delivery::{DeliveryCriteria, DeliveryKind, LoggedDelivery, LoggedEvent, NextDelivery};
pub use self::journaled_request::JournaledRequest;
pub(crate) use self::metrics::Readings;
pub(crate) use self::observations::{Observations, Observed};
pub(crate) use self::on_request::OnRequest;
pub(crate) use self::refusal::{FaultInjected, Refusal};
pub use self::served_request::ServedRequest;
pub use self::subject::Operation;
pub(crate) use self::subject::{Subject, is_same};
