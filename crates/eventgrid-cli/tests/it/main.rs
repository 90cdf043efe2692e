//! The program as a user runs it, against an emulator.

mod contexts;
mod processing;
mod publishing;
mod readme;
mod receiving;
mod support;
mod tools;
