//! Guides.

#[doc = include_str!("../DESIGN.md")]
pub mod design {}
