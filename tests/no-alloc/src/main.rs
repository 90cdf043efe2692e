//! Every call of a device, linked without a heap.
//!
//! There is no allocator, so code that allocates does not link. Neither does code that can panic:
//! the panic handler calls a function that does not exist, and the linker removes that call only if
//! nothing calls the handler. With feature `all-features` the handler is an ordinary one, since the
//! cryptography of other crates may panic.

#![no_std]
#![no_main]

mod calls;
#[cfg(feature = "all-features")]
mod extras;
mod parsers;
/// The example for devices of the project's README.
#[cfg(feature = "all-features")]
#[expect(dead_code, reason = "it is only compiled")]
mod readme {
    include!(concat!(env!("OUT_DIR"), "/readme.rs"));
}

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
