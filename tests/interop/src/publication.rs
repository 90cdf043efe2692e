//! A publish to any target, of any schema, with any credential, by either transport.

use std::io;
use std::time::Duration;

use eventgrid::calls::Publishable;
use eventgrid::credential::{AccessToken, AsyncBearerToken, BearerToken};
use eventgrid::event::{BinaryMode, CustomEvent, EventGridEvent};
use eventgrid::sas::SasKey;
use eventgrid::target::{Accepts, AnyTarget, BasicTopic, Domain, PartnerChannel};
use eventgrid::{AccessKey, CloudEvent, Credential, Data, Error, NamespaceTopic, SendAsyncCredential, Std};
use eventgrid_hyper::{Hyper, Tokio};
use eventgrid_ureq::Ureq;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Outcome;
use crate::event::Event;

/// What to publish, and how.
#[derive(Deserialize)]
pub(crate) struct Publication {
    transport: Transport,
    target: Destination,
    credential: Access,
    /// The file of the one certificate authority to trust.
    authority: Option<String>,
    #[serde(flatten)]
    events: Events,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Transport {
    Ureq,
    Hyper,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Destination {
    Namespace { endpoint: String, topic: String },
    Basic { endpoint: String },
    Domain { endpoint: String },
    Partner { endpoint: String, channel: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Access {
    Key(String),
    Sas(String),
    Bearer(String),
}

#[derive(Deserialize)]
#[serde(tag = "schema", content = "events", rename_all = "snake_case")]
enum Events {
    Cloud(OneOrMany<Event>),
    Binary(Event),
    Grid(OneOrMany<GridEvent>),
    Custom(OneOrMany<Value>),
}

/// An event alone and a list of one event are different requests.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<E> {
    Many(Vec<E>),
    One(E),
}

/// An event of the Event Grid schema, by the names of its members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GridEvent {
    id: String,
    subject: String,
    event_type: String,
    event_time: String,
    data_version: String,
    topic: Option<String>,
    data: Value,
}

/// What the service, or the client before it sent anything, said against a publish.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Refusal {
    Service { status: u16, code: Option<String>, message: Option<String> },
    Client { invalid: String },
}

impl Publication {
    /// Publishes the events; tells why, if they were refused.
    pub(crate) fn publish(&self) -> Outcome<Option<Refusal>> {
        match (&self.transport, &self.credential) {
            (Transport::Ureq, Access::Key(key)) => self.by_ureq(AccessKey::new(key.clone())),
            (Transport::Hyper, Access::Key(key)) => self.by_hyper(AccessKey::new(key.clone())),
            (Transport::Ureq, Access::Sas(key)) => self.by_ureq(SasKey::new(key)?),
            (Transport::Hyper, Access::Sas(key)) => self.by_hyper(SasKey::new(key)?),
            (Transport::Ureq, Access::Bearer(token)) => {
                self.by_ureq(BearerToken::new(|| Ok::<_, io::Error>(access_token(token))))
            }
            (Transport::Hyper, Access::Bearer(token)) => {
                self.by_hyper(AsyncBearerToken::new(|| async { Ok::<_, io::Error>(access_token(token)) }))
            }
        }
    }

    fn by_ureq<C: Credential>(&self, credential: C) -> Outcome<Option<Refusal>> {
        let mut transport = Ureq::builder().without_proxy();
        if let Some(authority) = &self.authority {
            transport = transport.root_certificates(&std::fs::read(authority)?)?;
        }
        let client = eventgrid_ureq::Client::new(transport.build(), Std, credential);
        let publisher = eventgrid_ureq::Publisher::new(client, self.target.to_target()?);
        self.events.send_by(&publisher)
    }

