//! What can be seen of an emulator from outside: each request that is served.
//!
//! What belongs here looks at requests and responses, and changes neither. Secrets stay out of all of it: only the
//! parts of a request that are known to hold none are kept.

mod on_request;
mod refusal;
mod served_request;
mod visible;

pub(crate) use self::on_request::OnRequest;
pub(crate) use self::refusal::Refusal;
pub use self::served_request::ServedRequest;
