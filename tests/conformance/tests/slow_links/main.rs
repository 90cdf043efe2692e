//! Real sizes over slow links, through every adapter: no event is lost, and none is delivered twice
//! without need.
//!
//! `in_process` has the scenes at their full size, on tokio's paused clock; `over_tcp` has them
//! over sockets, with the rate and the locks scaled so that none takes long.

mod in_process;
mod over_tcp;
mod scenes;
#[path = "../reqwless/socket.rs"]
mod socket;
