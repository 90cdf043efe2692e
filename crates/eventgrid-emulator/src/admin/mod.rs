//! The admin API: HTTP requests that look at an emulator and change it, as a test does.
//!
//! Here is what each request means, and the table of all of them ([`route`]), which the OpenAPI
//! document is made of. Nothing is here that only HTTP can do: each handler calls a method of
//! [`Emulator`](crate::service::Emulator). Sockets, connections and waiting are the server's.
//!
//! [`page`] is for people: files that use the API as any client does.

mod accepted;
mod access;
mod barriers;
mod call;
mod clock;
mod dead_letters;
mod deliveries;
mod error;
mod events;
mod explain;
mod faults;
mod openapi;
mod page;
mod publish;
mod push_endpoint;
mod query;
mod reply;
mod requests;
mod route;
mod snapshots;
mod system_events;
mod topics;
mod view;

pub(crate) use self::access::{Access, AdminToken, Admitted};
pub(crate) use self::barriers::Wait;
pub(crate) use self::call::Call;
#[cfg(feature = "data")]
pub(crate) use self::error::AdminError;
pub(crate) use self::reply::Reply;
