//! The admin API over HTTP, and the same in the library.

mod accepted;
mod access;
mod barriers;
mod client;
mod clock;
mod dead_letters;
mod events;
mod filters;
mod openapi;
mod snapshots;
mod topics;
