//! Which value wins, and the clients.

use std::env;

use eventgrid::credential::AnyCredential;
use eventgrid::target::{AnyTarget, BasicTopic, Domain, MqttBroker, PartnerChannel};
use eventgrid::{Client, NamespaceTopic, Subscription};
use eventgrid_ureq::Ureq;

use super::credential::SourcedCredential;
use super::key::{Secret, key_of};
use crate::arguments::{ConnectionArguments, SubscriptionArgument};
use crate::context::{Context, ContextStore, KeySource, TargetKind};
use crate::failure::{Failure, FailureKind};
use crate::interruption::Interruption;

/// The name that the service sees in the `User-Agent` header.
const APPLICATION_ID: &str = concat!("egrid/", env!("CARGO_PKG_VERSION"));

/// A client of a blocking command.
pub(crate) type BlockingClient<T> = Client<T, Interruption, AnyCredential>;

/// A consumer of a blocking command.
pub(crate) type BlockingConsumer = eventgrid::blocking::Consumer<Ureq, Interruption, AnyCredential>;

/// What a command connects to, and by which key.
///
/// What is given by arguments wins. The rest comes from one place, so that a key never goes to an
/// endpoint that it was not meant for: from the context if --context names one, or else from the
/// environment if that or an argument names the endpoint, or else from the context that is used.
/// What a context does not say comes from the environment.
#[derive(Debug)]
pub(crate) struct Connection {
    context: Context,
    given_key: Option<Secret>,
    max_retries: Option<u8>,
}

impl Connection {
    /// Takes arguments, environment and contexts together.
    ///
    /// # Errors
    /// [`Failure`] if no place names an endpoint, or if a context is asked for that is not there.
    pub(crate) fn new(arguments: &ConnectionArguments) -> Result<Self, Failure> {
        Self::from_places(arguments, variable, ContextStore::read)
    }

    fn from_places(
        arguments: &ConnectionArguments,
        variable: impl Fn(&str) -> Option<String>,
        contexts: impl FnOnce() -> Result<ContextStore, Failure>,
    ) -> Result<Self, Failure> {
        let named = arguments.context.clone();
        let endpoint = arguments.endpoint.clone().or_else(|| variable("EVENTGRID_ENDPOINT"));
        let base = match (named, endpoint) {
            (Some(name), _) => contexts()?.get(&name)?.clone(),
            (None, Some(endpoint)) => Context { endpoint, ..Context::default() },
            (None, None) => {
                let contexts = contexts()?;
                let (_, context) = contexts.current().ok_or_else(no_endpoint)?;
                context.clone()
            }
        };
        let chosen = |argument: &Option<String>, kept: Option<String>, name: &str| {
            argument.clone().or(kept).or_else(|| variable(name))
        };
        let kind = arguments.kind.or(base.kind);
        let context = Context {
            topic: chosen(&arguments.topic, base.topic, "EVENTGRID_TOPIC"),
            subscription: chosen(&None, base.subscription, "EVENTGRID_SUBSCRIPTION"),
            channel: chosen(&arguments.channel, base.channel, "EVENTGRID_CHANNEL"),
            key: arguments.key_source().or(base.key).or_else(|| {
                variable("EVENTGRID_KEY").is_some().then(|| KeySource::Env("EVENTGRID_KEY".to_owned()))
            }),
            allow_plain_http: arguments.allow_plain_http || base.allow_plain_http,
            endpoint: arguments.endpoint.clone().unwrap_or(base.endpoint),
            kind,
        };
        if arguments.key.is_some() {
            message!(
                "warning: others on this machine can see a key that is an argument, and shells store it: \
                 use --key-file, --key-env or --key-command"
            );
        }
        let given_key = arguments.key.clone().map(Secret::new);
        Ok(Self { context, given_key, max_retries: arguments.max_retries })
    }

    /// What is at the endpoint: what was said, or else what its path says.
    pub(crate) fn kind(&self) -> TargetKind {
        let path = self.context.endpoint.trim_end_matches('/').to_ascii_lowercase();
        let guess = if path.ends_with("/api/events") { TargetKind::Basic } else { TargetKind::Namespace };
        self.context.kind.unwrap_or(guess)
    }

