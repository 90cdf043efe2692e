//! Guides.

#[doc = include_str!("../TRUTH.md")]
pub mod truth {}

#[doc = include_str!("../DESIGN.md")]
pub mod design {}
