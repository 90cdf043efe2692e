//! A flash that is read back after each write, so that what was reported as stored is on it.

use embedded_storage_async::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};

/// How much is read at once: a multiple of every word size that flashes have.
pub(crate) const CHUNK: usize = 64;

/// The larger one of the sizes in which the flash is read and written.
pub(crate) const fn word<F: NorFlash>() -> usize {
    if F::WRITE_SIZE > F::READ_SIZE { F::WRITE_SIZE } else { F::READ_SIZE }
}

/// The flash, read back after each write.
#[derive(Debug)]
pub(crate) struct Verified<'f, F>(pub(crate) &'f mut F);

/// An error of a [`Verified`] flash.
#[derive(Debug)]
pub(crate) enum FlashError<E> {
    Flash(E),
    NotHeld {
        address: u32,
    },
    /// The flash is only read, but a write or an erase was attempted.
    ReadOnly,
}

impl<E: NorFlashError> NorFlashError for FlashError<E> {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Flash(error) => error.kind(),
            Self::NotHeld { .. } | Self::ReadOnly => NorFlashErrorKind::Other,
        }
    }
}

impl<F: ErrorType> ErrorType for Verified<'_, F> {
    type Error = FlashError<F::Error>;
}

impl<F: ReadNorFlash> ReadNorFlash for Verified<'_, F> {
    const READ_SIZE: usize = F::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.read(offset, bytes).await.map_err(FlashError::Flash)
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl<F: NorFlash> NorFlash for Verified<'_, F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.0.erase(from, to).await.map_err(FlashError::Flash)
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.write(offset, bytes).await.map_err(FlashError::Flash)?;
        for (address, written) in (offset..).step_by(CHUNK).zip(bytes.chunks(CHUNK)) {
            let mut held = [0; CHUNK];
            let held = &mut held[..written.len()];
            self.read(address, held).await?;
            if held != written {
                return Err(FlashError::NotHeld { address });
            }
        }
        Ok(())
    }
}

impl<F: MultiwriteNorFlash> MultiwriteNorFlash for Verified<'_, F> {}
