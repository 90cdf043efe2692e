//! Memory that is shared with devices. The machine has no address translation, so an address is the
//! same for both.

#![expect(unsafe_code, reason = "the trait is unsafe, since devices write to the memory that it gives")]

use core::cell::UnsafeCell;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

use virtio_drivers::{BufferDirection, Hal, PAGE_SIZE, PhysAddr};

/// Two queues, each of two pages.
const PAGES: usize = 4;

/// Pages that are given to devices and never taken back: the board has its devices as long as it
/// runs.
#[derive(Debug)]
pub(super) struct DeviceMemory;

#[repr(C, align(4096))]
struct Pages(UnsafeCell<[u8; PAGES * PAGE_SIZE]>);

// SAFETY: each page is given out once.
unsafe impl Sync for Pages {}

#[unsafe(link_section = ".device_memory")]
static POOL: Pages = Pages(UnsafeCell::new([0; PAGES * PAGE_SIZE]));
static GIVEN: AtomicUsize = AtomicUsize::new(0);

// SAFETY: pages are aligned, zeroed and given once; an address is the same for device and driver.
unsafe impl Hal for DeviceMemory {
    fn dma_alloc(pages: usize, _direction: BufferDirection) -> (PhysAddr, NonNull<u8>) {
        let first = GIVEN.fetch_add(pages, Ordering::Relaxed);
        assert!(first + pages <= PAGES, "there are pages for the queues of one network interface");
        let page = NonNull::from(&POOL).cast::<u8>();
        // SAFETY: it lies within the pool, as was just checked.
        let page = unsafe { page.add(first * PAGE_SIZE) };
        (page.addr().get() as PhysAddr, page)
    }

    unsafe fn dma_dealloc(_: PhysAddr, _: NonNull<u8>, _: usize) -> i32 {
        0
    }

    unsafe fn mmio_phys_to_virt(address: PhysAddr, _size: usize) -> NonNull<u8> {
        let address = usize::try_from(address).expect("addresses have 32 bits");
        NonNull::new(core::ptr::with_exposed_provenance_mut(address)).expect("no device is at address 0")
    }

    unsafe fn share(buffer: NonNull<[u8]>, _: BufferDirection) -> PhysAddr {
        buffer.cast::<u8>().expose_provenance().get() as PhysAddr
    }

    unsafe fn unshare(_: PhysAddr, _: NonNull<[u8]>, _: BufferDirection) {}
}
