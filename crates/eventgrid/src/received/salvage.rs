//! Lock tokens from a receive body that cannot be read.
//!
//! Received events stay locked, and count as delivered once more, even if the body cannot be read.
//! Without the lock tokens of a broken body, the consumer can only wait until the locks expire and
//! receive the same body again, until the maximum delivery count is reached. With its token, an
//! event can be released or rejected at once.

use crate::json::{JsonStr, Reader};
use crate::received::scan::{Scan, Step};
use crate::received::{Batch, LockToken, LockTokens};

impl Batch<'_> {
    /// Finds the lock tokens in the body of a receive response that [`parse`](Self::parse) cannot
    /// read, in order, even if the body is cut off or broken. They can be settled as they are, all
    /// in one call.
    ///
    /// In a valid body, these are exactly the tokens of its events. In a body that is cut off,
    /// these are the tokens that came completely, with their closing quotes. The contents of events
    /// are skipped by their brackets and quotes only: they may be nested to any depth, have bad
    /// escapes or numbers, or not be UTF-8, and are never taken for a token. If brackets or quotes
    /// do not match, the tokens before that place are right, and those after it are a guess.
    ///
    /// If a body does not fit into its buffer, the clients keep the tokens automatically: see
    /// [`Error::BatchTooLarge`](crate::Error::BatchTooLarge).
    ///
    /// ```
    /// use eventgrid::Batch;
    ///
    /// let body = br#"{"value":[{"brokerProperties":{"lockToken":"one","deliveryCount":1},"event":{"id":"7","#;
    /// assert!(Batch::parse(&body[..]).is_err());
    /// let mut tokens = Batch::salvage(body);
    /// assert_eq!(tokens.next().unwrap(), "one");
    /// assert!(tokens.next().is_none());
    /// ```
    pub fn salvage(body: &[u8]) -> impl Iterator<Item = JsonStr<'_>> + LockTokens + Clone + use<'_> {
        SalvagedLockTokens { body, at: 0, scan: Scan::default() }
    }
}

#[derive(Clone)]
struct SalvagedLockTokens<'a> {
    body: &'a [u8],
    at: usize,
    scan: Scan,
}

impl<'a> Iterator for SalvagedLockTokens<'a> {
    type Item = JsonStr<'a>;

    fn next(&mut self) -> Option<JsonStr<'a>> {
        let mut start = self.at;
        while let Some(&byte) = self.body.get(self.at) {
            let step = self.scan.step(byte);
            if step == Step::StringBegins {
                start = self.at;
            }
            self.at += 1;
            self.at += self.scan.plain_prefix(self.body.get(self.at..).unwrap_or_default());
            if step == Step::StringEnds {
                let quoted = self.body.get(start..self.at).unwrap_or_default();
                let token = if self.scan.string(quoted) { read_string(quoted) } else { None };
                if token.is_some() {
                    return token;
                }
            }
        }
        None
    }
}

fn read_string(quoted: &[u8]) -> Option<JsonStr<'_>> {
    Reader::new(core::str::from_utf8(quoted).ok()?).string().ok()
}

impl LockTokens for SalvagedLockTokens<'_> {
    fn lock_tokens(&self) -> impl Iterator<Item = LockToken<'_>> {
        self.clone().map(LockToken::received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: impl AsRef<[u8]>, expected: &[&str]) {
        let mut tokens = Batch::salvage(body.as_ref());
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
