//! What a TOML document says.

mod feed;
mod push;
mod subscription;

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use eventgrid_push::InputSchemaMapping;
use toml::de::DeTable;

use self::feed::FedTopic;
use self::subscription::{DeadLettersOf, TopicOfSubscriptions};
use super::error::FileErrors;
use super::mapping::FileMapping;
use super::model::{
    AdminConfiguration, BasicResourceConfiguration, BearerTokenConfiguration, ChannelConfiguration,
    Configuration, MqttConfiguration, NamespaceConfiguration, PartnerNamespaceConfiguration,
    PushTargetsConfiguration, TextSource, TlsConfiguration, TopicConfiguration, UnreadableText,
};
use super::name::Names;
use super::table::{Errors, Table, Value};
use super::value::{check_key, listen_address, push_callback, push_host, read_schema};
use crate::accepted::InputSchema;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::name::{NameKind, check_name};
use crate::role::UnknownRole;
use crate::secret::Secret;
use crate::service::PushEndpointError;
use crate::target::Target;
use crate::topic_id::TopicId;

const DAY_IN_SECONDS: u64 = 24 * 60 * 60;

impl Configuration {
    /// Reads a configuration in TOML form.
    ///
    /// # Errors
    /// All errors, each with line, column and field: text that is not TOML; fields that are
    /// unknown, missing, of another kind or out of range; names that the limits do not allow or
    /// that are given twice; access keys that are not base64 text.
    ///
    /// Texts in the environment or in other files are not read: see
    /// [`parse_with`](Self::parse_with).
    pub fn parse(text: &str) -> Result<Self, FileErrors> {
        Self::read(text, &mut |_| None)
    }

    /// Reads a configuration in TOML form, and its texts in the environment or in other files with
    /// `read_text`, such as [`TextSource::read`].
    ///
    /// ```
    /// use eventgrid_emulator::Secret;
    /// use eventgrid_emulator::configuration::Configuration;
    ///
    /// let text = r#"
    ///     [[basicTopics]]
    ///     name = "invoices"
    ///     [[basicTopics.eventSubscriptions]]
    ///     name = "billing"
    ///     destination = { endpointUrl = { environment = "BILLING_URL" } }
    /// "#;
    /// let read = |_: &_| Ok(Secret::new("http://localhost:8080/events"));
    /// let configuration = Configuration::parse_with(text, read)?;
    /// assert!(configuration.builder().build().is_ok());
    /// assert!(Configuration::parse(text)?.builder().build().is_err());
    /// # Ok::<(), eventgrid_emulator::configuration::FileErrors>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse), and one for each text that cannot be read.
    pub fn parse_with(
        text: &str,
        mut read_text: impl FnMut(&TextSource) -> Result<Secret, UnreadableText>,
    ) -> Result<Self, FileErrors> {
        Self::read(text, &mut |source| Some(read_text(source)))
    }

    fn read(text: &str, read_text: &mut ReadText<'_>) -> Result<Self, FileErrors> {
        let mut errors = Errors::new(text);
        let (document, invalid) = DeTable::parse_recoverable(text);
        for error in &invalid {
            errors.add(error.span().unwrap_or(0..0), "", error.message());
        }
        if invalid.is_empty() {
            let (limits, dead_letters, feeds) = (Limits::Strict, Vec::new(), Vec::new());
            let reader =
                Reader { without_sas: false, limits, dead_letters, feeds, read_text, errors: &mut errors };
            let configuration = reader.configuration(Table::root(&document));
            errors.finish().map(|()| configuration)
        } else {
            errors.finish().map(|()| Self::default())
        }
    }

    /// Makes the same checks as [`parse`](Self::parse), for a configuration that a program made.
    ///
    /// # Errors
    /// All errors, each with its field. Lines and columns are those of [`to_toml`](Self::to_toml).
    pub fn check(&self) -> Result<(), FileErrors> {
        Self::parse(&self.to_toml()).map(drop)
    }
}

