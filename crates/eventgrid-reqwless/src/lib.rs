#![cfg_attr(all(feature = "embassy-net", feature = "embassy-time"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "embassy-net", feature = "embassy-time")),
    doc = "Azure Event Grid on microcontrollers: the asynchronous transport of [`eventgrid`] over embedded sockets, without a heap."
)]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(doc, doctest))]
pub mod _docs;
mod authority;
mod clock;
#[cfg(feature = "embassy-time")]
mod embassy;
mod error;
mod exchange;
mod nal;
#[cfg(feature = "embassy-net")]
mod net;
mod slot;
mod socket;
#[cfg(feature = "tls")]
pub mod tls;
mod transport;

#[cfg(feature = "embassy-time")]
pub use embassy::Embassy;
pub use error::{ConnectError, Error, Reason};
pub use eventgrid;
pub use nal::NalSocket;
#[cfg(feature = "embassy-net")]
pub use net::NetSocket;
pub use slot::Slot;
pub use socket::Socket;
pub use transport::{Reqwless, ResponseBody};
