//! The boards that the firmware examples run on: QEMU's MPS2 machines (Cortex-M3, M4F and M7) and
//! its RISC-V machine `virt`.
//!
//! This crate takes the place of a real board's hardware abstraction layer: it has the driver of
//! the network interface, the clock that [`embassy_time`] reads, and output for the developer. It
//! knows nothing of Azure Event Grid.
//!
//! An image uses semihosting for its arguments, the wall clock, randomness, output and exit; every
//! debug probe can serve that, too. `BOARDS.md` says what to use in its place on a real board.

#![no_std]

mod arguments;
mod host;
#[cfg(target_arch = "arm")]
mod mps2;
mod network;
mod registers;
mod stack;
mod ticks;
#[cfg(target_arch = "riscv32")]
mod virt;

pub use arguments::{Arguments, InvalidArgument};
#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
pub use host::{random, random_bytes, unix_time};
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;
/// Prints a line by semihosting.
pub use semihosting::println;

use embassy_executor::Spawner;
use embassy_net::Stack;

#[cfg(target_arch = "arm")]
use mps2 as machine;
#[cfg(target_arch = "riscv32")]
use virt as machine;

/// A board that has started: its clock runs and its network interface is up.
#[derive(Clone, Copy)]
pub struct Board {
    /// The network.
    pub network: Stack<'static>,
    /// What the image was started with.
    pub arguments: &'static Arguments,
}

impl Board {
    /// Starts the board.
    ///
    /// # Panics
    /// If it is called twice, or on another machine.
    pub fn start(spawner: Spawner) -> Self {
        stack::paint();
        let interface = machine::start();
        Self { network: network::start(spawner, interface), arguments: Arguments::of_the_image() }
    }

    /// Ends the run with this exit code, after a line that says how deep the stack has become and
    /// how long the board ran: `stack=BYTES ms=MILLISECONDS`.
    ///
    /// A real device would sleep until its next reading is due.
    pub fn end(self, exit_code: i32) -> ! {
        println!("stack={} ms={}", stack::deepest(), embassy_time::Instant::now().as_millis());
        semihosting::process::exit(exit_code)
    }
}

/// Says that the firmware panicked, and ends the run. The message is not formatted, which would
/// cost 20 kB of flash.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    host::print("panicked\n");
    semihosting::process::exit(101)
}
