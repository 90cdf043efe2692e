//! What an emulator consists of, said before it starts.

mod check;
#[cfg(feature = "data")]
mod data;
mod dead_letters;
mod filters;
mod mappings;
mod mqtt;
mod pushes;
mod random;
mod start;
mod subscriptions;

use std::collections::HashMap;
#[cfg(any(feature = "data", feature = "tls"))]
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventgrid_filters::Filter;
use eventgrid_push::InputSchemaMapping;
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::accepted::InputSchema;
use crate::broker::{Broker, DeadLettering, PushEndpoint, SubscriptionSettings};
use crate::configuration_error::ConfigurationError;
use crate::event::{AttributeOrder, EventWriter};
use crate::fault::Fault;
use crate::in_process::InProcess;
use crate::limits::Limits;
use crate::observe::OnRequest;
use crate::observe::ServedRequest;
use crate::role::Role;
use crate::secret::Secret;
#[cfg(feature = "tls")]
use crate::server::TlsSettings;
use crate::service::{
    AccessKeys, BasicResources, Credentials, Emulator, EventSubscriptionOptions, PathSettings,
};
use crate::topic_id::TopicId;

/// Configures an [`Emulator`]: its topics and event subscriptions, its basic topics, domains and
/// partner namespaces, and the credentials.
///
/// Made by [`Emulator::builder`].
#[derive(Debug, Clone, Default)]
pub struct EmulatorBuilder {
    keys: Vec<Secret>,
    /// Keys of basic topics, domains and partner namespaces, by their names.
    resource_keys: Vec<(String, Secret)>,
    /// Keys of topics of the namespace, by their names.
    topic_keys: Vec<(String, Secret)>,
    topics: Vec<String>,
    /// Each with its topic, and with settings of its own if it has them.
    subscriptions: Vec<(String, String, Option<SubscriptionSettings>)>,
    /// Each with its topic and event subscription.
    filters: Vec<(String, String, Filter)>,
    /// Each with its topic and event subscription.
    dead_lettering: Vec<(String, String, DeadLettering)>,
    /// Each with its topic and event subscription.
    push_endpoints: Vec<(String, String, PushEndpoint)>,
    /// Those of basic topics, domains and channels.
    subscriptions_of_basic: Vec<(TopicId, String, EventSubscriptionOptions)>,
    /// The hosts beside this machine that events may be pushed to.
    push_hosts: Vec<String>,
    push_timeout: Option<Duration>,
    push_callback: Option<String>,
    /// The topic of the namespace that messages for the MQTT broker are routed to.
    mqtt_route: Option<String>,
    basic_topics: Vec<(String, InputSchema)>,
    /// Those of basic topics and domains, by their names.
    mappings: Vec<(String, InputSchemaMapping)>,
    domains: Vec<(String, InputSchema)>,
    partner_channels: Vec<(String, String, InputSchema)>,
    basic_topic_at_root: bool,
    paths: PathSettings,
    bearer_tokens: Vec<(Secret, Vec<Role>)>,
    without_sas: bool,
    without_authentication: bool,
    #[cfg(feature = "tls")]
    tls: Option<TlsSettings>,
    /// Names that the development certificate is also for.
    #[cfg(feature = "tls")]
    tls_names: Vec<String>,
    settings: SubscriptionSettings,
    seed: Option<u64>,
    patience: Option<Duration>,
    admin: Option<String>,
    admin_token: Option<Secret>,
    attribute_order: AttributeOrder,
    limits: Limits,
    faults: Vec<Fault>,
    on_request: Option<OnRequest>,
    #[cfg(feature = "data")]
    data: Option<PathBuf>,
    /// What was found to be wrong with it before it is checked.
    refused: Option<ConfigurationError>,
}

impl Emulator {
    /// A builder of an emulator.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }
}

