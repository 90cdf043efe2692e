//! Guides.

#[doc = include_str!("../guides/tls.md")]
pub mod tls {}
