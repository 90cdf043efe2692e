//! What the clients do with a service: each scenario is played against an emulator, and what came
//! of it is written down. That must be the same with every adapter, to the letter.

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
