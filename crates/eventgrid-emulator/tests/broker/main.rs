//! The broker by itself: what happens to events as time passes.

mod backlog;
mod bounded;
mod desk;
mod model;
mod naive;
mod removal;
mod scenarios;
