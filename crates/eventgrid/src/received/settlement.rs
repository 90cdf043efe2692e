//! The outcome of a settling call for each lock token.

use core::fmt;

use crate::json::{JsonError, JsonStr, Kind, Reader, member_array};
use crate::received::{DecodeError, LockToken};
use crate::text::Bytes;

/// The outcome of acknowledge, release, reject or renew for each lock token of the call.
///
/// The call as a whole succeeds even if each of its tokens failed: check [`failed`](Self::failed).
#[derive(Clone, Default)]
#[must_use = "the call succeeds even if every token of it failed"]
pub struct Settlement<'b> {
    body: Bytes<'b>,
    replayed: bool,
}

impl<'b> Settlement<'b> {
    /// Checks the body of a settling call's response.
    ///
    /// `replayed` says that an earlier attempt of the same call may have been acted on, although
    /// its response was lost.
    ///
    /// # Errors
    /// [`DecodeError`] if it is not such a body.
    pub fn parse(body: impl Into<Bytes<'b>>, replayed: bool) -> Result<Self, DecodeError> {
        let body = body.into();
        let mut reader = Reader::from_bytes(&body)?;
        reader.begin_object()?;
        while let Some(name) = reader.next_member()? {
            // A list that is `null` has no tokens.
            let is_null = reader.kind()? == Kind::Null;
            if name == *"succeededLockTokens" && !is_null {
                reader.begin_array()?;
                while reader.next_element()? {
                    reader.string()?;
                }
            } else if name == *"failedLockTokens" && !is_null {
                reader.begin_array()?;
                while reader.next_element()? {
                    FailedLockToken::read(&mut reader, replayed)?;
                }
            } else {
                reader.value()?;
            }
        }
        reader.end()?;
        Ok(Self { body, replayed })
    }

    /// The tokens for which the service did what was asked.
    pub fn succeeded(&self) -> impl Iterator<Item = LockToken<'_>> {
        let mut reader = open(&self.body, "succeededLockTokens");
        core::iter::from_fn(move || {
            let reader = reader.as_mut()?;
            // The body was checked before, so an error cannot come.
            let more = reader.next_element().ok()?;
            more.then(|| reader.string().ok().map(LockToken::received)).flatten()
        })
    }

    /// The tokens for which it failed, each with the reason.
    pub fn failed(&self) -> impl Iterator<Item = FailedLockToken<'_>> {
        let mut reader = open(&self.body, "failedLockTokens");
        let replayed = self.replayed;
        core::iter::from_fn(move || {
            let reader = reader.as_mut()?;
            let more = reader.next_element().ok()?;
            more.then(|| FailedLockToken::read(reader, replayed).ok()).flatten()
        })
    }

    /// Whether no token failed. A token that was [already settled or
    /// lost](FailureReason::AlreadySettledOrLost) counts as failed.
    pub fn is_complete(&self) -> bool {
        // A response without any tokens is not the service's. An empty body is that of a call
        // without tokens.
        let is_named = self.body.is_empty() || open(&self.body, "succeededLockTokens").is_some();
        is_named && self.failed().next().is_none()
    }

    /// The same settlement, without borrowing the buffer.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> Settlement<'static> {
        Settlement { body: self.body.into_owned(), replayed: self.replayed }
    }
}

/// A reader inside the array of that name.
fn open<'s>(body: &'s [u8], array: &str) -> Option<Reader<'s>> {
    let text = Reader::from_bytes(body).ok()?.text();
    member_array(text, array).ok()?
}

/// Shows only counts, since the tokens are those of the call.
impl fmt::Debug for Settlement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settlement")
            .field("succeeded", &self.succeeded().count())
            .field("failed", &self.failed().count())
            .finish()
    }
}

/// A lock token for which a settling call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedLockToken<'b> {
    lock_token: LockToken<'b>,
    code: JsonStr<'b>,
    message: JsonStr<'b>,
    replayed: bool,
}

impl<'b> FailedLockToken<'b> {
    /// The token.
    pub fn lock_token(&self) -> LockToken<'b> {
        self.lock_token
    }

    /// The service's code, such as `TokenLost`.
    pub fn code(&self) -> JsonStr<'b> {
        self.code
    }

    /// The service's message, such as `Token has expired.`
    pub fn message(&self) -> JsonStr<'b> {
        self.message
    }

    /// The meaning of the code.
    pub fn reason(&self) -> FailureReason {
        if self.code == "TokenLost" {
            if self.replayed { FailureReason::AlreadySettledOrLost } else { FailureReason::TokenLost }
        } else if self.code == "BadToken" {
            FailureReason::BadToken
        } else {
            FailureReason::Other
        }
    }

    /// Reads one element of the array `failedLockTokens`: `{lockToken, error: {code, message}}`, or
    /// as api-version 2023-06-01-preview has it `{lockToken, errorCode, errorDescription}`.
    fn read(reader: &mut Reader<'b>, replayed: bool) -> Result<Self, JsonError> {
        let empty = JsonStr::empty();
        let mut failed =
            Self { lock_token: LockToken::received(empty), code: empty, message: empty, replayed };
        reader.begin_object()?;
        while let Some(name) = reader.next_member()? {
            if name == *"lockToken" {
                failed.lock_token = LockToken::received(reader.string()?);
            } else if name == *"error" && reader.kind()? == Kind::Object {
                reader.begin_object()?;
                while let Some(name) = reader.next_member()? {
                    failed.read_error_member(name, "code", "message", reader)?;
                }
            } else {
                failed.read_error_member(name, "errorCode", "errorDescription", reader)?;
            }
        }
        Ok(failed)
    }

    fn read_error_member(
        &mut self,
        name: JsonStr<'b>,
        code: &str,
        message: &str,
        reader: &mut Reader<'b>,
    ) -> Result<(), JsonError> {
        let is_text = reader.kind()? == Kind::String;
        if is_text && name == *code {
            self.code = reader.string()?;
        } else if is_text && name == *message {
            self.message = reader.string()?;
        } else {
            reader.value()?;
        }
        Ok(())
    }
}

/// Why a settling call failed for a lock token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureReason {
    /// The lock has ended: it expired, or the event was settled before. If it expired, the event
    /// will be delivered again with a new token.
    TokenLost,
    /// The call was retried because an earlier attempt got no response, and that attempt may have
    /// succeeded: the event is settled, or its lock was lost. There is no more to do.
    AlreadySettledOrLost,
    /// The service does not recognize this as a lock token.
    BadToken,
    /// A code that this crate does not know; see the code and the message.
    Other,
}
