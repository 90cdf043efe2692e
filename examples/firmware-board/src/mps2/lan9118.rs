//! The LAN9118, an Ethernet controller whose frames go through two FIFO registers.

use core::task::Context;

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;
use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use embassy_sync::waitqueue::AtomicWaker;

use crate::registers::Registers;

/// The number of its interrupt.
pub(super) const INTERRUPT: i16 = 13;

/// The largest frame: 1500 bytes and the Ethernet header, in whole words.
const MAX_FRAME: usize = 1516;

static WAKER: AtomicWaker = AtomicWaker::new();

/// Wakes the driver. The interrupt stays asserted as long as a frame waits, so it is masked until
/// all are read.
pub(super) fn on_interrupt() {
    NVIC::mask(Ethernet);
    WAKER.wake();
}

/// Offsets of registers.
mod register {
    pub(super) const RX_DATA: usize = 0x00;
    pub(super) const TX_DATA: usize = 0x20;
    pub(super) const RX_STATUS: usize = 0x40;
    pub(super) const TX_STATUS: usize = 0x48;
    pub(super) const IRQ_CFG: usize = 0x54;
    pub(super) const INT_STS: usize = 0x58;
    pub(super) const INT_EN: usize = 0x5C;
    pub(super) const BYTE_TEST: usize = 0x64;
    pub(super) const FIFO_INT: usize = 0x68;
    pub(super) const RX_CFG: usize = 0x6C;
    pub(super) const TX_CFG: usize = 0x70;
    pub(super) const HW_CFG: usize = 0x74;
    pub(super) const RX_FIFO_INF: usize = 0x7C;
    pub(super) const TX_FIFO_INF: usize = 0x80;
    pub(super) const MAC_CSR_CMD: usize = 0xA4;
    pub(super) const MAC_CSR_DATA: usize = 0xA8;
}

/// Registers of the MAC, which are reached through two of the others.
mod mac {
    pub(super) const CR: u32 = 1;
    pub(super) const ADDRESS_HIGH: u32 = 2;
    pub(super) const ADDRESS_LOW: u32 = 3;
}

/// `INT_STS`, `INT_EN`: more frames wait than `FIFO_INT` says.
const RX_STATUS_LEVEL: u32 = 1 << 3;

/// A network interface.
pub(crate) struct Lan9118 {
    registers: Option<Registers>,
    address: [u8; 6],
    rx: [u8; MAX_FRAME],
    tx: [u8; MAX_FRAME],
}

impl Lan9118 {
    pub(super) const fn new() -> Self {
        Self { registers: None, address: [0; 6], rx: [0; MAX_FRAME], tx: [0; MAX_FRAME] }
    }

    /// Turns it on.
    pub(super) fn start(&mut self, mut registers: Registers) {
        assert!(registers.read(register::BYTE_TEST) == 0x8765_4321, "this board has no LAN9118");
        // Frames are stored as a whole before they are sent.
        let hardware = registers.read(register::HW_CFG);
        registers.write(register::HW_CFG, hardware | 1 << 20);
        registers.write(register::FIFO_INT, 0);
        registers.write(register::RX_CFG, 0);
        registers.write(register::TX_CFG, 1 << 1);
        let low = mac_read(&mut registers, mac::ADDRESS_LOW).to_le_bytes();
        let high = mac_read(&mut registers, mac::ADDRESS_HIGH).to_le_bytes();
        self.address = [low[0], low[1], low[2], low[3], high[0], high[1]];
        // Full duplex, transmitter and receiver on.
        mac_write(&mut registers, mac::CR, 1 << 20 | 1 << 3 | 1 << 2);
        // Enabled, active high, push-pull.
        registers.write(register::IRQ_CFG, 0x111);
        registers.write(register::INT_EN, RX_STATUS_LEVEL);
        self.registers = Some(registers);
        unmask();
    }
}

impl Driver for Lan9118 {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Transmit<'a>;

