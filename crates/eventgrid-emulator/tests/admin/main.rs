//! The admin API over HTTP, and the same in the library.

mod accepted;
mod access;
mod client;
mod openapi;
