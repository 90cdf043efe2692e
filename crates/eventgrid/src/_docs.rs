//! Guides.

#[doc = include_str!("../guides/delivery.md")]
pub mod delivery {}

#[doc = include_str!("../guides/credentials.md")]
pub mod credentials {}

#[doc = include_str!("../guides/memory.md")]
pub mod memory {}

#[doc = include_str!("../FAULTS.md")]
pub mod faults {}

#[doc = include_str!("../PERFORMANCE.md")]
pub mod performance {}

#[doc = include_str!("../DESIGN.md")]
pub mod design {}
