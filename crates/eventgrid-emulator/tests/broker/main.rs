//! The broker by itself: what happens to events as time passes.

mod backlog;
mod bounded;
mod dead_letters;
mod desk;
mod model;
mod naive;
mod removal;
mod scenarios;
