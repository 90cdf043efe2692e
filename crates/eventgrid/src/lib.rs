#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(any(doc, doctest))]
pub mod _docs;
pub mod calls;
mod client;
pub mod credential;
#[cfg(feature = "defmt")]
mod defmt_format;
mod endpoint;
mod error;
pub mod event;
mod http;
pub mod json;
pub mod mqtt;
#[doc = include_str!("../PYTHON.md")]
#[cfg(any(doc, all(doctest, feature = "std")))]
#[cfg_attr(
    not(all(
        feature = "base64",
        feature = "bearer",
        feature = "generate",
        feature = "sas",
        feature = "serde",
        feature = "serde_json"
    )),
    allow(rustdoc::broken_intra_doc_links, reason = "it links to what the features bring")
)]
pub mod python {}
mod received;
mod retry;
pub mod system_events;
pub mod target;
mod text;
pub mod trace;
#[cfg(feature = "webhook")]
pub mod webhook;

#[cfg(feature = "alloc")]
pub use calls::Attempt;
pub use calls::{CallOptions, ReceiveOptions, ReleaseDelay, SettleAction};
#[cfg(feature = "serde_json")]
pub use client::JsonBodyError;
pub use client::{Client, Consumer, MqttClient, Publisher, ReceivePace, TraceSource, blocking};
#[cfg(feature = "alloc")]
pub use client::{
    OpenResponse, RawRequest, RawResponse, SendFailure, SendFailureReason, SendLimits, SendReport,
};
pub use credential::sas::{self, SasToken};
pub use credential::{AccessKey, AsyncCredential, Credential, CredentialError, SendAsyncCredential};
pub use endpoint::{ApiVersion, Endpoint, EndpointKind, InvalidApiVersion, InvalidEndpoint};
pub use error::{Error, ServiceError, WithCauses, with_causes};
pub use event::{CloudEvent, Data};
#[doc(inline)]
pub use eventgrid_transport::{
    AsyncOpen, AsyncReadBody, AsyncSleep, AsyncTransport, Buf, BufFull, Environment, Header, HeaderSink,
    Headers, Limits, Open, Overflow, Progress, ReadBody, ReceivedResponse, Replay, Request, Response,
    ResponseHead, SendAsyncSleep, SendAsyncTransport, Sleep, Transport, TransportError, TransportErrorKind,
    environment,
};
#[cfg(feature = "std")]
#[doc(inline)]
pub use eventgrid_transport::{Std, proxy};
pub use http::RequestError;
#[cfg(feature = "heapless")]
pub use received::LockTokenBuf;
#[cfg(feature = "alloc")]
pub use received::OwnedReceivedEvent;
pub use received::{
    Batch, DecodeError, FailedLockToken, FailureReason, LockToken, LockTokens, ReceivedEvent, ReceivedEvents,
    Settlement,
};
pub use retry::{AttemptOutcome, RetryPolicy};
pub use target::{InvalidTarget, NamespaceTopic, Subscription};
pub use text::{Bytes, Text};
pub use trace::{InvalidTraceContext, TraceContext};
