//! Bytes that are borrowed or owned, with and without an allocator.

use core::fmt;
use core::ops::Deref;

/// Bytes that are borrowed or, with feature `alloc`, owned.
#[derive(Clone)]
pub struct Bytes<'a>(Repr<'a>);

#[derive(Clone)]
enum Repr<'a> {
    Borrowed(&'a [u8]),
    #[cfg(feature = "alloc")]
    Owned(alloc::vec::Vec<u8>),
}

impl<'a> Bytes<'a> {
    /// Bytes that live elsewhere.
    pub const fn borrowed(bytes: &'a [u8]) -> Self {
        Self(Repr::Borrowed(bytes))
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Repr::Borrowed(bytes) => bytes,
            #[cfg(feature = "alloc")]
            Repr::Owned(bytes) => bytes,
        }
    }

    /// Keeps the first `len` bytes.
    pub(crate) fn truncate(&mut self, len: usize) {
        match &mut self.0 {
            Repr::Borrowed(bytes) => *bytes = bytes.get(..len).unwrap_or(bytes),
            #[cfg(feature = "alloc")]
            Repr::Owned(bytes) => bytes.truncate(len),
        }
    }

    /// The same bytes, independent of what they were borrowed from.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Bytes<'static> {
        Bytes(Repr::Owned(match self.0 {
            Repr::Borrowed(bytes) => bytes.into(),
            Repr::Owned(bytes) => bytes,
        }))
    }
}

impl Default for Bytes<'_> {
    fn default() -> Self {
        Self::borrowed(&[])
    }
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl<'a> From<&'a [u8]> for Bytes<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::borrowed(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Bytes<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::borrowed(bytes)
    }
}

#[cfg(feature = "alloc")]
impl From<alloc::vec::Vec<u8>> for Bytes<'_> {
    fn from(bytes: alloc::vec::Vec<u8>) -> Self {
        Self(Repr::Owned(bytes))
    }
}

impl PartialEq for Bytes<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Bytes<'_> {}

/// Shows the length alone.
impl fmt::Debug for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_equal_and_shown_by_length_alone() {
        let secret = Bytes::from(b"secret");
        assert_eq!(secret, Bytes::borrowed(b"secret"));
        assert_ne!(secret, Bytes::borrowed(b"secreT"));
        assert_eq!(std::format!("{secret:?}"), "Bytes(6 bytes)");
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn owned_bytes_are_like_borrowed_ones() {
        let borrowed = Bytes::borrowed(b"bytes");
        assert_eq!(borrowed.clone().into_owned(), borrowed);
        assert_eq!(borrowed.clone().into_owned().into_owned(), borrowed);
    }
}
