//! The service's id of a request.

use core::fmt;

/// The service's id of a request, stored without a heap: at most 48 printable ASCII characters. A
/// longer id, which no service sends, is ignored.
#[derive(Clone, Copy)]
pub struct RequestId {
    bytes: [u8; 48],
    len: u8,
}

impl Default for RequestId {
    fn default() -> Self {
        Self { bytes: [0; 48], len: 0 }
    }
}

impl RequestId {
    pub(super) fn new(value: &str) -> Self {
        let mut id = Self::default();
        let printable = value.bytes().all(|b| b.is_ascii_graphic());
        if let (true, Some(bytes), Ok(len)) =
            (printable, id.bytes.get_mut(..value.len()), u8::try_from(value.len()))
        {
            bytes.copy_from_slice(value.as_bytes());
            id.len = len;
        }
        id
    }

    /// The id, if the service sent one.
    pub fn as_str(&self) -> Option<&str> {
        let bytes = self.bytes.get(..usize::from(self.len))?;
        core::str::from_utf8(bytes).ok().filter(|text| !text.is_empty())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}