    /// The endpoint, as it was given.
    pub(crate) fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// Where events are published to.
    ///
    /// # Errors
    /// [`Failure`] if a name is missing or not valid.
    pub(crate) fn target(&self) -> Result<AnyTarget<'static>, Failure> {
        let endpoint = self.context.endpoint.clone();
        Ok(match self.kind() {
            TargetKind::Namespace => {
                AnyTarget::NamespaceTopic(NamespaceTopic::new(endpoint, self.topic_name()?)?)
            }
            TargetKind::Basic => AnyTarget::BasicTopic(BasicTopic::new(endpoint)?),
            TargetKind::Domain => AnyTarget::Domain(Domain::new(endpoint)?),
            TargetKind::Partner => {
                let channel = self.context.channel.clone().ok_or_else(|| {
                    Failure::usage("no channel is named").advice("name the partner's channel by --channel")
                })?;
                AnyTarget::PartnerChannel(PartnerChannel::new(endpoint, channel)?)
            }
        })
    }

    /// Where events are received from.
    ///
    /// # Errors
    /// [`Failure`] if a name is missing or not valid, or if there is no namespace at the endpoint.
    pub(crate) fn subscription(
        &self,
        given: &SubscriptionArgument,
    ) -> Result<Subscription<'static>, Failure> {
        if self.kind() != TargetKind::Namespace {
            return Err(Failure::usage("events can be received only from namespaces")
                .advice("name the endpoint of a namespace, or leave out --kind"));
        }
        let given = given.subscription.clone();
        let subscription = given.or_else(|| self.context.subscription.clone()).ok_or_else(|| {
            Failure::usage("no event subscription is named")
                .advice("name it by --subscription, EVENTGRID_SUBSCRIPTION or a context")
        })?;
        Ok(Subscription::new(self.context.endpoint.clone(), self.topic_name()?, subscription)?)
    }

    /// The MQTT broker at the endpoint.
    ///
    /// # Errors
    /// [`Failure`] if the endpoint is not valid, or is that of something else.
    pub(crate) fn mqtt_broker(&self) -> Result<MqttBroker<'static>, Failure> {
        Ok(MqttBroker::new(self.context.endpoint.clone())?)
    }

    fn topic_name(&self) -> Result<String, Failure> {
        self.context.topic.clone().ok_or_else(|| {
            Failure::usage("no topic is named").advice(
                "name the topic of the namespace by --topic, EVENTGRID_TOPIC or a context; \
                 an endpoint that is not a namespace's needs --kind",
            )
        })
    }

    /// The key, as it was given.
    ///
    /// # Errors
    /// [`Failure`] if there is none, or if it cannot be read.
    pub(crate) fn secret(&self) -> Result<Secret, Failure> {
        match (&self.given_key, &self.context.key) {
            (Some(key), _) => Ok(Secret::new(key.expose())),
            (None, Some(source)) => key_of(source),
            (None, None) => Err(Failure::new(FailureKind::Authentication, "there is no key to send").advice(
                "give one by EVENTGRID_KEY, --key-file, --key-env, --key-command, --entra-id or a context; \
                 an emulator without authentication takes any text",
            )),
        }
    }

    /// A client for a command that makes one call after the other. It gives up when the program is
    /// to end.
    ///
    /// # Errors
    /// [`Failure`] if there is no key, or if it is not valid.
    pub(crate) fn client(&self, interruption: &Interruption) -> Result<BlockingClient<Ureq>, Failure> {
        let credential = self.credential(self.secret()?)?;
        let transport = Ureq::new();
        let ended = transport.clone();
        interruption.when_time_is_over(move || ended.shutdown());
        Ok(self.with_options(Client::new(transport, interruption.clone(), credential)))
    }

    /// A client whose requests are shown and not sent. Without a key there is one to be shown.
    ///
    /// # Errors
    /// [`Failure`] if there is a key that is not valid.
    pub(crate) fn client_over<T>(&self, transport: T) -> Result<BlockingClient<T>, Failure> {
        let has_key = self.given_key.is_some() || self.context.key.is_some();
        let secret = if has_key { self.secret()? } else { Secret::new("hidden") };
        let credential = self.credential(secret)?;
        Ok(self.with_options(Client::new(transport, Interruption::default(), credential)))
    }

    /// A client for a command that makes calls side by side.
    ///
    /// # Errors
    /// [`Failure`] if there is no key, or if it is not valid.
    pub(crate) fn async_client(&self) -> Result<eventgrid_hyper::Client<AnyCredential>, Failure> {
        Ok(self.with_options(eventgrid_hyper::client(self.credential(self.secret()?)?)))
    }

    /// The credential that a key is. It is read again from where it came from.
    fn credential(&self, secret: Secret) -> Result<AnyCredential, Failure> {
        let source = if self.given_key.is_some() { None } else { self.context.key.clone() };
        Ok(AnyCredential::new(SourcedCredential::new(secret, source)?))
    }

    fn with_options<T, E>(&self, client: Client<T, E, AnyCredential>) -> Client<T, E, AnyCredential> {
        let mut client = client.application_id(APPLICATION_ID);
        if let Some(retries) = self.max_retries {
            let policy = client.retry_policy().with_max_retries(retries.into());
            client = client.retry(policy);
        }
        if self.context.allow_plain_http { client.allow_plain_http() } else { client }
    }
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn no_endpoint() -> Failure {
    Failure::usage("no endpoint is named").advice(
        "name it by --endpoint or EVENTGRID_ENDPOINT, or add a context: \
         `egrid context add NAME --endpoint URL --topic TOPIC --key-env EVENTGRID_KEY`",
    )
}
