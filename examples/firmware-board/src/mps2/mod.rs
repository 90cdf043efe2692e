//! QEMU's machines `mps2-an385` (Cortex-M3), `mps2-an386` (Cortex-M4F) and `mps2-an500`
//! (Cortex-M7).

mod exceptions;
mod lan9118;

pub(crate) use lan9118::Lan9118 as Interface;

use cortex_m::Peripherals;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use static_cell::ConstStaticCell;

use crate::registers::Registers;
use lan9118::Lan9118;

const CLOCK_HZ: u32 = 25_000_000;

/// Bits 15 to 4 of CPUID, for a Cortex-M7.
const CORTEX_M7: u32 = 0xC27;

/// Starts the timer and the network interface.
pub(crate) fn start() -> &'static mut Lan9118 {
    static INTERFACE: ConstStaticCell<Lan9118> = ConstStaticCell::new(Lan9118::new());
    let peripherals = Peripherals::take().expect("the board is started once");
    start_timer(peripherals.SYST);
    let base =
        if peripherals.CPUID.base.read() >> 4 & 0xFFF == CORTEX_M7 { 0xA000_0000 } else { 0x4020_0000 };
    #[expect(unsafe_code, reason = "only the board's manual says where its devices are")]
    // SAFETY: that is where these boards have it, and this function gets past `take` only once.
    let registers = unsafe { Registers::new(base, 0x100) };
    let interface = INTERFACE.take();
    interface.start(registers);
    interface
}

fn start_timer(mut timer: SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(CLOCK_HZ / 1000 - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}
