//! Lock tokens, by which received events are settled.

use core::fmt;

use crate::json::{JsonStr, JsonWriter, WriteError};

/// The lock token of a received event, by which it is settled. Each delivery has its own, which is
/// valid as long as its lock.
///
/// A received token is sent back to the service unchanged. To keep one longer than the batch, keep
/// its text (`token.to_string()`), the whole delivery (`received.into_owned()`, feature `alloc`),
/// or without a heap a `LockTokenBuf` (feature `heapless`).
#[derive(Clone, Copy)]
pub struct LockToken<'t>(Repr<'t>);

#[derive(Clone, Copy)]
enum Repr<'t> {
    Received(JsonStr<'t>),
    Plain(&'t str),
}

impl<'t> LockToken<'t> {
    /// A token whose text was kept.
    pub const fn new(text: &'t str) -> Self {
        Self(Repr::Plain(text))
    }

    /// A token as it was received.
    pub const fn received(text: JsonStr<'t>) -> Self {
        Self(Repr::Received(text))
    }

    /// Its text as it goes back to the service, and whether that has the escapes of JSON.
    #[cfg(any(feature = "alloc", feature = "heapless"))]
    pub(crate) fn as_sent(self) -> (&'t str, bool) {
        match self.0 {
            Repr::Received(text) => (text.raw(), text.as_str().is_none()),
            Repr::Plain(text) => (text, false),
        }
    }

    pub(crate) fn write_json(self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError> {
        match self.0 {
            Repr::Received(text) => out.json_str(text),
            Repr::Plain(text) => out.string(text),
        }
    }
}

impl<'t> From<&'t str> for LockToken<'t> {
    fn from(text: &'t str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for LockToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Received(text) => fmt::Display::fmt(&text, f),
            Repr::Plain(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for LockToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LockToken({self})")
    }
}

/// Tokens are equal if their texts are, however they are escaped.
impl PartialEq for LockToken<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Repr::Received(a), Repr::Received(b)) => a == b,
            (Repr::Received(a), Repr::Plain(b)) | (Repr::Plain(b), Repr::Received(a)) => a == *b,
            (Repr::Plain(a), Repr::Plain(b)) => a == b,
        }
    }
}

impl Eq for LockToken<'_> {}

/// The deliveries that can be settled in one call: a token, its text, a received event, a whole
/// batch, or any list of these.
pub trait LockTokens {
    /// The tokens, in the order in which they are sent.
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>>;
}

impl<L: LockTokens + ?Sized> LockTokens for &L {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        (**self).lock_tokens()
    }
}

impl LockTokens for LockToken<'_> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        core::iter::once(*self)
    }
}

impl LockTokens for str {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        core::iter::once(LockToken::new(self))
    }
}

#[cfg(feature = "alloc")]
impl LockTokens for alloc::string::String {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.as_str().lock_tokens()
    }
}

impl<L: LockTokens> LockTokens for [L] {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.iter().flat_map(LockTokens::lock_tokens)
    }
}

impl<L: LockTokens, const N: usize> LockTokens for [L; N] {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.as_slice().lock_tokens()
    }
}

#[cfg(feature = "alloc")]
impl<L: LockTokens> LockTokens for alloc::vec::Vec<L> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.as_slice().lock_tokens()
    }
}

#[cfg(feature = "heapless")]
impl<L: LockTokens, const N: usize> LockTokens for heapless::Vec<L, N> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.as_slice().lock_tokens()
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;
    use crate::received::Batch;

    #[test]
    fn whatever_has_tokens_can_be_settled() {
        fn texts<L: LockTokens + ?Sized>(tokens: &L) -> Vec<String> {
            tokens.lock_tokens().map(|token| token.to_string()).collect()
        }

        let body =
            br#"{"value":[{"brokerProperties":{"lockToken":"a"}},{"brokerProperties":{"lockToken":"b"}}]}"#;
        let batch = Batch::parse(&body[..]).unwrap();
        let events: Vec<_> = batch.iter().collect();
        let kept: Vec<String> = texts(&batch);
        assert_eq!(kept, ["a", "b"]);
        assert_eq!(texts(&events), kept);
        assert_eq!(texts(&[events[1], events[0]]), ["b", "a"]);
        assert_eq!(texts(&events[1]), ["b"]);
        assert_eq!(texts(&kept), kept);
        assert_eq!(texts(&kept[1]), ["b"]);
        assert_eq!(texts("a"), ["a"]);
        assert_eq!(texts(&["a", "b"]), kept);
        assert_eq!(texts(&[LockToken::new("a"), LockToken::new("b")][..]), kept);
        assert_eq!(texts(&[&batch, &batch]), ["a", "b", "a", "b"]);
        assert_eq!(texts::<[LockToken<'_>]>(&[]), kept[..0]);
    }
}