impl EmulatorBuilder {
    /// Accepts this access key. If it is called twice, both keys are accepted, as with the two keys
    /// of a real namespace. Without a key, one is generated; [`Emulator::key`] returns it.
    ///
    /// It is base64 text, as the service's keys are, and is also used to verify shared access
    /// signatures. With [`without_sas`](Self::without_sas), any text is allowed.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.keys.push(Secret::new(key));
        self
    }

    /// Creates a topic. Without event subscriptions it accepts events and keeps none. Its name has
    /// 3 to 50 letters, digits and hyphens, unless [`limits`](Self::limits) are relaxed.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.topics.push(topic.into());
        self
    }

    /// Creates an event subscription, and its topic if it is a new one. Its name has 3 to 64
    /// letters, digits and hyphens, unless [`limits`](Self::limits) are relaxed.
    #[must_use]
    pub fn subscription(mut self, topic: impl Into<String>, subscription: impl Into<String>) -> Self {
        self.subscriptions.push((topic.into(), subscription.into(), None));
        self
    }

    /// Creates an event subscription with settings of its own, and its topic if it is a new one.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventgrid_emulator::Emulator;
    /// use eventgrid_emulator::broker::SubscriptionSettings;
    ///
    /// let impatient = SubscriptionSettings { lock_duration: Duration::from_secs(1), ..Default::default() };
    /// let namespace = Emulator::builder()
    ///     .subscription("orders", "billing")
    ///     .subscription_with("orders", "shipping", impatient)
    ///     .in_process()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn subscription_with(
        mut self,
        topic: impl Into<String>,
        subscription: impl Into<String>,
        settings: SubscriptionSettings,
    ) -> Self {
        self.subscriptions.push((topic.into(), subscription.into(), Some(settings)));
        self
    }

    /// Accepts this bearer token for everything. By default, no bearer token is accepted. Only the
    /// text is compared; the token does not expire.
    #[must_use]
    pub fn bearer_token(self, token: impl Into<String>) -> Self {
        self.bearer_token_with_roles(token, Role::EVERYTHING)
    }

    /// Accepts this bearer token for what its roles permit. A request that they do not permit is
    /// refused with 401, as users of the service have seen it; by the MQTT broker with 403, as
    /// documented.
    #[must_use]
    pub fn bearer_token_with_roles(
        mut self,
        token: impl Into<String>,
        roles: impl IntoIterator<Item = Role>,
    ) -> Self {
        self.bearer_tokens.push((Secret::new(token), roles.into_iter().collect()));
        self
    }

    /// Accepts this access key at the basic topic, domain or partner namespace of that name,
    /// instead of the keys of the namespace. If it is called twice, both keys are accepted, as with
    /// the two keys that each has in Azure.
    ///
    /// The topic at `/api/events` has the keys of the namespace.
    #[must_use]
    pub fn resource_key(mut self, name: impl Into<String>, key: impl Into<String>) -> Self {
        self.resource_keys.push((name.into(), Secret::new(key)));
        self
    }

    /// Accepts this access key only at the topic of the namespace of that name. The keys of the
    /// namespace are accepted there, too. If it is called twice, both keys are accepted, as with
    /// the two keys that each topic has in Azure.
    #[must_use]
    pub fn topic_key(mut self, topic: impl Into<String>, key: impl Into<String>) -> Self {
        self.topic_keys.push((topic.into(), Secret::new(key)));
        self
    }

    /// Accepts every request, without a credential or with any. This is for tests that are not
    /// about credentials; the service has nothing like it.
    #[must_use]
    pub fn without_authentication(mut self) -> Self {
        self.without_authentication = true;
        self
    }

    /// Refuses every shared access signature, so that only access keys and bearer tokens are
    /// accepted. An access key may then be any text.
    #[must_use]
    pub fn without_sas(mut self) -> Self {
        self.without_sas = true;
        self
    }

    /// Creates a custom topic of Event Grid "Basic", for events of that schema. It is at
    /// `/NAME/api/events`. Its name has 3 to 50 letters, digits and hyphens.
    ///
    /// ```
    /// use eventgrid::event::EventGridEvent;
    /// use eventgrid::{blocking::Publisher, target::BasicTopic};
    /// use eventgrid_emulator::{Emulator, InProcess, InputSchema};
    ///
    /// let emulator = Emulator::builder().basic_topic("orders", InputSchema::EventGrid).in_process()?;
    /// let topic = BasicTopic::new(format!("{}/orders/api/events", InProcess::ENDPOINT))?;
    /// let event = EventGridEvent::new("1", "orders/17", "Ordered", "2024-06-01T12:00:00Z", "1.0");
    /// Publisher::new(emulator.client(), topic).send(&event)?;
    ///
    /// let accepted = emulator.accepted();
    /// assert_eq!((accepted[0].name.as_str(), accepted[0].schema), ("orders", InputSchema::EventGrid));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn basic_topic(mut self, name: impl Into<String>, schema: InputSchema) -> Self {
        self.basic_topics.push((name.into(), schema));
        self
    }

    /// Creates a custom topic of Event Grid "Basic" at `/api/events`, which takes events of any
    /// schema. Without it the host is that of a namespace, where there is no such path.
    #[must_use]
    pub fn basic_topic_at_root(mut self) -> Self {
        self.basic_topic_at_root = true;
        self
    }

    /// Takes requests for the namespace below `/api/events` too, as in
    /// `/api/events/topics/orders:publish`. Recordings of the service have them; it is not known
    /// whether the service accepts them, so the response is 404 by default. Relaxed
    /// [`limits`](Self::limits) accept them, too.
    #[must_use]
    pub fn namespace_below_api_events(mut self) -> Self {
        self.paths.namespace_below_api_events = true;
        self
    }

    /// Creates a domain of Event Grid "Basic", for events of that schema, each of which names its
    /// domain topic. It is at `/NAME/api/events`. Its name has 3 to 50 letters, digits and hyphens.
    #[must_use]
    pub fn domain(mut self, name: impl Into<String>, schema: InputSchema) -> Self {
        self.domains.push((name.into(), schema));
        self
    }

    /// Creates a channel, for events of that schema, and its partner namespace if it is a new one.
    /// That is at `/NAMESPACE/api/events`, and its name has 3 to 50 letters, digits and hyphens;
    /// that of the channel has 3 to 64.
    #[must_use]
    pub fn partner_channel(
        mut self,
        namespace: impl Into<String>,
        channel: impl Into<String>,
        schema: InputSchema,
    ) -> Self {
        self.partner_channels.push((namespace.into(), channel.into(), schema));
        self
    }

    /// Sets how long a received event stays locked for its receiver; 60 seconds by default. The
    /// service allows 60 to 300 seconds, an emulator any duration above zero.
    #[must_use]
    pub fn lock_duration(mut self, duration: Duration) -> Self {
        self.settings.lock_duration = duration;
        self
    }

    /// Sets the maximum number of deliveries of an event; 10 by default. The service allows 1 to
    /// 10.
    #[must_use]
    pub fn max_delivery_count(mut self, count: u32) -> Self {
        self.settings.max_delivery_count = count;
        self
    }

    /// Sets how long after its publication an event is kept; one day by default.
    #[must_use]
    pub fn time_to_live(mut self, duration: Duration) -> Self {
        self.settings.time_to_live = duration;
        self
    }

    /// Serves https with that certificate: a chain of certificates in PEM form, the server's own
    /// first, and its private key in PEM form.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, certificates: impl Into<Vec<u8>>, private_key: impl Into<Vec<u8>>) -> Self {
        self.tls = Some(TlsSettings::certificate(certificates.into(), private_key.into()));
        self
    }

    /// Serves https with a certificate for `localhost`, `127.0.0.1` and `::1`, of a generated
    /// certificate authority. Clients must trust it:
    /// [`certificate_authority`](crate::server::RunningEmulator::certificate_authority) of the
    /// server returns its certificate.
    ///
    /// ```
    /// use eventgrid_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().tls_dev().start("127.0.0.1:0")?;
    /// assert!(emulator.endpoint().starts_with("https://127.0.0.1:"));
    /// assert!(emulator.certificate_authority().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls_dev(mut self) -> Self {
        self.tls = Some(TlsSettings::Development);
        self
    }

    /// Serves https like [`tls_dev`](Self::tls_dev), with the certificate authority in that folder:
    /// `ca.pem`, for clients to trust, and `ca-key.pem`, which can only sign for this machine. If
    /// neither file exists, both are written, and the folder is created.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls_dev_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.tls = Some(TlsSettings::DevelopmentIn(folder.into()));
        self
    }

    /// Sets how long a client of the server may take to send the head of a request, and then its
    /// body, plus a second for each KiB of the body that was received; 30 seconds by default. After
    /// that its connection is closed. A connection may be idle between requests.
    #[must_use]
    pub fn request_timeout(mut self, duration: Duration) -> Self {
        self.patience = Some(duration);
        self
    }

    /// Serves the admin API on an address of its own, `HOST:PORT`; port 0 picks a free one. It is
    /// served over https if the data plane is. Without this there is no admin API.
    ///
    /// [`admin_endpoint`](crate::server::RunningEmulator::admin_endpoint) of the server returns its
    /// address, and [`admin_token`](crate::server::RunningEmulator::admin_token) its token.
    ///
    /// ```
    /// use eventgrid_emulator::Emulator;
    ///
    /// let emulator = Emulator::builder().admin("127.0.0.1:0").start("127.0.0.1:0")?;
    /// assert!(emulator.admin_endpoint().unwrap().starts_with("http://127.0.0.1:"));
    /// assert!(emulator.admin_token().is_some());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn admin(mut self, address: impl Into<String>) -> Self {
        self.admin = Some(address.into());
        self
    }

    /// Sets the token of the admin API: printable characters of ASCII without spaces. Without it a
    /// new one is generated each time.
    #[must_use]
    pub fn admin_token(mut self, token: impl Into<String>) -> Self {
        self.admin_token = Some(Secret::new(token));
        self
    }

    /// Makes the certificate of [`tls_dev`](Self::tls_dev) or [`tls_dev_in`](Self::tls_dev_in) also
    /// valid for that name or address, for example of a container. Repeatable.
    ///
    /// The certificate authority may only sign for these names and those of this machine. If one
    /// that is already in a folder may not sign for the name, [`start`](Self::start) fails.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls_name(mut self, name: impl Into<String>) -> Self {
        self.tls_names.push(name.into());
        self
    }

    /// Derives lock tokens, tracking ids, the order of attributes and a generated access key from
    /// `seed`, so that a test sees the same ones each time. Without it they are random.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the order in which a consumer gets the attributes of an event: a different one each
    /// time by default, as from the service.
    #[must_use]
    pub fn attribute_order(mut self, order: AttributeOrder) -> Self {
        self.attribute_order = order;
        self
    }

    /// Sets whether the documented limits are enforced, as they are by default. Relaxed limits also
    /// accept what recordings show and no documentation says. [`Emulator::facts`] lists each case.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Calls `callback` for each request of the server, right before the response is sent.
    ///
    /// It is called on the thread of the server, so it must not block. A callback that writes
    /// should pass the request to another thread, through a bounded channel.
    ///
    /// ```
    /// use std::sync::mpsc::sync_channel;
    /// use eventgrid_emulator::Emulator;
    ///
    /// let (sender, served) = sync_channel(1000);
    /// let emulator = Emulator::builder()
    ///     .topic("orders")
    ///     .on_request(move |request| drop(sender.try_send(request.to_string())))
    ///     .start("127.0.0.1:0")?;
    /// assert_eq!(served.try_iter().count(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn on_request(mut self, callback: impl Fn(&ServedRequest) + Send + Sync + 'static) -> Self {
        self.on_request = Some(OnRequest::new(callback));
        self
    }

    /// Injects this fault from the start. If there are several, the first one whose condition a
    /// request meets is injected. [`Emulator::set_faults`] replaces them.
    ///
    /// ```
    /// use eventgrid_emulator::{Emulator, Fault, FaultCondition, FaultEffect, Operation};
    ///
    /// let publishes = FaultCondition::new().operation(Operation::Publish).every(10);
    /// let emulator = Emulator::builder()
    ///     .topic("orders")
    ///     .fault(Fault::new(publishes, FaultEffect::new().status(503)))
    ///     .build()?;
    /// assert_eq!(emulator.faults().len(), 1);
    /// # Ok::<(), eventgrid_emulator::ConfigurationError>(())
    /// ```
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Builds the emulator, without I/O.
    ///
    /// # Errors
    /// [`ConfigurationError`], if a name, a key, a setting or a fault is not valid, or if there is
    /// no seed and the system has no random numbers.
    pub fn build(self) -> Result<Emulator, ConfigurationError> {
        self.check()?;
        #[cfg(feature = "data")]
        if self.data.is_some() {
            return Err(ConfigurationError::DataWithoutServer);
        }
        let (random, made_up, seed) = self.random()?;
        let basic = self.basic_resources();
        let mut emulator = self.assemble(random, made_up, Broker::new(seed), basic)?;
        for (topic, subscription, dead_lettering) in &self.dead_lettering {
            emulator.ensure_dead_lettering(topic, subscription, Some(dead_lettering));
        }
        self.set_push_endpoints(&mut emulator);
        self.ensure_subscriptions_of_basic(&mut emulator)?;
        Ok(emulator)
    }

    /// A generator of random numbers, an access key if none is given, and the seed of the broker.
    fn random(&self) -> Result<(StdRng, Option<String>, u64), ConfigurationError> {
        let mut random = random::generator(self.seed, StdRng::try_from_os_rng)?;
        let made_up = (!self.has_key()).then(|| STANDARD.encode(random.random::<[u8; 32]>()));
        let seed = random.random();
        Ok((random, made_up, seed))
    }

    fn assemble(
        &self,
        mut random: StdRng,
        made_up: Option<String>,
        mut broker: Broker,
        basic: BasicResources,
    ) -> Result<Emulator, ConfigurationError> {
        for topic in &self.topics {
            broker.create_topic(topic);
        }
        for (topic, subscription, settings) in &self.subscriptions {
            let topic = broker.create_topic(topic);
            let _ = broker.create_subscription(topic, subscription, settings.unwrap_or(self.settings));
        }
        for (topic, subscription, filter) in &self.filters {
            let id = broker.topic(topic).and_then(|topic| broker.subscription(topic, subscription));
            if let (Some(id), Ok(filter)) = (id, self.compile(filter)) {
                broker.set_filter(id, filter);
            }
        }
        let writer = EventWriter::new(self.attribute_order, &mut random);
        let (credentials, paths) = (self.credentials(made_up), self.paths());
        let mut emulator = Emulator::new(credentials, broker, basic, paths, writer, self.limits, random);
        emulator.route_mqtt_to(self.mqtt_route.clone());
        if !self.faults.is_empty() {
            emulator.set_faults(self.faults.clone(), None)?;
        }
        Ok(emulator)
    }

    /// What is taken beside the paths that are documented.
    pub(crate) fn paths(&self) -> PathSettings {
        let below = self.paths.namespace_below_api_events || !self.limits.are_strict();
        PathSettings { namespace_below_api_events: below }
    }

    /// Whether an access key is given.
    pub(crate) fn has_key(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Its credentials; `made_up` is the access key if it has none.
    pub(crate) fn credentials(&self, made_up: Option<String>) -> Credentials {
        let text = |secret: &Secret| secret.expose().to_owned();
        let access_keys =
            |keys| if self.without_sas { AccessKeys::without_sas(keys) } else { AccessKeys::new(keys) };
        let keys = self.keys.iter().map(text).chain(made_up).collect();
        let by_name = |keys: &[(String, Secret)]| {
            let mut all = HashMap::<_, Vec<_>>::new();
            for (name, key) in keys {
                all.entry(name.clone()).or_default().push(text(key));
            }
            all.into_iter().map(|(name, keys)| (name, access_keys(keys))).collect::<HashMap<_, _>>()
        };
        let bearer_tokens =
            self.bearer_tokens.iter().map(|(token, roles)| (text(token), roles.clone())).collect();
        let credentials = Credentials::new(access_keys(keys), by_name(&self.resource_keys), bearer_tokens)
            .with_topic_keys(by_name(&self.topic_keys));
        if self.without_authentication { credentials.open() } else { credentials }
    }

    /// Its basic topics, domains and partner namespaces.
    pub(crate) fn basic_resources(&self) -> BasicResources {
        let mut basic = BasicResources::new(self.limits);
        if self.basic_topic_at_root {
            basic.add_topic_at_root();
        }
        for (name, schema) in &self.basic_topics {
            basic.add_topic(name, *schema);
        }
        for (name, schema) in &self.domains {
            basic.add_domain(name, *schema);
        }
        for (namespace, channel, schema) in &self.partner_channels {
            basic.add_channel(namespace, channel, *schema);
        }
        for (name, mapping) in &self.mappings {
            basic.set_mapping(name, mapping.clone());
        }
        basic
    }

    /// Builds the emulator as a transport inside the process, with a clock that the test moves.
    ///
    /// # Errors
    /// [`ConfigurationError`], if a name, a key, a setting or a fault is not valid, or if there is
    /// no seed and the system has no random numbers.
    pub fn in_process(self) -> Result<InProcess, ConfigurationError> {
        self.build().map(InProcess::new)
    }
}
