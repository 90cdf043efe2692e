//! Text and bytes that are borrowed or owned, with and without an allocator, and how text is split
//! and encoded.
//!
//! What the text means belongs to the module that reads it; secrets are `credential`'s.

pub(crate) mod base64;
mod bytes;
pub(crate) mod percent;
mod split;

pub use bytes::Bytes;
pub(crate) use split::{split_at_byte, split_at_last_byte};

use core::fmt;
use core::hash::{Hash, Hasher};
use core::ops::Deref;

/// Text that is borrowed or, with feature `alloc`, owned: the `Cow<str>` that also exists without a
/// heap.
///
/// Everything that takes `impl Into<Text>` takes a `&str` and, with `alloc`, a `String` or a `Cow`.
#[derive(Clone)]
pub struct Text<'a>(Repr<'a>);

#[derive(Clone)]
enum Repr<'a> {
    Borrowed(&'a str),
    #[cfg(feature = "alloc")]
    Owned(alloc::string::String),
}

impl<'a> Text<'a> {
    /// Text that lives elsewhere.
    pub const fn borrowed(text: &'a str) -> Self {
        Self(Repr::Borrowed(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Borrowed(text) => text,
            #[cfg(feature = "alloc")]
            Repr::Owned(text) => text,
        }
    }

    /// The same text, independent of what it was borrowed from.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Text<'static> {
        Text(Repr::Owned(match self.0 {
            Repr::Borrowed(text) => text.into(),
            Repr::Owned(text) => text,
        }))
    }
}

/// Text that is borrowed is its owner's to overwrite.
#[cfg(feature = "zeroize")]
impl zeroize::Zeroize for Text<'_> {
    fn zeroize(&mut self) {
        #[cfg(feature = "alloc")]
        if let Repr::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}

impl Default for Text<'_> {
    fn default() -> Self {
        Self::borrowed("")
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::borrowed(text)
    }
}

impl<'a> From<&'a Text<'_>> for Text<'a> {
    fn from(text: &'a Text<'_>) -> Self {
        Self::borrowed(text)
    }
}

#[cfg(feature = "alloc")]
impl From<alloc::string::String> for Text<'_> {
    fn from(text: alloc::string::String) -> Self {
        Self(Repr::Owned(text))
    }
}

#[cfg(feature = "alloc")]
impl<'a> From<&'a alloc::string::String> for Text<'a> {
    fn from(text: &'a alloc::string::String) -> Self {
        Self::borrowed(text)
    }
}

#[cfg(feature = "alloc")]
impl<'a> From<alloc::borrow::Cow<'a, str>> for Text<'a> {
    fn from(text: alloc::borrow::Cow<'a, str>) -> Self {
        match text {
            alloc::borrow::Cow::Borrowed(text) => Self::borrowed(text),
            alloc::borrow::Cow::Owned(text) => text.into(),
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}
