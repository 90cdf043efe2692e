//! Lock tokens from a receive body that cannot be read.
//!
//! Events that were received stay locked, and count as delivered once more, whether their reader understood
//! them or not. If a body is cut off because the buffer is too small, or if one event in it is not valid, then
//! without its lock token nothing can be done but to wait until the lock ends and to receive the same body
//! again, until the delivery count runs out. With the token the event can be released or rejected at once.

use core::fmt;

use crate::json::{JsonStr, Reader, plain_prefix};
use crate::lock_token::{LockToken, LockTokens};

/// Finds the lock tokens in the body of a receive response, in order, even if the body is cut off or broken. They can be
/// settled as they are, all in one call.
///
/// On a body that is valid it gives exactly the tokens of its events. Where a body is cut off, it gives every
/// token that came whole, with its closing quote. What is within an event is stepped over by its brackets and
/// quotes alone: it may be nested however deep, have bad escapes or numbers, or be no UTF-8, and it is never
/// taken for a token. If brackets or quotes do not match, the tokens before that place are right, and those
/// behind it a guess.
///
/// ```
/// let body = br#"{"value":[{"brokerProperties":{"lockToken":"one","deliveryCount":1},"event":{"id":"7","#;
/// let mut tokens = eventgrid::salvage::lock_tokens(body);
/// assert_eq!(tokens.next().unwrap(), "one");
/// assert!(tokens.next().is_none());
/// ```
pub fn lock_tokens(body: &[u8]) -> SalvagedLockTokens<'_> {
    SalvagedLockTokens { body, at: 0, depth: 0, followed: 0, text: None, name: None }
}

/// The lock tokens in a receive body; see [`lock_tokens`].
#[derive(Clone)]
pub struct SalvagedLockTokens<'a> {
    body: &'a [u8],
    at: usize,
    /// How many brackets are open.
    depth: usize,
    /// How many of them, from the outermost, are on the way to a token: `{"value":[{"brokerProperties":{`.
    followed: usize,
    /// The string that was read last, which is a name if a colon follows.
    text: Option<JsonStr<'a>>,
    /// The name of the member whose value is due.
    name: Option<JsonStr<'a>>,
}

/// How deep the member `lockToken` is.
const BROKER_PROPERTIES: usize = 4;

impl<'a> Iterator for SalvagedLockTokens<'a> {
    type Item = JsonStr<'a>;

    fn next(&mut self) -> Option<JsonStr<'a>> {
        while let Some(&byte) = self.body.get(self.at) {
            let start = self.at;
            self.at += 1;
            match byte {
                b'"' => {
                    self.step_over_string();
                    if let Some(token) = self.string(start) {
                        return Some(token);
                    }
                }
                b'{' | b'[' => self.open(byte),
                b'}' | b']' => self.close(),
                b':' => self.name = self.text.take(),
                b',' => self.forget_member(),
                _ => {}
            }
        }
        None
    }
}

impl<'a> SalvagedLockTokens<'a> {
    fn is_on_the_way(&self) -> bool {
        self.depth == self.followed
    }

    /// Goes behind the closing quote, or to the end if there is none. What is between may be anything.
    fn step_over_string(&mut self) {
        loop {
            self.at += plain_prefix(self.body.get(self.at..).unwrap_or_default());
            match self.body.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return;
                }
                Some(b'\\') if !cfg!(seeded_bug = "salvage-without-escapes") => self.at += 2,
                Some(_) => self.at += 1,
                None => return,
            }
        }
    }

    /// Takes note of the string from `start` to here. Gives it if it is a token.
    fn string(&mut self, start: usize) -> Option<JsonStr<'a>> {
        if !self.is_on_the_way() {
            return None;
        }
        let text = self.body.get(start..self.at).and_then(|quoted| {
            let text = core::str::from_utf8(quoted).ok()?;
            Reader::new(text).string().ok()
        });
        match self.name.take() {
            Some(name) if self.depth == BROKER_PROPERTIES && name == "lockToken" => text,
            Some(_) => None,
            None => {
                self.text = text;
                None
            }
        }
    }

    fn open(&mut self, bracket: u8) {
        let follows = self.is_on_the_way()
            && match (self.depth, bracket) {
                (0 | 2, b'{') => true,
                (1, b'[') => self.name.is_some_and(|name| name == "value"),
                (3, b'{') => self.name.is_some_and(|name| name == "brokerProperties"),
                _ => false,
            };
        self.depth += 1;
        if follows {
            self.followed = self.depth;
        }
        self.forget_member();
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.followed = self.followed.min(self.depth);
        self.forget_member();
    }

    fn forget_member(&mut self) {
        self.text = None;
        self.name = None;
    }
}

