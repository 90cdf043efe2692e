//! The namespace that the examples use: yours, or a local emulator.
//!
//! It is yours if `EVENTGRID_ENDPOINT`, `EVENTGRID_KEY`, `EVENTGRID_TOPIC` and
//! `EVENTGRID_SUBSCRIPTION` are set. Where an example needs several topics, separate their names by
//! commas, and those of their subscriptions likewise. Use topics that nothing else uses. Without
//! `EVENTGRID_ENDPOINT`, an emulator is started on a port of its own.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use eventgrid::{AccessKey, NamespaceTopic, Subscription, with_causes};
use eventgrid_emulator::{Emulator, RunningEmulator};

/// What talks to the namespace, with its key.
pub type Client = eventgrid_hyper::Client<AccessKey<'static>>;
/// Publishes to one of its topics.
pub type Publisher = eventgrid_hyper::Publisher<AccessKey<'static>>;
/// Receives from one of its subscriptions.
pub type Consumer = eventgrid_hyper::Consumer<AccessKey<'static>>;

/// Whatever can go wrong in an example.
pub type AnyError = Box<dyn Error + Send + Sync>;

const EMULATOR_KEY: &str = "bG9jYWw=";

/// A namespace and what an example uses in it.
#[derive(Debug)]
pub struct Namespace {
    client: Client,
    key: AccessKey<'static>,
    topics: Vec<NamespaceTopic<'static>>,
    subscriptions: Vec<Subscription<'static>>,
    /// Runs as long as this lives.
    _emulator: Option<RunningEmulator>,
}

impl Namespace {
    /// That of the environment, or an emulator with these topics, each with its subscription.
    ///
    /// # Errors
    /// Not all of the environment is there, or the names in it are not as many or not valid.
    pub fn from_environment(wanted: &[(&str, &str)]) -> Result<Self, AnyError> {
        let Ok(endpoint) = std::env::var("EVENTGRID_ENDPOINT") else { return Self::emulated(wanted) };
        let variable =
            |name| std::env::var(name).map_err(|_| format!("EVENTGRID_ENDPOINT is set: set {name} too"));
        let (topics, subscriptions) = (variable("EVENTGRID_TOPIC")?, variable("EVENTGRID_SUBSCRIPTION")?);
        let places: Vec<_> = topics.split(',').zip(subscriptions.split(',')).collect();
        if places.len() != wanted.len() {
            let count = wanted.len();
            return Err(format!(
                "EVENTGRID_TOPIC and EVENTGRID_SUBSCRIPTION must have {count} names each, separated by commas"
            )
            .into());
        }
        Self::new(&endpoint, variable("EVENTGRID_KEY")?, &places, None)
    }

    fn emulated(places: &[(&str, &str)]) -> Result<Self, AnyError> {
        let builder = Emulator::builder().key(EMULATOR_KEY).lock_duration(Duration::from_secs(60));
        let emulator = places
            .iter()
            .fold(builder, |builder, (topic, subscription)| builder.subscription(*topic, *subscription))
            .start("127.0.0.1:0")?;
        eprintln!("EVENTGRID_ENDPOINT is not set: using an emulator at {}", emulator.endpoint());
        Self::new(&emulator.endpoint(), EMULATOR_KEY.to_owned(), places, Some(emulator))
    }

    fn new(
        endpoint: &str,
        key: String,
        places: &[(&str, &str)],
        emulator: Option<RunningEmulator>,
    ) -> Result<Self, AnyError> {
        let endpoint = || endpoint.to_owned();
        let topics = places.iter().map(|(topic, _)| NamespaceTopic::new(endpoint(), (*topic).to_owned()));
        let subscriptions = places.iter().map(|(topic, subscription)| {
            Subscription::new(endpoint(), (*topic).to_owned(), (*subscription).to_owned())
        });
        let key = AccessKey::new(key);
        Ok(Self {
            client: eventgrid_hyper::client(key.clone()),
            key,
            topics: topics.collect::<Result<_, _>>()?,
            subscriptions: subscriptions.collect::<Result<_, _>>()?,
            _emulator: emulator,
        })
    }

    /// What talks to it.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// What talks to it, too, by connections of its own.
    pub fn separate_client(&self) -> Client {
        eventgrid_hyper::client(self.key.clone())
    }

    /// The topics, in the order asked for.
    pub fn topics(&self) -> &[NamespaceTopic<'static>] {
        &self.topics
    }

    /// The subscriptions, one of each topic.
    pub fn subscriptions(&self) -> &[Subscription<'static>] {
        &self.subscriptions
    }

    /// A publisher to each topic.
    pub fn publishers(&self) -> impl Iterator<Item = Publisher> {
        self.topics.iter().map(|topic| Publisher::new(self.client(), topic.clone()))
    }

    /// A consumer of each topic's subscription.
    pub fn consumers(&self) -> impl Iterator<Item = Consumer> {
        self.subscriptions.iter().map(|subscription| Consumer::new(self.client(), subscription.clone()))
    }

    /// The publisher and the consumer of the first topic.
    ///
    /// # Panics
    /// If no topic was asked for.
    pub fn first(&self) -> (Publisher, Consumer) {
        self.publishers().zip(self.consumers()).next().expect("a topic was asked for")
    }
}

/// A source for the events of this run, which tells them from those of any other.
pub fn source_of_this_run() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("urn:example:{}", now.as_nanos())
}

/// The exit code: 0 if what the example set out to do happened. An error is printed with its
/// causes.
pub fn exit_code(outcome: Result<bool, AnyError>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}
