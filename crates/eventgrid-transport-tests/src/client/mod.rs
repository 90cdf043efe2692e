//! How the clients use a transport: what is retried, when, and what may be sent twice.
//!
//! They wait in a [`Recorder`], which takes no time.

mod environment;
mod error;
mod overflow;
mod replay;
mod retry;

pub(crate) use environment::Recorder;
use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::{AccessKey, Client, CloudEvent, NamespaceTopic, Subscription};

use crate::exchange::KEY;
use crate::options::Options;
use crate::part::Row;
use crate::subject::Adapter;
use crate::subject::Subject;

pub(crate) fn all() -> impl Iterator<Item = Row> {
    [retry::ROWS, replay::ROWS, error::ROWS, overflow::ROWS].into_iter().flatten().copied()
}

type Key = AccessKey<'static>;

fn client(adapter: Adapter, recorder: &Recorder) -> Client<Subject, Recorder, Key> {
    Client::new(adapter(&Options::default()), recorder.clone(), AccessKey::new(KEY))
}

fn publisher(
    client: Client<Subject, Recorder, Key>,
    endpoint: impl Into<String>,
) -> Publisher<Subject, Recorder, Key> {
    Publisher::new(client, NamespaceTopic::new(endpoint.into(), "readings").unwrap())
}

fn consumer(
    client: Client<Subject, Recorder, Key>,
    endpoint: impl Into<String>,
) -> Consumer<Subject, Recorder, Key> {
    Consumer::new(client, Subscription::new(endpoint.into(), "readings", "alarms").unwrap())
}

fn event() -> CloudEvent<'static> {
    CloudEvent::new("1", "urn:plant/boiler", "Reading")
}
