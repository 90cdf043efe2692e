//! What a file can say. `None` and empty lists stand for what it does not say.

mod push;
mod subscription;
mod text_source;

use std::path::PathBuf;

use eventgrid_push::InputSchemaMapping;

pub use self::push::{
    DeliveryPropertyConfiguration, DeliveryPropertyValue, DestinationConfiguration, PushConfiguration,
};
pub use self::subscription::{
    BasicSubscriptionConfiguration, EventSubscriptionConfiguration, SubscriptionSettingsConfiguration,
};
pub use self::text_source::{TextSource, UnreadableText};
use crate::accepted::InputSchema;
use crate::event::AttributeOrder;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::role::Role;
use crate::secret::Secret;

/// The configuration of an emulator.
///
/// It is read from TOML by [`parse`](Self::parse), or made by a program; then the same checks are
/// made when the emulator is built. The fields have the names in the file, in Rust's spelling.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Configuration {
    /// `listen`: where the program listens, each `HOST:PORT`. A builder does not use it.
    pub listen: Vec<String>,
    /// `admin`: where the admin API is served; nowhere without it.
    pub admin: Option<AdminConfiguration>,
    /// `dataFolder`: the directory in which events are kept. Without it they are only in memory.
    pub data_folder: Option<PathBuf>,
    /// `push`: where events may be pushed.
    pub push: PushTargetsConfiguration,
    /// `sas = false`: shared access signatures are refused, and access keys may be any text.
    pub without_sas: bool,
    /// `authentication = false`: every request is accepted, without a credential or with any.
    pub without_authentication: bool,
    /// `seed`: the number that lock tokens and tracking ids are derived from. They are random
    /// without it.
    pub seed: Option<u64>,
    /// `limits`: whether the documented limits are enforced; `strict` by default.
    pub limits: Limits,
    /// `attributeOrder`: the order in which a consumer gets the attributes of an event; `shuffled`
    /// by default.
    pub attribute_order: AttributeOrder,
    /// `bearerTokens`: the bearer tokens that are accepted.
    pub bearer_tokens: Vec<BearerTokenConfiguration>,
    /// `tls`: how https is served. Plain http without it.
    pub tls: Option<TlsConfiguration>,
    /// `namespace`: the namespace.
    pub namespace: NamespaceConfiguration,
    /// `basicTopics`: custom topics of Event Grid "Basic".
    pub basic_topics: Vec<BasicResourceConfiguration>,
    /// `basicTopicAtRoot`: whether a basic topic is at `/api/events`, which takes any schema.
    pub basic_topic_at_root: bool,
    /// `domains`: domains of Event Grid "Basic".
    pub domains: Vec<BasicResourceConfiguration>,
    /// `partnerNamespaces`: partner namespaces of Event Grid "Basic".
    pub partner_namespaces: Vec<PartnerNamespaceConfiguration>,
    /// `faults`: faults that are injected from the start, as the admin API takes them.
    pub faults: Vec<Fault>,
}

/// Where the admin API is served, and who may use it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdminConfiguration {
    /// `listen`: the address of the admin API, `HOST:PORT`.
    pub listen: String,
    /// `token`: the bearer token that its requests need. Without it, one is generated at each
    /// start.
    pub token: Option<Secret>,
}

/// Where events may be pushed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PushTargetsConfiguration {
    /// `allowedHosts`: the hosts beside this machine that events may be pushed to, by the names or
    /// addresses that the URLs of endpoints have, without ports. Compared without case.
    pub allowed_hosts: Vec<String>,
    /// `callback`: where endpoints reach the emulator, as `http://HOST:PORT`, to consent by the URL
    /// of a handshake; by default the first address that it listens on.
    pub callback: Option<String>,
}

/// A bearer token and what it permits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BearerTokenConfiguration {
    /// `token`: the text after `Bearer`.
    pub token: Secret,
    /// `roles`: what its holder may do; everything by default.
    pub roles: Vec<Role>,
}

/// How https is served.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsConfiguration {
    /// `certificate` and `privateKey`: files in PEM form.
    Files {
        /// The chain of certificates, the server's own first.
        certificate: PathBuf,
        /// The private key of the server's certificate.
        private_key: PathBuf,
    },
    /// `developmentFolder`: by the certificate authority for development in that folder.
    Development {
        /// The folder with `ca.pem` and `ca-key.pem`, which are made if they are not there.
        folder: PathBuf,
        /// `names`: names and addresses that the certificate is also for.
        names: Vec<String>,
    },
}

/// The namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamespaceConfiguration {
    /// `keys`: one or two access keys.
    pub keys: Vec<Secret>,
    /// The default settings of all event subscriptions.
    pub settings: SubscriptionSettingsConfiguration,
    /// `topics`: its topics.
    pub topics: Vec<TopicConfiguration>,
    /// `mqtt`: its MQTT broker.
    pub mqtt: MqttConfiguration,
}

/// The MQTT broker of the namespace, of which the emulator has the HTTP interface.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MqttConfiguration {
    /// `routeTo`: the topic of the namespace that messages are routed to as events, by its name.
    /// Without it, messages do not become events.
    pub route_to: Option<String>,
}

