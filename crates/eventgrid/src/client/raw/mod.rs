//! Requests of the caller's own making, with the client's credential, retries and transport.
//!
//! How they are sent is the clients' business: here are the request, what is kept of its response,
//! and what both clients do around reading a body in pieces.

mod call;
#[cfg(feature = "serde_json")]
mod json;
mod reading;
mod request;
mod response;

pub(super) use call::RawCall;
#[cfg(feature = "serde_json")]
pub use json::JsonBodyError;
pub(super) use reading::{Discarded, Reading, Whole};
pub use request::RawRequest;
pub use response::RawResponse;
pub(super) use response::{HeaderList, RawHead};
