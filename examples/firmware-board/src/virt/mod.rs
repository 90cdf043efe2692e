//! QEMU's RISC-V machine `virt`.

mod device_memory;
mod virtio_net;

pub(crate) use virtio_net::VirtioNet as Interface;

use riscv::interrupt::Interrupt;
use static_cell::StaticCell;

use crate::registers::Registers;
use crate::ticks;
use virtio_net::VirtioNet;

/// What the machine timer has counted, and when it is to interrupt: offsets from the base of the
/// CLINT.
const TIME: usize = 0xBFF8;
const TIME_COMPARED: usize = 0x4000;

/// 10 MHz.
const COUNTS_PER_MILLISECOND: u32 = 10_000;

/// Starts the timer and the network interface.
#[expect(
    unsafe_code,
    reason = "only the machine's manual says where its devices are, and what an interrupt may break"
)]
pub(crate) fn start() -> &'static mut VirtioNet {
    static INTERFACE: StaticCell<VirtioNet> = StaticCell::new();
    let interface = INTERFACE.init(VirtioNet::find());
    timer_interrupt();
    // SAFETY: nothing counts on interrupts being masked: the handler of the only one that is
    // enabled guards what it shares.
    unsafe {
        riscv::register::mie::set_mtimer();
        riscv::interrupt::enable();
    }
    interface
}

/// Counts a millisecond, and asks for the next interrupt a millisecond from now.
#[riscv_rt::core_interrupt(Interrupt::MachineTimer)]
fn timer_interrupt() {
    #[expect(unsafe_code, reason = "only the machine's manual says where its devices are")]
    // SAFETY: that is where the machine has it, and only this function uses it, which does not
    // interrupt itself.
    let mut clint = unsafe { Registers::new(0x0200_0000, 0xC000) };
    // It overflows after 7 minutes, so both halves are needed.
    let high = clint.read(TIME + 4);
    let low = clint.read(TIME);
    let high = if clint.read(TIME + 4) == high { high } else { high + 1 };
    let (next, carried) = low.overflowing_add(COUNTS_PER_MILLISECOND);
    // No interrupt in between, when one half is new and the other is not.
    clint.write(TIME_COMPARED + 4, u32::MAX);
    clint.write(TIME_COMPARED, next);
    clint.write(TIME_COMPARED + 4, high + u32::from(carried));
    ticks::tick();
    virtio_net::on_tick();
}
