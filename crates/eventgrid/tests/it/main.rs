//! What the crate does, seen from outside: a module for each subject. `#![cfg(..)]` in it names the
//! features that it needs.
//!
//! They are one program, since each program must be linked anew for each feature set. Tests that
//! count allocations are not here, because an allocator is global to the program. Tests of spans
//! are not here either: `tracing` remembers for the whole program whether anyone listens, and other
//! tests do not.

mod batch_events;
mod batch_too_large;
mod call_options;
mod captured_requests;
mod clients;
mod credentials;
mod documented_deliveries;
mod documented_responses;
mod encoded_event;
mod extensions_equality;
mod golden_requests;
mod json_deserializer;
#[allow(dead_code, reason = "some feature sets use a part of it")]
mod json_documents;
mod json_hostile;
#[allow(dead_code, reason = "the fuzz targets call more of it")]
mod json_oracle;
mod json_reader;
mod json_salvage;
mod json_serializer;
#[cfg(feature = "serde")]
mod json_zoo;
mod models;
mod models_cloudevents_sdk;
mod models_defmt;
mod models_heapless;
mod models_properties;
mod models_received;
mod models_serde;
mod models_specification;
mod models_time;
mod mqtt;
mod open_requests;
mod raw_requests;
mod refused_credentials;
mod request_options;
mod responses;
mod sas;
#[cfg(feature = "sas")]
mod sas_tokens;
mod sas_verify;
mod secrets;
mod send_all;
mod send_futures;
mod slow_links;
#[cfg(feature = "alloc")]
mod support;
mod system_events;
mod webhook;
mod webhook_data_string;