/// Reads a text that is elsewhere; `None` if such texts are not read.
type ReadText<'r> = dyn FnMut(&TextSource) -> Option<Result<Secret, UnreadableText>> + 'r;

struct Reader<'e, 's> {
    /// Whether an access key may be any text.
    without_sas: bool,
    /// Which names are taken.
    limits: Limits,
    dead_letters: Vec<DeadLettersOf>,
    feeds: Vec<FedTopic>,
    read_text: &'e mut ReadText<'e>,
    errors: &'e mut Errors<'s>,
}

impl Reader<'_, '_> {
    fn configuration(mut self, mut table: Table<'_, '_>) -> Configuration {
        let sas = table.get("sas").and_then(|value| value.boolean(self.errors));
        self.without_sas = sas == Some(false);
        self.limits = table.get("limits").and_then(|value| self.word(&value)).unwrap_or_default();
        let mut names = Names::default();
        let configuration = Configuration {
            listen: table.get("listen").map(|value| self.listen(&value)).unwrap_or_default(),
            admin: table
                .get("admin")
                .and_then(|value| value.table(self.errors))
                .and_then(|table| self.admin(table)),
            data_folder: table.get("dataFolder").and_then(|value| self.data_folder(&value)),
            without_sas: self.without_sas,
            without_authentication: table
                .get("authentication")
                .and_then(|value| value.boolean(self.errors))
                .is_some_and(|has_authentication| !has_authentication),
            limits: self.limits,
            attribute_order: table
                .get("attributeOrder")
                .and_then(|value| self.word(&value))
                .unwrap_or_default(),
            seed: table.get("seed").and_then(|value| value.integer(0..=u64::MAX, self.errors)),
            bearer_tokens: self.list(table.get("bearerTokens"), Self::bearer_token),
            tls: table
                .get("tls")
                .and_then(|value| value.table(self.errors))
                .and_then(|table| self.tls(table)),
            push: table
                .get("push")
                .and_then(|value| value.table(self.errors))
                .map(|table| self.push_targets(table))
                .unwrap_or_default(),
            namespace: table
                .get("namespace")
                .and_then(|value| value.table(self.errors))
                .map(|table| self.namespace(table))
                .unwrap_or_default(),
            basic_topics: self.list(table.get("basicTopics"), |reader, table| {
                reader.basic(table, &mut names, |name| Target::BasicTopic(name))
            }),
            basic_topic_at_root: table
                .get("basicTopicAtRoot")
                .and_then(|value| value.boolean(self.errors))
                .unwrap_or_default(),
            domains: self.list(table.get("domains"), |reader, table| {
                reader.basic(table, &mut names, |name| Target::Domain(name))
            }),
            partner_namespaces: self
                .list(table.get("partnerNamespaces"), |reader, table| reader.partner(table, &mut names)),
            faults: table.get("faults").map(|value| self.faults(&value)).unwrap_or_default(),
        };
        table.finish(&[], self.errors);
        let topics = &configuration.namespace.topics;
        let has_topic = |name: &str| topics.iter().any(|topic| topic.name.eq_ignore_ascii_case(name));
        self.check_dead_letters(has_topic);
        self.check_fed_topics(has_topic);
        configuration
    }

    fn data_folder(&mut self, value: &Value<'_, '_>) -> Option<PathBuf> {
        let folder = value.text(self.errors)?;
        let folder = match folder {
            "" => Err("expected the path of a directory".to_owned()),
            _ if !cfg!(feature = "data") => {
                Err("this emulator was built without the feature `data`".to_owned())
            }
            folder => Ok(PathBuf::from(folder)),
        };
        self.errors.keep(value, folder)
    }

