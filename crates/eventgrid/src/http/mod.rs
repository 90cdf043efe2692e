//! A request as it is encoded into one buffer: URL, headers and body. The credential's headers come
//! last and from `credential`, so that each attempt can write its own: an expired token is never
//! sent again, and a key that was replaced meanwhile is seen by the next attempt.
//!
//! What an operation asks for is in `calls`, and the parts of its URL are in `target`.

mod added;
mod body;
mod context;
mod encoded;
mod headers;
mod reason;
mod request_error;
mod url;

#[cfg(feature = "alloc")]
pub(crate) use added::{is_reserved, is_token};
pub use body::BodyWriter;
pub use context::{RequestContext, RequestId};
pub use encoded::Encoded;
pub use headers::HeaderWriter;
#[cfg(feature = "sas")]
pub(crate) use headers::format;
pub(crate) use headers::{write_header, write_text_header};
pub(crate) use reason::reason;
pub use request_error::RequestError;
pub use url::UrlWriter;
