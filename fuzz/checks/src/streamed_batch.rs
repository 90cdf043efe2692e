//! Lock tokens of a batch that is too large for its buffer: a part of the target `responses`.

use std::fmt;

use eventgrid::blocking::Consumer;
use eventgrid::{
    AccessKey, Batch, Buf, Client, Error, ReceiveOptions, Request, Response, Std, Subscription, Transport,
    TransportError, TransportErrorKind,
};
use serde_json::value::RawValue;

use crate::responses::{object, object_of_any_names};

/// A batch that streams by a buffer too small for it leaves its lock tokens there, in whatever
/// pieces it comes.
pub(crate) fn check(body: &[u8], json: Option<&RawValue>) {
    let Some(largest) = body.len().checked_sub(1) else { return };
    let bytes = |at: usize| usize::from(body[at % body.len()]);
    for limit in [largest, largest.min(bytes(0) + bytes(1)), largest.min(31 + largest / 2)] {
        let streamed = Streamed { body, piece: 1 + bytes(largest) % 64 }.receive(limit);
        let at_once = Streamed { body, piece: body.len() }.receive(limit);
        assert_eq!(streamed, at_once, "with {limit} bytes of room");
        let mut salvaged = Batch::salvage(body);
        for (token, _) in &streamed {
            assert!(salvaged.any(|found| found == token.as_str()), "{token} is made up");
        }
        let Ok(batch) = Batch::parse(body) else { continue };
        if json.is_none_or(is_repetitive) {
            continue;
        }
        let whole: Vec<_> = batch
            .iter()
            .map(|received| (received.lock_token().to_string(), received.delivery_count()))
            .collect();
        assert!(whole.starts_with(&streamed), "{streamed:?} of {whole:?}");
        // That byte may be what the last one lacks.
        assert!(limit < largest || streamed.len() + 1 >= whole.len(), "{streamed:?} of {whole:?}");
    }
}

/// Whether a name that leads to a token is there twice in one object: then which one counts is for
/// who has all of it.
fn is_repetitive(json: &RawValue) -> bool {
    let twice = |members: &[(String, &RawValue)], name: &str| {
        members.iter().filter(|(other, _)| other == name).nth(1).is_some()
    };
    let Some(members) = object(json) else { return true };
    let elements = members.iter().find(|(name, _)| name == "value");
    let elements: Vec<&RawValue> =
        elements.and_then(|(_, value)| serde_json::from_str(value.get()).ok()).unwrap_or_default();
    twice(&members, "value")
        || elements.into_iter().any(|element| {
            object_of_any_names(element).is_some_and(|members| twice(&members, "brokerProperties"))
        })
}

/// A transport whose response has a body in pieces of this many bytes.
struct Streamed<'a> {
    body: &'a [u8],
    piece: usize,
}

impl Streamed<'_> {
    /// What the error says of a batch that has no more than so much room.
    fn receive(&self, limit: usize) -> Vec<(String, u32)> {
        let client = Client::new(self, Std, AccessKey::new("c2VjcmV0"));
        let consumer = Consumer::new(client, Subscription::new("https://ns.example", "t", "s").unwrap());
        let (mut tx, mut rx) = ([0; 512], vec![0; limit]);
        let (mut tx, mut rx) = (Buf::new(&mut tx), Buf::new(&mut rx));
        match consumer.receive_in(ReceiveOptions::new(), &mut tx, &mut rx) {
            Err(Error::BatchTooLarge(batch)) => batch
                .iter()
                .map(|received| (received.lock_token().to_string(), received.delivery_count()))
                .collect(),
            other => panic!("it cannot fit: {other:?}"),
        }
    }
}

impl Transport for &Streamed<'_> {
    type Error = Infallible;

    fn send(&self, _: &Request<'_>, response: &mut Response<'_>) -> Result<(), Infallible> {
        response.begin(200);
        for piece in self.body.chunks(self.piece) {
            response.write(piece);
        }
        Ok(())
    }
}

/// It cannot fail.
#[derive(Debug)]
struct Infallible;

impl fmt::Display for Infallible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot fail")
    }
}

impl std::error::Error for Infallible {}

impl TransportError for Infallible {
    fn kind(&self) -> TransportErrorKind {
        TransportErrorKind::Other
    }

    fn may_have_been_sent(&self) -> bool {
        true
    }
}
