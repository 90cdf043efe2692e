//! Push delivery: when it is tried, what is sent, and what comes back.

mod handshakes;
mod properties;
mod received;
mod requests;
mod schedules;
mod tables;
