//! The broker by itself: what happens to events as time passes.

mod backlog;
mod desk;
mod model;
mod naive;
mod scenarios;
