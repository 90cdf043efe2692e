//! Push delivery: when it is tried, what is sent, and what comes back.

mod schedules;
mod tables;
