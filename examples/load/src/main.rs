//! Publishes and consumes as fast as it can against a sink that responds at once, and prints how
//! long it took.
//!
//! It uses the crate (`--transport hyper` or `ureq`), or the bare HTTP library under it with bytes
//! that were encoded in advance (`raw-hyper`, `raw-ureq`), or the same with the headers and
//! deadlines of the crate (`matched-hyper`, `matched-ureq`). The difference is what the crate adds.
//! `examples/load/run` compares them all.

mod json;
mod options;
mod orders;
mod ours_hyper;
mod ours_ureq;
mod raw;
mod raw_hyper;
mod raw_ureq;
mod report;

use std::error::Error;

use clap::Parser;
use options::{Options, Transport, Workload};
use raw::Terms;
use report::Stopwatch;

type AnyError = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), AnyError> {
    let options = Options::parse();
    if let Some(folder) = &options.responses {
        return raw::write_responses(folder);
    }
    let (name, workload, requests) = (options.name(), options.workload, options.count);
    let stopwatch = Stopwatch::start();
    match (workload, options.transport) {
        (Workload::JsonWrite100, _) => json::write(requests)?,
        (Workload::JsonRead100, _) => json::read(requests)?,
        (_, Transport::Hyper) => ours_hyper::run(&options.endpoint, workload, requests)?,
        (_, Transport::Ureq) => ours_ureq::run(options.endpoint, workload, requests)?,
        (_, Transport::RawHyper) => raw_hyper::run(&options.endpoint, Terms::Bare, workload, requests)?,
        (_, Transport::RawUreq) => raw_ureq::run(&options.endpoint, Terms::Bare, workload, requests)?,
        (_, Transport::MatchedHyper) => raw_hyper::run(&options.endpoint, Terms::Ours, workload, requests)?,
        (_, Transport::MatchedUreq) => raw_ureq::run(&options.endpoint, Terms::Ours, workload, requests)?,
    }
    stopwatch.report(name, workload.name(), requests * workload.events_per_request())
}
