//! Push delivery: when it is tried, what is sent, and what comes back.

mod conversions;
mod handshakes;
mod naive;
mod properties;
mod received;
mod requests;
mod samples;
mod schedules;
mod tables;
