//! The name of a coding that is not supported.

use core::{fmt, str};

/// How many bytes of a name are kept. Registered names have up to 12 bytes.
const LENGTH: usize = 12;

/// The name of a transfer coding or content coding, such as `gzip`: its first 12 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Coding {
    bytes: [u8; LENGTH],
    len: u8,
}

impl Coding {
    #[inline(never)]
    pub(super) fn new(name: &[u8]) -> Self {
        let mut coding = Self { bytes: [0; LENGTH], len: 0 };
        for (to, from) in coding.bytes.iter_mut().zip(name) {
            // What is not printable must not get into a log.
            *to = if from.is_ascii_graphic() { *from } else { b'?' };
            coding.len += 1;
        }
        coding
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|name| str::from_utf8(name).ok()).unwrap_or_default()
    }
}

/// The name.
impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// As its `Display`, in quotes.
impl fmt::Debug for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
