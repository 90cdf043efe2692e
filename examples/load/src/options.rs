//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Publishes or consumes as fast as it can, and prints what that took.
#[derive(Parser)]
pub(crate) struct Options {
    /// Where the sink is.
    #[arg(long, default_value = "http://127.0.0.1:8088")]
    pub(crate) endpoint: String,
    /// What sends the requests.
    #[arg(long, value_enum, default_value = "hyper")]
    pub(crate) transport: Transport,
    /// What is done.
    #[arg(long, value_enum, default_value = "publish1")]
    pub(crate) workload: Workload,
    /// How many requests are sent; to consume takes two, a receive and an acknowledge, which count as one here.
    #[arg(long, default_value_t = 1000)]
    pub(crate) count: usize,
    /// Writes the responses of the sink into this folder, and does nothing else.
    #[arg(long)]
    pub(crate) responses: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Transport {
    Hyper,
    Ureq,
    RawHyper,
    RawUreq,
    /// Bare hyper with the headers and deadlines of the crate.
    MatchedHyper,
    /// Bare ureq with the headers and deadlines of the crate.
    MatchedUreq,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// One event in each request, one request after the other.
    Publish1,
    /// One event in each request, 64 requests at a time, on two threads; not by ureq.
    Publish1x64,
    /// 100 events in each request.
    Publish100,
    /// Receives 100 events, reads every attribute and token, and acknowledges them.
    Consume100,
    /// No requests: 100 events written by `serde_json` alone.
    JsonWrite100,
    /// No requests: the response with 100 events read by `serde_json` alone.
    JsonRead100,
}

impl Options {
    /// Who did it, as the report has it.
    pub(crate) fn name(&self) -> &'static str {
        match (self.workload, self.transport) {
            (Workload::JsonWrite100 | Workload::JsonRead100, _) => "serde_json",
            (_, Transport::Hyper) => "hyper",
            (_, Transport::Ureq) => "ureq",
            (_, Transport::RawHyper) => "raw-hyper",
            (_, Transport::RawUreq) => "raw-ureq",
            (_, Transport::MatchedHyper) => "matched-hyper",
            (_, Transport::MatchedUreq) => "matched-ureq",
        }
    }
}

impl Workload {
    /// As the report has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Publish1 => "publish1",
            Self::Publish1x64 => "publish1x64",
            Self::Publish100 => "publish100",
            Self::Consume100 => "consume100",
            Self::JsonWrite100 => "json-write100",
            Self::JsonRead100 => "json-read100",
        }
    }

    pub(crate) fn events_per_request(self) -> usize {
        match self {
            Self::Publish1 | Self::Publish1x64 => 1,
            Self::Publish100 | Self::Consume100 | Self::JsonWrite100 | Self::JsonRead100 => 100,
        }
    }
}
