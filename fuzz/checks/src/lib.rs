//! The checks of the fuzz targets, one module for each target.
//!
//! This library does not need libFuzzer, so `cargo test` runs every seed with any compiler
//! (`tests/replay.rs`).

#![allow(rustdoc::private_intra_doc_links, reason = "who reads about a check reads its code")]

pub mod broker_model;
pub mod canonical_event;
pub mod configuration;
mod dates;
pub mod egrid_arguments;
pub mod emulator_request;
mod event_oracle;
pub mod event_round_trip;
pub mod filters;
pub mod http1_response;
pub mod imports;
mod interrupted_batch;
pub mod json_agrees;
mod message;
pub mod mqtt;
pub mod mqtt_messages;
#[path = "../../../crates/eventgrid-filters/tests/it/naive.rs"]
mod naive_filter;
#[path = "../../../crates/eventgrid-push/tests/it/naive.rs"]
mod naive_push;
pub mod push;
pub mod responses;
pub mod retry_after_and_dates;
pub mod sas;
pub mod serializer_agrees;
pub mod store_rows;
mod streamed_batch;
mod tree;
pub mod webhook;
#[path = "../../../crates/eventgrid-emulator/tests/service/well_formed.rs"]
mod well_formed;

/// A check, which panics if it fails.
pub type Check = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Check); 19] = [
    ("json_agrees", json_agrees::check),
    ("serializer_agrees", serializer_agrees::check),
    ("responses", responses::check),
    ("event_round_trip", event_round_trip::check),
    ("sas", sas::check),
    ("retry_after_and_dates", retry_after_and_dates::check),
    ("webhook", webhook::check),
    ("emulator_request", emulator_request::check),
    ("mqtt_messages", mqtt_messages::check),
    ("broker_model", broker_model::check),
    ("canonical_event", canonical_event::check),
    ("http1_response", http1_response::check),
    ("configuration", configuration::check),
    ("imports", imports::check),
    ("filters", filters::check),
    ("push", push::check),
    ("egrid_arguments", egrid_arguments::check),
    ("store_rows", store_rows::check),
    ("mqtt", mqtt::check),
];