    /// Each table of a list, as far as it can be read.
    fn list<'t, 's, T>(
        &mut self,
        value: Option<Value<'t, 's>>,
        mut read: impl FnMut(&mut Self, Table<'t, 's>) -> Option<T>,
    ) -> Vec<T> {
        let tables = value.map(|value| value.tables(self.errors)).unwrap_or_default();
        tables.into_iter().filter_map(|table| read(self, table)).collect()
    }

    fn faults(&mut self, value: &Value<'_, '_>) -> Vec<Fault> {
        let elements = value.elements(self.errors);
        let mut faults = Vec::with_capacity(elements.len());
        for element in elements {
            let Some(fault) = element.deserialize::<Fault>(self.errors) else { continue };
            if self.errors.keep(&element, fault.check()).is_some() {
                faults.push(fault);
            }
        }
        faults
    }

    fn push_targets(&mut self, mut table: Table<'_, '_>) -> PushTargetsConfiguration {
        let hosts = table.get("allowedHosts").map(|value| value.elements(self.errors)).unwrap_or_default();
        let host = |value: &Value<'_, '_>| {
            let text = value.text(self.errors)?;
            self.errors.keep(value, push_host(text).map_err(|error| error.to_string()))
        };
        let allowed_hosts = hosts.iter().filter_map(host).collect();
        let callback = table.get("callback").and_then(|value| {
            let text = value.text(self.errors)?;
            self.errors.keep(&value, push_callback(text).map_err(|error| error.to_string()))
        });
        table.finish(&[], self.errors);
        PushTargetsConfiguration { allowed_hosts, callback }
    }

    /// A value that is one of a few words.
    fn word<T: FromStr<Err: Display>>(&mut self, value: &Value<'_, '_>) -> Option<T> {
        let text = value.text(self.errors)?;
        self.errors.keep(value, text.parse().map_err(|error: T::Err| error.to_string()))
    }

    /// One address, or a list of them.
    fn listen(&mut self, value: &Value<'_, '_>) -> Vec<String> {
        if !value.is_array() {
            return self.address(value).into_iter().collect();
        }
        let elements = value.elements(self.errors);
        if elements.is_empty() {
            value.wrong(self.errors, "expected at least one address");
        }
        elements.iter().filter_map(|element| self.address(element)).collect()
    }

    fn address(&mut self, value: &Value<'_, '_>) -> Option<String> {
        if value.is_integer() {
            let port = value.integer(0..=u64::from(u16::MAX), self.errors)?;
            return Some(format!("127.0.0.1:{port}"));
        }
        let text = value.text(self.errors)?;
        self.errors.keep(value, listen_address(text).map_err(|error| error.to_string()))
    }

    fn bearer_token(&mut self, mut table: Table<'_, '_>) -> Option<BearerTokenConfiguration> {
        let token = table.require("token", self.errors).and_then(|value| self.token(&value));
        let roles = table.get("roles").map(|value| {
            let elements = value.elements(self.errors);
            if elements.is_empty() {
                value.wrong(self.errors, format!("a token without roles gives no access: {UnknownRole}"));
            }
            elements.iter().filter_map(|element| self.word(element)).collect()
        });
        table.finish(&[], self.errors);
        let token = BearerTokenConfiguration::new(token?);
        Some(BearerTokenConfiguration { roles: roles.unwrap_or(token.roles), token: token.token })
    }

    fn token(&mut self, value: &Value<'_, '_>) -> Option<Secret> {
        let text = value.text(self.errors)?;
        let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let message = "a bearer token is one or more printable characters of ASCII without spaces";
        self.errors.keep(value, if is_token { Ok(Secret::new(text)) } else { Err(message.to_owned()) })
    }

    fn admin(&mut self, mut table: Table<'_, '_>) -> Option<AdminConfiguration> {
        let listen = table.require("listen", self.errors).and_then(|value| self.address(&value));
        let token = table.get("token").and_then(|value| self.token(&value));
        table.finish(&[], self.errors);
        Some(AdminConfiguration { listen: listen?, token })
    }

