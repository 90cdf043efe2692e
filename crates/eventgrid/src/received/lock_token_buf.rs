//! A lock token that is stored without a heap.

use core::fmt;

use eventgrid_transport::BufFull;

use crate::json::JsonStr;
use crate::received::{LockToken, LockTokens};

/// A [`LockToken`] of at most `N` bytes, stored so that the buffer in which it was received can be
/// used again.
///
/// It is sent back to the service unchanged. The service's tokens have about 90 bytes with
/// api-version 2024-06-01, but this is not promised; 128 leaves some room.
///
/// ```
/// use eventgrid::{Batch, LockTokenBuf};
///
/// let mut rx = *br#"{"value":[{"brokerProperties":{"lockToken":"CgM=","deliveryCount":1},"event":{}}]}"#;
/// let mut kept = heapless::Vec::<LockTokenBuf<128>, 10>::new();
/// for received in &Batch::parse(&rx[..])? {
///     kept.push(LockTokenBuf::new(received.lock_token())?).ok();
/// }
/// rx.fill(0);
/// assert_eq!(kept[0].lock_token(), "CgM=".into());
/// // Later: consumer.settle_in(SettleAction::Acknowledge, &kept, ..)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LockTokenBuf<const N: usize> {
    text: heapless::String<N>,
    /// Whether the text has the escapes of JSON, as it was received.
    escaped: bool,
}

impl<const N: usize> LockTokenBuf<N> {
    /// Stores a token.
    ///
    /// # Errors
    /// [`BufFull`] if it has more than `N` bytes, as it came.
    pub fn new(token: LockToken<'_>) -> Result<Self, BufFull> {
        let (text, escaped) = token.as_sent();
        Ok(Self { text: heapless::String::try_from(text).map_err(|_| BufFull)?, escaped })
    }

    /// The token.
    pub fn lock_token(&self) -> LockToken<'_> {
        if self.escaped {
            // It was received, so it is valid.
            LockToken::received(JsonStr::found_escaped(&self.text).unwrap_or_default())
        } else {
            LockToken::new(&self.text)
        }
    }
}

impl<'t, const N: usize> From<&'t LockTokenBuf<N>> for LockToken<'t> {
    fn from(token: &'t LockTokenBuf<N>) -> Self {
        token.lock_token()
    }
}

impl<const N: usize> fmt::Debug for LockTokenBuf<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.lock_token(), f)
    }
}

/// As [`LockToken`]: equal if the texts are, however they are escaped.
impl<const N: usize> PartialEq for LockTokenBuf<N> {
    fn eq(&self, other: &Self) -> bool {
        self.lock_token() == other.lock_token()
    }
}

impl<const N: usize> Eq for LockTokenBuf<N> {}

impl<const N: usize> LockTokens for LockTokenBuf<N> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        core::iter::once(self.lock_token())
    }
}
