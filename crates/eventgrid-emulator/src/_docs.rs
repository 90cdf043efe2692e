//! Guides.

#[doc = include_str!("../FACTS.md")]
pub mod facts {}
