//! The protocol without I/O: golden replies, refusals, long polls.

mod any_request;
mod events;
mod long_poll;
mod namespace;
mod refusals;
mod replies;
