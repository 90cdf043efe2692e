//! Guides.

#[doc = include_str!("../guides/cost.md")]
pub mod cost {}
#[doc = include_str!("../guides/operate.md")]
pub mod operate {}
