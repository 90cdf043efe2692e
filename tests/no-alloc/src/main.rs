//! Every call of a device, linked without a heap.
//!
//! No allocator is here, so whatever allocates does not link. Neither does whatever can panic: the
//! panic handler calls a function that is nowhere, and only if nobody calls the handler does the
//! linker drop it. With feature `all-features` the handler is an ordinary one, since cryptography
//! that is not ours may have ways to panic.

#![no_std]
#![no_main]

mod calls;
#[cfg(feature = "all-features")]
mod extras;
mod parsers;

use core::panic::PanicInfo;

/// Where the linker begins: what is not reached from here is not looked at.
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    calls::every_one();
    parsers::every_one();
    #[cfg(feature = "all-features")]
    extras::every_one();
    #[cfg(feature = "seeded-panic")]
    assert!(core::hint::black_box(true));
    loop {}
}

#[cfg(not(feature = "all-features"))]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn a_way_to_panic_remains() -> !;
    }
    a_way_to_panic_remains()
}

#[cfg(feature = "all-features")]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}