    fn tls(&mut self, mut table: Table<'_, '_>) -> Option<TlsConfiguration> {
        let mut path = |name| {
            let value = table.get(name)?;
            let text = value.text(self.errors)?;
            let path = if text.is_empty() { Err("the path is empty".to_owned()) } else { Ok(text.into()) };
            self.errors.keep(&value, path)
        };
        let paths = (path("developmentFolder"), path("certificate"), path("privateKey"));
        let names = table.get("names");
        let tls = match (paths, &names) {
            ((Some(folder), None, None), _) => {
                let elements = names.map(|value| value.elements(self.errors)).unwrap_or_default();
                let names = elements.iter().filter_map(|name| self.tls_name(name)).collect();
                Some(TlsConfiguration::Development { folder, names })
            }
            ((None, Some(certificate), Some(private_key)), None) => {
                Some(TlsConfiguration::Files { certificate, private_key })
            }
            _ => {
                let message =
                    "expected developmentFolder, with names or without, or both certificate and privateKey";
                table.wrong(self.errors, message);
                None
            }
        };
        table.finish(&[], self.errors);
        tls
    }

    fn tls_name(&mut self, value: &Value<'_, '_>) -> Option<String> {
        let name = value.text(self.errors)?;
        #[cfg(feature = "tls")]
        self.errors.keep(value, crate::server::check_tls_name(name))?;
        Some(name.to_owned())
    }

    fn namespace(&mut self, mut table: Table<'_, '_>) -> NamespaceConfiguration {
        let mut names = Names::default();
        let namespace = NamespaceConfiguration {
            keys: self.keys(table.get("keys")),
            settings: self.settings(&mut table),
            topics: self.list(table.get("topics"), |reader, table| reader.topic(table, &mut names)),
            mqtt: MqttConfiguration::default(),
        };
        let mqtt = table.get("mqtt").and_then(|value| value.table(self.errors));
        let mqtt = mqtt.map(|table| self.mqtt(table, &namespace.topics)).unwrap_or_default();
        let namespace = NamespaceConfiguration { mqtt, ..namespace };
        table.finish(&[], self.errors);
        namespace
    }

    fn mqtt(&mut self, mut table: Table<'_, '_>, topics: &[TopicConfiguration]) -> MqttConfiguration {
        let route_to = table.get("routeTo").and_then(|value| {
            let name = value.text(self.errors)?;
            let is_there = topics.iter().any(|topic| topic.name.eq_ignore_ascii_case(name));
            let checked = if is_there {
                Ok(name.to_owned())
            } else {
                Err(PushEndpointError::UnknownTopic { topic: name.to_owned() }.to_string())
            };
            self.errors.keep(&value, checked)
        });
        table.finish(&[], self.errors);
        MqttConfiguration { route_to }
    }

    fn topic(&mut self, mut table: Table<'_, '_>, names: &mut Names) -> Option<TopicConfiguration> {
        let name = self.name(&mut table, NameKind::Topic, names);
        let keys = self.keys(table.get("keys"));
        let settings = self.settings(&mut table);
        let of = TopicOfSubscriptions {
            id: name.as_deref().map(|name| TopicId::of(Target::NamespaceTopic(name))),
            schema: InputSchema::CloudEvents,
        };
        let mut names = Names::default();
        let event_subscriptions = self.list(table.get("eventSubscriptions"), |reader, table| {
            reader.subscription(table, &of, &mut names)
        });
        table.finish(&["eventRetentionInDays", "inputSchema", "publisherType"], self.errors);
        Some(TopicConfiguration { name: name?, keys, settings, event_subscriptions })
    }

