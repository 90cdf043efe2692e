//! How deep the stack became: free stack is painted at the start, and paint that is left was never
//! overwritten.

#![expect(unsafe_code, reason = "what lies below the stack is no object that Rust knows")]

use core::ptr::addr_of;

const PAINT: u32 = 0xC0FF_EE00;

/// Not painted: what is in use, and what this function itself uses.
const MARGIN: usize = 256;

unsafe extern "C" {
    /// The top of the stack, where it begins. The linker script says where.
    static _stack_start: u32;
    #[cfg(target_arch = "arm")]
    #[link_name = "_stack_end"]
    static LOWEST: u32;
    /// The end of all that is static: the stack may grow down to it.
    #[cfg(target_arch = "riscv32")]
    #[link_name = "__ebss"]
    static LOWEST: u32;
}

/// Paints what is free.
#[inline(never)]
pub(crate) fn paint() {
    let here = 0_u32;
    let mut word = addr_of!(LOWEST).cast_mut();
    let end = addr_of!(here).addr() - MARGIN;
    while word.addr() < end {
        // SAFETY: it lies between what is static and the stack's end, so it is RAM that nothing
        // uses. Interrupts, which may use it, are not enabled yet.
        unsafe {
            word.write_volatile(PAINT);
            word = word.add(1);
        }
    }
}

/// How many bytes the stack had when it was deepest.
pub(crate) fn deepest() -> usize {
    let mut word = addr_of!(LOWEST);
    let end = addr_of!(_stack_start);
    // SAFETY: all of it is RAM, whatever it is used for; the last word below the top is in use and
    // was never painted.
    while word < end && unsafe { word.read_volatile() } == PAINT {
        word = word.wrapping_add(1);
    }
    end.addr() - word.addr()
}
