//! Guides.

#[doc = include_str!("../guides/testing.md")]
pub mod testing {}

#[doc = include_str!("../FACTS.md")]
pub mod facts {}

#[doc = include_str!("../DESIGN.md")]
pub mod design {}
