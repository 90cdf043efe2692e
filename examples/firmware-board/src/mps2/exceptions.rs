//! The exception handlers.

#![expect(unsafe_code, reason = "the runtime wants these handlers to be unsafe functions")]

use cortex_m_rt::{ExceptionFrame, exception};

use super::lan9118;
use crate::{host, ticks};

#[exception]
fn SysTick() {
    ticks::tick();
}

/// Every interrupt that has no handler of its own.
#[exception]
unsafe fn DefaultHandler(interrupt: i16) {
    if interrupt == lan9118::INTERRUPT {
        lan9118::on_interrupt();
    }
}

#[exception]
unsafe fn HardFault(_frame: &ExceptionFrame) -> ! {
    host::print("hard fault\n");
    semihosting::process::exit(102)
}