impl LockTokens for SalvagedLockTokens<'_> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.clone().map(LockToken::received)
    }
}

/// Shows the place alone: the body holds lock tokens and whatever the events hold.
impl fmt::Debug for SalvagedLockTokens<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SalvagedLockTokens")
            .field("at", &self.at)
            .field("depth", &self.depth)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: impl AsRef<[u8]>, expected: &[&str]) {
        let mut tokens = lock_tokens(body.as_ref());
        for &token in expected {
            assert_eq!(tokens.next().map(JsonStr::raw), Some(token));
        }
        assert!(tokens.next().is_none());
    }

    #[test]
    fn tokens_are_found_whatever_is_round_them() {
        check(
            r#" { "@next" : [ {"brokerProperties":{"lockToken":"no"}} ],
                 "value" : [ { "event" : {} , "brokerProperties" : { "deliveryCount" : 1, "lockToken" : "a\/\u0062" } },
                             {"brokerProperties":{"x":{"lockToken":"no"},"lockToken":"c","y":"lockToken"}} ] } "#,
            &[r"a\/\u0062", "c"],
        );
        check(r#"{"value":[]}"#, &[]);
        check("", &[]);
    }

    #[test]
    fn what_is_within_an_event_is_not_a_token() {
        let nested =
            r#"{"value":[{"brokerProperties":{"lockToken":"no"}}],"brokerProperties":{"lockToken":"no"}}"#;
        let text = r#""}}{\"value\":[{\"brokerProperties\":{\"lockToken\":\"no\"}}\\""#;
        check(
            [
                r#"{"value":[{"event":{"data":"#,
                nested,
                r#","subject":"#,
                text,
                r#"},"brokerProperties":{"lockToken":"a"}},{"brokerProperties":{"lockToken":"b"},"event":{"data":["#,
                text,
                ",",
                nested,
                "]}}]}",
            ]
            .concat(),
            &["a", "b"],
        );
        check(r#"{"value":[{"brokerProperties":["lockToken","no",{"lockToken":"no"}]}]}"#, &[]);
        check(r#"{"value":{"brokerProperties":{"lockToken":"no"}}}"#, &[]);
        check(r#"[{"brokerProperties":{"lockToken":"no"}}]"#, &[]);
    }

    #[test]
    fn broken_events_do_not_hide_the_tokens_behind_them() {
        for event in [
            &b"{\"data\":\"\xff\xc3\",\"\xff\":\"x\"}"[..],
            b"{\"data\":\"\x00 \n \\q \\ud800\"}",
            b"{\"data\":01x,,\"id\"::tru}",
            &[&[b'['; 1000][..], &[b']'; 1000]].concat(),
        ] {
            let body = [
                br#"{"value":[{"brokerProperties":{"lockToken":"a"},"event":"#,
                event,
                br#"},{"event":"#,
                event,
                br#","brokerProperties":{"lockToken":"b"}}]}"#,
            ]
            .concat();
            check(body, &["a", "b"]);
        }
    }

    #[test]
    fn a_token_without_its_closing_quote_is_not_given() {
        check(r#"{"value":[{"brokerProperties":{"lockToken":"a"#, &[]);
        check(r#"{"value":[{"brokerProperties":{"lockToken":"a\""#, &[]);
        check(r#"{"value":[{"brokerProperties":{"lockToken":"a""#, &["a"]);
    }

    #[test]
    fn a_token_that_is_no_string_of_json_is_not_given() {
        check(
            b"{\"value\":[{\"brokerProperties\":{\"lockToken\":\"\xff\"}},{\"brokerProperties\":{\"lockToken\":7}}]}",
            &[],
        );
    }
}
