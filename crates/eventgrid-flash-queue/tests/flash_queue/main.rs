//! The queue on a simulated flash.

mod damage;
mod end_to_end;
mod life;
mod model;
mod power_loss;
/// A NOR flash in memory: erasing sets bits, writing clears them, and power can be lost in the
/// middle of either.
mod simulated_flash;
mod wear;
