//! The queue on a simulated flash.

mod damage;
mod end_to_end;
mod life;
mod model;
mod power_loss;
mod simulated_flash;
mod wear;
