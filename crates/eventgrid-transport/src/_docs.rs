//! Guides.

#[doc = include_str!("../WRITE_A_TRANSPORT.md")]
pub mod write_a_transport {}