    fn by_hyper<C: SendAsyncCredential>(&self, credential: C) -> Outcome<Option<Refusal>> {
        let mut transport = Hyper::builder().without_proxy();
        if let Some(authority) = &self.authority {
            transport = transport.root_certificates(&std::fs::read(authority)?)?;
        }
        let client = eventgrid_hyper::Client::new(transport.build(), Tokio, credential);
        let publisher = eventgrid_hyper::Publisher::new(client, self.target.to_target()?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        self.events.send_by(&OnRuntime { publisher, runtime })
    }
}

/// One that never ends, as far as these tests go.
fn access_token(token: &str) -> AccessToken {
    AccessToken::new(token, Duration::MAX)
}

impl Destination {
    fn to_target(&self) -> Outcome<AnyTarget<'_>> {
        Ok(match self {
            Self::Namespace { endpoint, topic } => {
                NamespaceTopic::new(endpoint.as_str(), topic.as_str())?.into()
            }
            Self::Basic { endpoint } => BasicTopic::new(endpoint.as_str())?.into(),
            Self::Domain { endpoint } => Domain::new(endpoint.as_str())?.into(),
            Self::Partner { endpoint, channel } => {
                PartnerChannel::new(endpoint.as_str(), channel.as_str())?.into()
            }
        })
    }
}

/// A publisher of either kind.
trait AnyPublisher {
    fn send<P: Publishable>(&self, events: &P) -> Outcome<Option<Refusal>>
    where
        for<'t> AnyTarget<'t>: Accepts<P::Schema>;
}

impl<C: Credential> AnyPublisher for eventgrid_ureq::Publisher<C, AnyTarget<'_>> {
    fn send<P: Publishable>(&self, events: &P) -> Outcome<Option<Refusal>>
    where
        for<'t> AnyTarget<'t>: Accepts<P::Schema>,
    {
        refusal(self.send(events))
    }
}

/// An asynchronous publisher, and what it runs on.
struct OnRuntime<'t, C> {
    publisher: eventgrid_hyper::Publisher<C, AnyTarget<'t>>,
    runtime: tokio::runtime::Runtime,
}

impl<C: SendAsyncCredential> AnyPublisher for OnRuntime<'_, C> {
    fn send<P: Publishable>(&self, events: &P) -> Outcome<Option<Refusal>>
    where
        for<'t> AnyTarget<'t>: Accepts<P::Schema>,
    {
        refusal(self.runtime.block_on(self.publisher.send(events)))
    }
}

/// What was refused is a response; that no response came is an error of the test.
fn refusal<T: std::error::Error + 'static>(
    result: Result<(), Error<'static, T>>,
) -> Outcome<Option<Refusal>> {
    match result {
        Ok(()) => Ok(None),
        Err(Error::Service(error)) => Ok(Some(Refusal::Service {
            status: error.status(),
            code: error.code().map(|code| code.to_string()),
            message: error.message().map(|message| message.to_string()),
        })),
        Err(error @ (Error::Request(_) | Error::Credential { .. })) => {
            Ok(Some(Refusal::Client { invalid: error.to_string() }))
        }
        Err(error) => Err(error.into()),
    }
}

impl Events {
    fn send_by(&self, publisher: &impl AnyPublisher) -> Outcome<Option<Refusal>> {
        match self {
            Self::Cloud(OneOrMany::One(event)) => publisher.send(&event.to_publish()?),
            Self::Cloud(OneOrMany::Many(events)) => {
                let events: Vec<CloudEvent<'_>> =
                    events.iter().map(Event::to_publish).collect::<Outcome<_>>()?;
                publisher.send(&events)
            }
            Self::Binary(event) => publisher.send(&BinaryMode(&event.to_publish()?)),
            Self::Grid(OneOrMany::One(event)) => publisher.send(&event.to_publish()),
            Self::Grid(OneOrMany::Many(events)) => {
                publisher.send(&events.iter().map(GridEvent::to_publish).collect::<Vec<_>>())
            }
            Self::Custom(OneOrMany::One(event)) => publisher.send(&CustomEvent::json(event)),
            Self::Custom(OneOrMany::Many(events)) => {
                publisher.send(&events.iter().map(CustomEvent::json).collect::<Vec<_>>())
            }
        }
    }
}

impl GridEvent {
    fn to_publish(&self) -> EventGridEvent<'_> {
        let event = EventGridEvent::new(
            self.id.as_str(),
            self.subject.as_str(),
            self.event_type.as_str(),
            self.event_time.as_str(),
            self.data_version.as_str(),
        )
        .with_data(Data::json(&self.data));
        match &self.topic {
            Some(topic) => event.for_domain_topic(topic.as_str()),
            None => event,
        }
    }
}
