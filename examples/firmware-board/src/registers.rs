//! Registers of a device.

#![expect(unsafe_code, reason = "a register is an address, not an object")]

/// The 32-bit registers of a device, by their offset from its base address.
#[derive(Debug)]
pub(crate) struct Registers {
    base: usize,
    size: usize,
}

impl Registers {
    /// # Safety
    /// A device must be at that address, with `size` bytes of registers whose reading and writing
    /// does nothing to memory, and nothing else may use them.
    pub(crate) const unsafe fn new(base: usize, size: usize) -> Self {
        Self { base, size }
    }

    pub(crate) fn read(&self, offset: usize) -> u32 {
        // SAFETY: whoever called `new` has promised it.
        unsafe { self.at(offset).read_volatile() }
    }

    pub(crate) fn write(&mut self, offset: usize, value: u32) {
        // SAFETY: whoever called `new` has promised it.
        unsafe { self.at(offset).write_volatile(value) }
    }

    fn at(&self, offset: usize) -> *mut u32 {
        assert!(offset < self.size && offset.is_multiple_of(4), "a device has no such register");
        core::ptr::with_exposed_provenance_mut(self.base + offset)
    }
}
