//! How a link behaves: options of each direction, and of the two together. Nothing here acts.

mod link;
mod pipe;

pub use link::LinkOptions;
pub use pipe::PipeOptions;
