//! The program as a user runs it, against an emulator.

mod benching;
mod contexts;
mod killed;
mod killed_publish;
mod listening;
#[cfg(target_os = "linux")]
mod listening_on_a_terminal;
mod mqtt;
mod processing;
#[cfg(target_os = "linux")]
mod pseudo_terminal;
mod publishing;
mod readme;
mod receiving;
mod support;
#[cfg(target_os = "linux")]
mod terminal;
mod tokens;
mod tools;
mod triggering;
mod webhook;
