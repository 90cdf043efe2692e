//! Connections: what arguments, environment and context come to, and the clients made of it.
//!
//! This module covers which value wins, where the key is read from, and which client sends. What a
//! command does with the client does not belong here.

mod credential;
mod entra_id;
mod key;
mod settings;

pub(crate) use self::key::{key_of, secret_of};
pub(crate) use self::settings::{BlockingClient, BlockingConsumer, Connection};
