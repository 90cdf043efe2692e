//! Secrets, which prove that a delivery comes from a subscription of yours.

use core::fmt;

use subtle::{Choice, ConstantTimeEq};

use super::percent::PercentDecoded;
use super::request::{DeliveryHeaders, IncomingRequest};
use crate::credential::SecretText;
use crate::text::Text;

/// A secret that every delivery must have, in the query of the endpoint's URL or in a header.
///
/// Event Grid does not sign requests, so only this secret distinguishes a delivery from a request
/// of someone else. Secrets are compared in a time that depends only on their lengths. An empty
/// secret matches no request, so that a secret that was never set does not admit everyone. `Debug`
/// does not show it. With feature `zeroize`, an owned one is overwritten when it is dropped.
///
/// ```
/// use eventgrid::webhook::Secret;
///
/// // The subscription's endpoint is https://orders.example.com/events?code=c2VjcmV0
/// let secret = Secret::in_query("code", "c2VjcmV0");
/// assert_eq!(format!("{secret:?}"), r#"Secret { query: "code", value: (redacted) }"#);
/// ```
#[derive(Clone)]
pub struct Secret<'s> {
    place: Place,
    name: Text<'s>,
    value: SecretText<'s>,
}

#[derive(Clone, Copy)]
enum Place {
    Query,
    Header,
}

impl<'s> Secret<'s> {
    /// A secret in the query of the endpoint's URL, such as `code` in
    /// `https://orders.example.com/events?code=c2VjcmV0`.
    ///
    /// `value` is the secret itself, not percent-encoded. A proxy or server that logs URLs logs the
    /// secret, too.
    pub fn in_query(name: impl Into<Text<'s>>, value: impl Into<Text<'s>>) -> Self {
        Self { place: Place::Query, name: name.into(), value: SecretText::new(value) }
    }

    /// A secret in a header: a delivery property of the subscription, marked as secret there, such
    /// as `x-webhook-secret` or `authorization`. The header's whole value is compared.
    pub fn in_header(name: impl Into<Text<'s>>, value: impl Into<Text<'s>>) -> Self {
        Self { place: Place::Header, name: name.into(), value: SecretText::new(value) }
    }

    /// Whether the request brings it. If it brings several, the first one counts.
    pub(super) fn opens_to(&self, request: &IncomingRequest<'_>) -> Choice {
        let expected = self.value.as_bytes();
        match self.place {
            Place::Query => {
                let mut pairs =
                    request.query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
                match pairs.find(|(name, _)| self.name == *name) {
                    Some((_, presented)) => same(expected, PercentDecoded(presented.bytes())),
                    None => Choice::from(0),
                }
            }
            Place::Header => match DeliveryHeaders::new(request.headers).get(&self.name) {
                Some(presented) => same(expected, presented.iter().copied()),
                None => Choice::from(0),
            },
        }
    }
}

/// Whether both are the same and not empty. Goes through all of both, whatever it finds.
fn same(expected: &[u8], mut presented: impl Iterator<Item = u8>) -> Choice {
    let mut same = choice(!expected.is_empty());
    for byte in expected {
        let next = presented.next();
        same &= choice(next.is_some()) & byte.ct_eq(&next.unwrap_or_default());
    }
    same & choice(presented.count() == 0)
}

fn choice(truth: bool) -> Choice {
    Choice::from(u8::from(truth))
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::Query => "query",
            Place::Header => "header",
        };
        f.debug_struct("Secret").field(place, &self.name).field("value", &self.value).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query_opens(secret: &str, query: &str) -> bool {
        let request = IncomingRequest { method: "POST", query, headers: &[], body: b"" };
        Secret::in_query("code", secret).opens_to(&request).into()
    }

    fn header_opens(secret: &str, headers: &[(&str, &[u8])]) -> bool {
        let request = IncomingRequest { method: "POST", query: "code=s3cret", headers, body: b"" };
        Secret::in_header("X-Secret", secret).opens_to(&request).into()
    }

    #[test]
    fn the_query_must_have_exactly_it() {
        for query in ["code=s3cret", "a=b&code=s3cret&c", "code=s%33cret", "code=%73%33%63%72%65%74"] {
            assert!(query_opens("s3cret", query), "{query}");
        }
        for query in [
            "",
            "code",
            "code=",
            "code=s3cre",
            "code=s3cret2",
            "code=S3CRET",
            "code=t3cret",
            "code=s3crex",
            "Code=s3cret",
            "code=wrong&code=s3cret",
            "acode=s3cret",
            "s3cret",
            "=s3cret",
            "code=s3cret%",
            "code=s3cret%00",
        ] {
            assert!(!query_opens("s3cret", query), "{query}");
        }
        assert!(query_opens("a+b&c=d/\u{e9}%", "code=a+b%26c=d/%C3%A9%25"));
    }

    #[test]
    fn the_header_must_have_exactly_it() {
        assert!(header_opens("s3cret", &[("x-secret", b"s3cret")]));
        assert!(header_opens("s3cret", &[("x-other", b""), ("X-SECRET", b"s3cret")]));
        assert!(!header_opens("s3cret", &[]));
        for value in [&b""[..], b"s3cre", b"s3cret2", b"s%33cret", b" s3cret", b"\xff"] {
            assert!(!header_opens("s3cret", &[("x-secret", value)]));
        }
        assert!(!header_opens("s3cret", &[("x-secret", b"wrong"), ("x-secret", b"s3cret")]));
    }

    #[test]
    fn an_empty_secret_opens_nothing() {
        assert!(!query_opens("", "code="));
        assert!(!query_opens("", "code"));
        assert!(!query_opens("", ""));
        assert!(!header_opens("", &[("x-secret", b"")]));
    }
}
