//! Why a push got no response that counts.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use eventgrid_push::AttemptResult;

use crate::push_targets::RefusedTarget;

/// Why a push got no response that counts. The words are those of the delivery log: they have
/// neither the path nor the query of the endpoint, which may be secrets.
#[derive(Debug, thiserror::Error)]
pub(in crate::server) enum PushFailure {
    #[error("no response came within {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    #[error("the host {host} could not be resolved: {source}; check the name")]
    Unresolved { host: String, source: io::Error },
    #[error(transparent)]
    Refused(#[from] RefusedTarget),
    #[error("the connection to {address} could not be made: {source}; check that the endpoint is running")]
    Unreachable { address: SocketAddr, source: io::Error },
    #[cfg(feature = "tls")]
    #[error("the TLS handshake with {host} failed: {source}")]
    Tls { host: String, source: io::Error },
    #[cfg(feature = "tls")]
    #[error("there are no root certificates to check the endpoint with: {0}")]
    Roots(String),
    #[cfg(not(feature = "tls"))]
    #[error("the endpoint has https, and this emulator was built without the feature `tls`")]
    NoTls,
    #[error("the connection broke before there was a response: {0}")]
    Broken(String),
    #[error("the head of the response is longer than {0} bytes, or has too many headers")]
    HeadTooLarge(usize),
    #[error("the response is not valid HTTP: {0}")]
    NotHttp(String),
    #[error("the body of the response broke off: {0}")]
    BodyBroken(String),
    #[error("the body of the response is longer than {0} bytes")]
    BodyTooLarge(usize),
}

impl PushFailure {
    /// What it counts as.
    pub(in crate::server) fn attempt(&self) -> AttemptResult {
        match self {
            Self::TimedOut(_) => AttemptResult::TimedOut,
            Self::Unresolved { .. } => AttemptResult::ResolutionError,
            _ => AttemptResult::SocketError,
        }
    }

    /// What an error of the HTTP client means, before a response was there.
    pub(super) fn of_exchange(error: &hyper::Error, max_head: usize) -> Self {
        if error.is_parse_too_large() {
            Self::HeadTooLarge(max_head)
        } else if error.is_parse() || error.is_parse_status() {
            Self::NotHttp(with_causes(error))
        } else {
            Self::Broken(with_causes(error))
        }
    }
}

/// An error and what caused it, with colons between them.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}
