//! The admin API over HTTP, and the same in the library.

mod accepted;
mod access;
mod barriers;
mod client;
mod clock;
mod dead_letters;
mod deliveries;
mod events;
mod filters;
mod openapi;
mod page;
mod publish;
mod push_endpoint;
mod requests;
mod snapshots;
mod system_events;
mod topics;
mod words;
