//! Events as Azure services publish them, for tests of a subscriber.
//!
//! This module covers the sample of each type, in `events.jsonl`, and how a part of one is set to
//! something else. In the file, `{group}` is the beginning of a resource id in one resource group.
//! The members of data are those that the official SDKs and the documentation have; the values are
//! examples.

mod node;
mod sample_event;
mod set;
mod template;

pub use sample_event::SampleEvent;
pub use set::SetError;
