//! The calls that a fault happens to.

use std::time::Duration;

use eventgrid::blocking::{Consumer, Publisher};
use eventgrid::{
    AccessKey, Client, CloudEvent, Data, Error, LockToken, NamespaceTopic, ReceiveOptions, Subscription,
};

use crate::client::Recorder;
use crate::subject::{Failure, Subject};

/// A call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Publishes at least once, which is the default.
    Publish,
    /// Publishes at most once: `replay_publish(false)`.
    PublishAtMostOnce,
    Receive,
    /// Acknowledges: what it reports goes for every settling call.
    Settle,
}

pub(super) type TestClient = Client<Subject, Recorder, AccessKey<'static>>;

impl Call {
    pub(super) const ALL: [Self; 4] = [Self::Publish, Self::PublishAtMostOnce, Self::Receive, Self::Settle];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::PublishAtMostOnce => "publish_at_most_once",
            Self::Receive => "receive",
            Self::Settle => "settle",
        }
    }

    /// Makes the call; a published event has so many bytes of data.
    pub(super) fn make(
        self,
        client: TestClient,
        endpoint: &str,
        data: usize,
    ) -> Result<(), Error<'static, Failure>> {
        let topic = || NamespaceTopic::new(endpoint.to_owned(), "readings").unwrap();
        let subscription = || Subscription::new(endpoint.to_owned(), "readings", "alarms").unwrap();
        match self {
            Self::Publish | Self::PublishAtMostOnce => {
                let event = CloudEvent::new("1", "urn:plant/boiler", "Reading")
                    .with_data(Data::text("x".repeat(data)));
                let client = client.replay_publish(self == Self::Publish);
                Publisher::new(client, topic()).send(&event)
            }
            Self::Receive => {
                // A wait would be added to the time-outs of the transport.
                let options = ReceiveOptions::new().max_wait_time(Duration::ZERO).without_limits();
                Consumer::new(client, subscription()).receive(options).map(drop)
            }
            Self::Settle => Consumer::new(client, subscription())
                .acknowledge(&LockToken::new("token"))
                .map(|settlement| assert!(settlement.is_complete())),
        }
    }
}
