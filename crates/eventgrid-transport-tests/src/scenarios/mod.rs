//! What the clients do with a service: each scenario runs against an emulator, and its results are
//! written down. They must be exactly the same with every adapter.

mod clock;
mod deliver;
mod publish;
mod refused;
mod scene;
mod service;

use crate::part::Row;

pub(crate) fn all() -> impl Iterator<Item = Row> {
    [publish::ROWS, deliver::ROWS, refused::ROWS].into_iter().flatten().copied()
}
