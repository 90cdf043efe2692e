//! Batches whose response broke off: a part of the target `responses`.

use std::fmt;

use eventgrid::blocking::Consumer;
use eventgrid::{
    AccessKey, Batch, Client, Error, ReceiveOptions, Request, Response, RetryPolicy, Std, Subscription,
    Transport, TransportError, TransportErrorKind,
};

/// The events that came whole are the first ones of the batch, as they are in it; wherever it is
/// cut, one more byte never leaves fewer of them, and with all of its elements there all of them
/// are there.
pub(crate) fn check(body: &[u8]) {
    let whole = Batch::parse(body).ok().map(|batch| deliveries(&batch));
    let mut before = Vec::new();
    // Some places in a long body, all in a short one.
    for end in (0..=body.len()).filter(|end| body.len() < 64 || end % 17 == 0 || *end == body.len()) {
        let found = received(&body[..end]);
        assert!(found.starts_with(&before), "{found:?} after {end} bytes, {before:?} before");
        if let Some(whole) = &whole {
            assert!(whole.starts_with(&found), "{found:?} of {whole:?}");
        }
        before = found;
    }
    if let Some(whole) = whole {
        assert_eq!(before, whole, "nothing is missing but the end of the connection");
    }
}

/// Each delivery's token and count, and its event as it shows itself.
fn deliveries(batch: &Batch<'_>) -> Vec<(String, u32, String)> {
    batch
        .iter()
        .map(|received| {
            let event = format!("{:?}", received.event());
            (received.lock_token().to_string(), received.delivery_count(), event)
        })
        .collect()
}

fn received(body: &[u8]) -> Vec<(String, u32, String)> {
    let client = Client::new(BreaksOff(body), Std, AccessKey::new("c2VjcmV0")).retry(RetryPolicy::none());
    let consumer = Consumer::new(client, Subscription::new("https://ns.example", "t", "s").unwrap());
    match consumer.receive(ReceiveOptions::new()) {
        Ok(batch) => {
            assert_eq!(batch.interruption(), Some(TransportErrorKind::Interrupted));
            assert!(!batch.is_empty() || batch.without_lock_token() > 0);
            deliveries(&batch)
        }
        Err(Error::Transport { .. }) => Vec::new(),
        Err(other) => panic!("{other:?}"),
    }
}

/// A transport whose response breaks off after that body.
struct BreaksOff<'a>(&'a [u8]);

impl Transport for BreaksOff<'_> {
    type Error = BrokenOff;

    fn send(&self, _: &Request<'_>, response: &mut Response<'_>) -> Result<(), BrokenOff> {
        response.begin(200);
        response.write(self.0);
        Err(BrokenOff)
    }
}

#[derive(Debug)]
struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection broke")
    }
}

impl std::error::Error for BrokenOff {}

impl TransportError for BrokenOff {
    fn kind(&self) -> TransportErrorKind {
        TransportErrorKind::Interrupted
    }

    fn may_have_been_sent(&self) -> bool {
        true
    }
}
