//! Requests of the caller, which are sent with the client's credential, retries and transport.
//!
//! The clients send them. Here are the request, its response, and the code that both clients share
//! for reading a body in pieces.

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
