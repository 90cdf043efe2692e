//! Push delivery: when it is attempted, what is sent, and what the responses mean.

mod conversions;
mod handshakes;
mod naive;
mod properties;
mod received;
mod requests;
mod samples;
mod schedules;
mod tables;
