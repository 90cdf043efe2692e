#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod batch;
mod binary;
pub mod calls;
mod client;
pub mod credential;
#[cfg(feature = "defmt")]
mod defmt_format;
pub mod encode;
mod endpoint;
mod error;
pub mod event;
pub mod json;
mod lock_token;
#[cfg(feature = "heapless")]
mod lock_token_buf;
#[doc = include_str!("../PYTHON.md")]
#[cfg(doc)]
#[cfg_attr(
    not(all(
        feature = "base64",
        feature = "bearer",
        feature = "generate",
        feature = "sas",
        feature = "serde"
    )),
    allow(rustdoc::broken_intra_doc_links, reason = "it links to what the features bring")
)]
pub mod python {}
#[cfg(feature = "alloc")]
mod owned_received_event;
mod retry;
pub mod salvage;
pub mod sas;
mod service_error;
mod settlement;
pub mod system_events;
pub mod target;
mod text;
pub mod trace;
mod version;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use batch::{Batch, ReceivedEvent, ReceivedEvents};
pub use binary::Binary;
pub use calls::{ReceiveOptions, ReleaseDelay, Settling};
pub use client::{Client, Consumer, Publisher, ReceivePace, TraceSource, blocking};
#[cfg(feature = "alloc")]
pub use client::{RawRequest, RawResponse, SendFailure, SendFailureReason, SendLimits, SendReport};
pub use credential::{AccessKey, AsyncCredential, Credential, CredentialError, SendAsyncCredential};
pub use endpoint::{Endpoint, InvalidEndpoint};
pub use error::{DecodeError, Error, RequestError};
pub use event::{CloudEvent, Data};
#[doc(inline)]
pub use eventgrid_transport::{
    AsyncOpen, AsyncReadBody, AsyncSleep, AsyncTransport, Buf, BufFull, Environment, Header, HeaderSink,
    Headers, Limits, Open, Overflow, Progress, ReadBody, Received, Replay, Request, Response, ResponseHead,
    SendAsyncSleep, SendAsyncTransport, Sleep, Transport, TransportError, TransportErrorKind, environment,
};
#[cfg(feature = "std")]
#[doc(inline)]
pub use eventgrid_transport::{Std, proxy};
pub use lock_token::{LockToken, LockTokens};
#[cfg(feature = "heapless")]
pub use lock_token_buf::LockTokenBuf;
#[cfg(feature = "alloc")]
pub use owned_received_event::OwnedReceivedEvent;
pub use retry::{Outcome, Retry};
pub use sas::SasToken;
pub use service_error::ServiceError;
pub use settlement::{FailedLockToken, FailureReason, Settlement};
pub use target::{InvalidTarget, NamespaceTopic, Realm, Subscription};
pub use text::Text;
pub use trace::{InvalidTraceContext, TraceContext};
pub use version::{ApiVersion, InvalidApiVersion};