/// A topic of the namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicConfiguration {
    /// `name`: 3 to 50 letters, digits and hyphens.
    pub name: String,
    /// `keys`: one or two access keys that are accepted for this topic alone, beside those of the
    /// namespace.
    pub keys: Vec<Secret>,
    /// The default settings of its event subscriptions.
    pub settings: SubscriptionSettingsConfiguration,
    /// `eventSubscriptions`: its event subscriptions.
    pub event_subscriptions: Vec<EventSubscriptionConfiguration>,
}

/// A custom topic or a domain of Event Grid "Basic".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BasicResourceConfiguration {
    /// `name`: 3 to 50 letters, digits and hyphens.
    pub name: String,
    /// `inputSchema`: the schema of its events; `EventGridSchema` by default.
    pub input_schema: InputSchema,
    /// `inputSchemaMapping`: where attributes are in events of a custom schema; the names of the
    /// Event Grid schema without it.
    pub input_schema_mapping: Option<InputSchemaMapping>,
    /// `keys`: one or two access keys; without any, those of the namespace are accepted.
    pub keys: Vec<Secret>,
    /// `eventSubscriptions`: its event subscriptions.
    pub event_subscriptions: Vec<BasicSubscriptionConfiguration>,
}

/// A partner namespace of Event Grid "Basic".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerNamespaceConfiguration {
    /// `name`: 3 to 50 letters, digits and hyphens.
    pub name: String,
    /// `keys`: one or two access keys; without any, those of the namespace are accepted.
    pub keys: Vec<Secret>,
    /// `channels`: its channels, at least one.
    pub channels: Vec<ChannelConfiguration>,
}

/// A channel of a partner namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelConfiguration {
    /// `name`: 3 to 64 letters, digits and hyphens.
    pub name: String,
    /// `inputSchema`: the schema of its events; `CloudEventSchemaV1_0` by default.
    pub input_schema: InputSchema,
    /// `eventSubscriptions`: its event subscriptions.
    pub event_subscriptions: Vec<BasicSubscriptionConfiguration>,
}

impl Configuration {
    /// Whether there is nothing to publish to.
    pub fn is_empty(&self) -> bool {
        self.namespace.topics.is_empty()
            && self.basic_topics.is_empty()
            && !self.basic_topic_at_root
            && self.domains.is_empty()
            && self.partner_namespaces.is_empty()
    }

    /// Returns the topic of that name, compared without case; adds it if there is none.
    pub fn topic(&mut self, name: &str) -> &mut TopicConfiguration {
        let topics = &mut self.namespace.topics;
        let index = topics.iter().position(|topic| topic.name.eq_ignore_ascii_case(name));
        let index = index.unwrap_or_else(|| {
            topics.push(TopicConfiguration::new(name));
            topics.len() - 1
        });
        &mut topics[index]
    }
}

impl AdminConfiguration {
    /// The admin API at that address, with a generated token.
    pub fn new(listen: impl Into<String>) -> Self {
        Self { listen: listen.into(), token: None }
    }
}

impl BearerTokenConfiguration {
    /// A token that permits everything.
    pub fn new(token: Secret) -> Self {
        Self { token, roles: Role::EVERYTHING.to_vec() }
    }
}

impl TopicConfiguration {
    /// A topic without event subscriptions.
    pub fn new(name: impl Into<String>) -> Self {
        let settings = SubscriptionSettingsConfiguration::default();
        Self { name: name.into(), keys: Vec::new(), settings, event_subscriptions: Vec::new() }
    }

    /// Returns the event subscription of that name, compared without case; adds it if there is
    /// none.
    pub fn event_subscription(&mut self, name: &str) -> &mut EventSubscriptionConfiguration {
        let all = &mut self.event_subscriptions;
        let index = all.iter().position(|subscription| subscription.name.eq_ignore_ascii_case(name));
        let index = index.unwrap_or_else(|| {
            all.push(EventSubscriptionConfiguration::new(name));
            all.len() - 1
        });
        &mut all[index]
    }
}

impl BasicResourceConfiguration {
    /// A topic or domain with the keys of the namespace.
    pub fn new(name: impl Into<String>, input_schema: InputSchema) -> Self {
        Self {
            name: name.into(),
            input_schema,
            input_schema_mapping: None,
            keys: Vec::new(),
            event_subscriptions: Vec::new(),
        }
    }
}

impl PartnerNamespaceConfiguration {
    /// A partner namespace without channels, with the keys of the namespace.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), keys: Vec::new(), channels: Vec::new() }
    }
}

impl ChannelConfiguration {
    /// A channel.
    pub fn new(name: impl Into<String>, input_schema: InputSchema) -> Self {
        Self { name: name.into(), input_schema, event_subscriptions: Vec::new() }
    }
}

impl TlsConfiguration {
    /// A certificate and its private key in files.
    pub fn files(certificate: impl Into<PathBuf>, private_key: impl Into<PathBuf>) -> Self {
        Self::Files { certificate: certificate.into(), private_key: private_key.into() }
    }

    /// The certificate authority for development in a folder, with names that its certificate is
    /// also for.
    pub fn development(folder: impl Into<PathBuf>, names: impl IntoIterator<Item = String>) -> Self {
        Self::Development { folder: folder.into(), names: names.into_iter().collect() }
    }
}
