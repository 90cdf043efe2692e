//! The network interface of the machine, by `virtio-drivers`.

use core::ptr::NonNull;
use core::task::Context;

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use embassy_sync::waitqueue::AtomicWaker;
use static_cell::ConstStaticCell;
use virtio_drivers::device::net::VirtIONetRaw;
use virtio_drivers::transport::mmio::{MmioTransport, VirtIOHeader};
use virtio_drivers::transport::{DeviceType, Transport};

use super::device_memory::DeviceMemory;

/// How many buffers each queue can hold. One of each direction is in use here.
const QUEUE: usize = 2;

/// The largest frame, and the header that virtio puts before it.
const MAX_FRAME: usize = 1526;

static WAKER: AtomicWaker = AtomicWaker::new();

/// Wakes the driver. Asking once in a millisecond saves the machine's interrupt controller, and is
/// fast enough here.
pub(super) fn on_tick() {
    WAKER.wake();
}

/// A network interface.
pub(crate) struct VirtioNet {
    device: VirtIONetRaw<DeviceMemory, MmioTransport<'static>, QUEUE>,
    rx: &'static mut [u8; MAX_FRAME],
    tx: &'static mut [u8; MAX_FRAME],
    /// By what the device knows `rx`, while it may write to it.
    receiving: Option<u16>,
}

impl VirtioNet {
    /// Finds it among the devices of the machine.
    pub(super) fn find() -> Self {
        static RX: ConstStaticCell<[u8; MAX_FRAME]> = ConstStaticCell::new([0; MAX_FRAME]);
        static TX: ConstStaticCell<[u8; MAX_FRAME]> = ConstStaticCell::new([0; MAX_FRAME]);
        let transport = (0..8)
            .filter_map(|slot| transport(0x1000_1000 + slot * 0x1000))
            .find(|transport| transport.device_type() == DeviceType::Network)
            .expect("start QEMU with -device virtio-net-device");
        let device = VirtIONetRaw::new(transport).expect("the device is one of virtio");
        Self { device, rx: RX.take(), tx: TX.take(), receiving: None }
    }

    /// Receives a frame, if there is one: its place in `rx`.
    #[expect(unsafe_code, reason = "the device writes to `rx` after the call has returned")]
    fn received(&mut self) -> Option<core::ops::Range<usize>> {
        let mut frame = None;
        if let Some(token) = self.receiving {
            self.device.poll_receive()?;
            // SAFETY: it is the buffer that was given to the device with this token.
            frame = unsafe { self.device.receive_complete(token, self.rx) }.ok();
            self.receiving = None;
        }
        if frame.is_none() {
            // SAFETY: nothing reads or writes it before the device is done with it, and it lives as
            // long as the program.
            self.receiving = unsafe { self.device.receive_begin(self.rx) }.ok();
        }
        frame.map(|(header, len)| header..header + len)
    }
}

fn transport(address: usize) -> Option<MmioTransport<'static>> {
    let header: *mut VirtIOHeader = core::ptr::with_exposed_provenance_mut(address);
    #[expect(unsafe_code, reason = "only the machine's manual says where its devices are")]
    // SAFETY: that is where the machine has them, and nothing else uses them.
    unsafe { MmioTransport::new(NonNull::new(header)?, 0x1000) }.ok()
}

impl Driver for VirtioNet {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Transmit<'a>;

    fn receive(&mut self, context: &mut Context<'_>) -> Option<(Received<'_>, Transmit<'_>)> {
        WAKER.register(context.waker());
        let frame = self.received()?;
        Some((Received(&mut self.rx[frame]), Transmit { device: &mut self.device, buffer: self.tx }))
    }

    fn transmit(&mut self, _context: &mut Context<'_>) -> Option<Transmit<'_>> {
        Some(Transmit { device: &mut self.device, buffer: self.tx })
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
        HardwareAddress::Ethernet(self.device.mac_address())
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
    device: &'a mut VirtIONetRaw<DeviceMemory, MmioTransport<'static>, QUEUE>,
    buffer: &'a mut [u8; MAX_FRAME],
}

impl TxToken for Transmit<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let result = write(&mut self.buffer[..len]);
        // A frame that is lost is sent again by whoever made it.
        self.device.send(&self.buffer[..len]).ok();
        result
    }
}
