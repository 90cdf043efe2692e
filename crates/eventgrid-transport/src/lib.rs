#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(any(doc, doctest))]
pub mod _docs;
mod buffer;
mod bytes;
pub mod date;
#[cfg(feature = "defmt")]
mod defmt_format;
pub mod environment;
pub mod http1;
#[cfg(feature = "std")]
pub mod proxy;
mod request;
mod response;
#[cfg(feature = "rustls")]
pub mod tls;
mod transport;

pub use buffer::{Buf, BufFull};
#[cfg(feature = "std")]
pub use environment::Std;
pub use environment::{AsyncSleep, Environment, SendAsyncSleep, Sleep};
pub use request::{Header, Headers, Limits, Replay, Request};
pub use response::{HeaderSink, Overflow, Progress, ReceivedResponse, RequestId, Response, ResponseHead};
pub use transport::{
    AsyncOpen, AsyncReadBody, AsyncTransport, Open, ReadBody, SendAsyncTransport, Transport, TransportError,
    TransportErrorKind,
};
