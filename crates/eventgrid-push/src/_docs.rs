//! Guides.

#[doc = include_str!("../DELIVERY.md")]
pub mod delivery {}

#[doc = include_str!("../DESIGN.md")]
pub mod design {}
