//! Contexts: connections that are kept under a name.
//!
//! This module covers what a context says and the file that keeps them all. It holds no secret: a
//! context says where its key comes from. How a connection is made of it belongs to `connection`.

mod settings;
mod store;

pub(crate) use self::settings::{Context, EntraIdSource, KeySource, TargetKind};
pub(crate) use self::store::ContextStore;