    fn receive(&mut self, context: &mut Context<'_>) -> Option<(Received<'_>, Transmit<'_>)> {
        let registers = self.registers.as_mut()?;
        WAKER.register(context.waker());
        registers.write(register::INT_STS, RX_STATUS_LEVEL);
        if frames_waiting(registers) == 0 {
            unmask();
            return None;
        }
        let frame = read_frame(registers, &mut self.rx);
        Some((Received(frame), Transmit { registers, buffer: &mut self.tx }))
    }

    fn transmit(&mut self, context: &mut Context<'_>) -> Option<Transmit<'_>> {
        let registers = self.registers.as_mut()?;
        // Nobody asks how it went, but they must be taken, or the FIFO is full of them.
        while registers.read(register::TX_FIFO_INF).to_le_bytes()[2] != 0 {
            registers.read(register::TX_STATUS);
        }
        if usize::try_from(registers.read(register::TX_FIFO_INF) & 0xFFFF).ok()? < MAX_FRAME + 8 {
            // Sending takes microseconds.
            context.waker().wake_by_ref();
            return None;
        }
        Some(Transmit { registers, buffer: &mut self.tx })
    }

    fn link_state(&mut self, _context: &mut Context<'_>) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = 1514;
        capabilities.max_burst_size = Some(1);
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(self.address)
    }
}

/// A frame that was received.
pub(crate) struct Received<'a>(&'a mut [u8]);

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, read: F) -> R {
        read(self.0)
    }
}

/// Room for a frame to be sent.
pub(crate) struct Transmit<'a> {
    registers: &'a mut Registers,
    buffer: &'a mut [u8; MAX_FRAME],
}

impl TxToken for Transmit<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let result = write(&mut self.buffer[..len]);
        let bytes = u32::try_from(len).expect("a frame has at most 1514 bytes");
        // First and last segment at once.
        self.registers.write(register::TX_DATA, 0x3000 | bytes);
        self.registers.write(register::TX_DATA, bytes << 16 | bytes);
        for word in self.buffer[..len.next_multiple_of(4)].chunks_exact(4) {
            self.registers.write(register::TX_DATA, u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        }
        result
    }
}

fn frames_waiting(registers: &Registers) -> u8 {
    registers.read(register::RX_FIFO_INF).to_le_bytes()[2]
}

/// Reads a frame, without its checksum. One that is too long is cut, and dropped by whoever looks
/// at its length.
fn read_frame<'b>(registers: &mut Registers, buffer: &'b mut [u8; MAX_FRAME]) -> &'b mut [u8] {
    let status = registers.read(register::RX_STATUS);
    let len = usize::try_from(status >> 16 & 0x3FFF).unwrap_or_default();
    let mut words = buffer.chunks_exact_mut(4);
    for _ in 0..len.div_ceil(4) {
        let word = registers.read(register::RX_DATA).to_le_bytes();
        if let Some(room) = words.next() {
            room.copy_from_slice(&word);
        }
    }
    let len = len.saturating_sub(4).min(MAX_FRAME);
    &mut buffer[..len]
}

fn mac_read(registers: &mut Registers, index: u32) -> u32 {
    mac_command(registers, 1 << 30 | index);
    registers.read(register::MAC_CSR_DATA)
}

fn mac_write(registers: &mut Registers, index: u32, value: u32) {
    registers.write(register::MAC_CSR_DATA, value);
    mac_command(registers, index);
}

fn mac_command(registers: &mut Registers, command: u32) {
    const BUSY: u32 = 1 << 31;
    registers.write(register::MAC_CSR_CMD, BUSY | command);
    while registers.read(register::MAC_CSR_CMD) & BUSY != 0 {}
}

#[expect(unsafe_code, reason = "an interrupt can break what counts on being alone")]
fn unmask() {
    // SAFETY: nothing here counts on this interrupt being masked: its handler only masks it and
    // wakes.
    unsafe { NVIC::unmask(Ethernet) };
}

/// The interrupt, as the interrupt controller names it.
#[derive(Clone, Copy)]
struct Ethernet;

#[expect(unsafe_code, reason = "the trait is unsafe, since a wrong number would reach another interrupt")]
// SAFETY: the board has this interrupt, and the number never changes.
unsafe impl InterruptNumber for Ethernet {
    fn number(self) -> u16 {
        INTERRUPT.unsigned_abs()
    }
}