    fn basic(
        &mut self,
        mut table: Table<'_, '_>,
        names: &mut Names,
        target: impl FnOnce(&str) -> Target<'_>,
    ) -> Option<BasicResourceConfiguration> {
        let name = self.name(&mut table, NameKind::Resource, names);
        let input_schema = self.schema(&mut table, InputSchema::EventGrid);
        let input_schema_mapping =
            table.get("inputSchemaMapping").and_then(|value| self.mapping(&value, input_schema));
        let keys = self.keys(table.get("keys"));
        let id = name.as_deref().map(|name| TopicId::of(target(name)));
        let of = TopicOfSubscriptions { id, schema: input_schema };
        let event_subscriptions = self.basic_subscriptions(&mut table, &of);
        table.finish(&[], self.errors);
        Some(BasicResourceConfiguration {
            name: name?,
            input_schema,
            input_schema_mapping,
            keys,
            event_subscriptions,
        })
    }

    /// Where attributes are in events of a custom schema.
    fn mapping(&mut self, value: &Value<'_, '_>, schema: InputSchema) -> Option<InputSchemaMapping> {
        if schema != InputSchema::Custom {
            let message = "only events of a custom schema are mapped: write inputSchema = \"CustomEventSchema\", too, or \
                           remove this";
            value.wrong(self.errors, message);
        }
        value.deserialize::<FileMapping>(self.errors).map(InputSchemaMapping::from)
    }

    fn partner(
        &mut self,
        mut table: Table<'_, '_>,
        names: &mut Names,
    ) -> Option<PartnerNamespaceConfiguration> {
        let name = self.name(&mut table, NameKind::Resource, names);
        let keys = self.keys(table.get("keys"));
        let mut names = Names::default();
        let channels = table.require("channels", self.errors);
        if let Some(value) = channels.as_ref().filter(|value| value.elements(self.errors).is_empty()) {
            value.wrong(self.errors, "expected at least one channel");
        }
        let channels =
            self.list(channels, |reader, table| reader.channel(table, name.as_deref(), &mut names));
        table.finish(&[], self.errors);
        Some(PartnerNamespaceConfiguration { name: name?, keys, channels })
    }

    fn channel(
        &mut self,
        mut table: Table<'_, '_>,
        namespace: Option<&str>,
        names: &mut Names,
    ) -> Option<ChannelConfiguration> {
        let name = self.name(&mut table, NameKind::Channel, names);
        let input_schema = self.schema(&mut table, InputSchema::CloudEvents);
        let target = namespace.zip(name.as_deref());
        let target = target.map(|(namespace, channel)| Target::PartnerChannel { namespace, channel });
        let of = TopicOfSubscriptions { id: target.map(TopicId::of), schema: input_schema };
        let event_subscriptions = self.basic_subscriptions(&mut table, &of);
        table.finish(&[], self.errors);
        Some(ChannelConfiguration { name: name?, input_schema, event_subscriptions })
    }

    fn schema(&mut self, table: &mut Table<'_, '_>, default: InputSchema) -> InputSchema {
        let schema = table.get("inputSchema").and_then(|value| {
            let text = value.text(self.errors)?;
            self.errors.keep(&value, read_schema(text))
        });
        schema.unwrap_or(default)
    }

    fn name(&mut self, table: &mut Table<'_, '_>, kind: NameKind, names: &mut Names) -> Option<String> {
        let value = table.require("name", self.errors)?;
        let name = value.text(self.errors)?;
        let checked = check_name(name, kind, self.limits).and_then(|()| names.add(name, value.path()));
        self.errors.keep(&value, checked.map(|()| name.to_owned()))
    }

    /// One or two access keys.
    fn keys(&mut self, value: Option<Value<'_, '_>>) -> Vec<Secret> {
        let Some(value) = value else { return Vec::new() };
        let elements = value.elements(self.errors);
        if !(1..=2).contains(&elements.len()) {
            value.wrong(self.errors, "expected one or two access keys");
        }
        let mut keys = Vec::new();
        for element in elements {
            let Some(key) = element.text(self.errors) else { continue };
            let checked = check_key(key, self.without_sas);
            keys.extend(self.errors.keep(&element, checked.map(|()| Secret::new(key))));
        }
        keys
    }
}
