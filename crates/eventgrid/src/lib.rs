//! Azure Event Grid's data plane, on any transport.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod buf;
pub mod json;

pub use buf::{Buf, BufFull};
