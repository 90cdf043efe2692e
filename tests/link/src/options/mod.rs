//! How a link behaves: the options of each direction, and of both together. Only data, no behavior.

mod link;
mod pipe;

pub use link::LinkOptions;
pub use pipe::PipeOptions;
