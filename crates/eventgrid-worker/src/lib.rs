#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod batcher;
mod pipeline;
mod processor;
pub mod spawn;

pub use batcher::{Batcher, BatcherBuilder, BatcherStats, Delivery, DeliveryError, SendError};
pub use eventgrid;
pub use pipeline::Pipeline;
pub use processor::{
    Answer, BoxError, Cause, Event, Failure, Handle, Handler, Handling, LockLoss, Notice, NoticeLevel,
    OnRefusal, Processor, Stats, Stop, Verdict,
};
