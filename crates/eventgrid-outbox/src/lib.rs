#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod _docs;
mod error;
mod forward;
mod keeper;
mod load;
mod notice;
mod operation;
mod options;
mod outbox;
mod refused;
mod shared;
mod state;
mod stats;
mod store;
#[cfg(test)]
mod tests;

pub use error::{ForwardError, OutboxError, OutboxErrorKind, PutError};
pub use eventgrid;
pub use eventgrid_worker;
pub use notice::OutboxNotice;
pub use operation::Operation;
pub use options::OutboxOptions;
pub use outbox::Outbox;
pub use refused::{RefusalReason, RefusedEvent, RefusedId};
pub use stats::OutboxStats;
