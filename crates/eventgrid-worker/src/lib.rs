#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(doc, doctest))]
pub mod _docs;
mod batcher;
#[cfg(feature = "hyper")]
pub mod hyper;
mod pipeline;
mod processor;
pub mod spawn;

pub use batcher::{Batcher, BatcherBuilder, BatcherStats, PublishError, PublishReport, SendError};
pub use eventgrid;
pub use pipeline::Pipeline;
pub use processor::{
    BoxError, EventFailure, FailureCause, Handler, Handling, IntoVerdict, LockLoss, NoticeLevel, OnRefusal,
    Processor, ProcessorEvent, ProcessorHandle, ProcessorNotice, ProcessorStats, ProcessorStop, Verdict,
};
