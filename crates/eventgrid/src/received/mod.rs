//! The contents of responses: batches of received events, lock tokens, and the outcome for each
//! token.
//!
//! The event itself is in `event`; receiving and settling are calls in `calls`.

mod batch;
mod decode_error;
mod lock_token;
#[cfg(feature = "heapless")]
mod lock_token_buf;
#[cfg(feature = "alloc")]
mod owned_event;
mod salvage;
mod scan;
mod settlement;

pub(crate) use batch::Outline;
pub use batch::{Batch, ReceivedEvent, ReceivedEvents};
pub use decode_error::DecodeError;
pub use lock_token::{LockToken, LockTokens};
#[cfg(feature = "heapless")]
pub use lock_token_buf::LockTokenBuf;
#[cfg(feature = "alloc")]
pub use owned_event::OwnedReceivedEvent;
pub use settlement::{FailedLockToken, FailureReason, Settlement};
