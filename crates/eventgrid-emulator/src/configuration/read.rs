//! What a TOML document says.

use std::fmt::Display;
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use eventgrid_filters::{Filter, NamespaceFilter};
use toml::de::DeTable;

use super::error::FileErrors;
use super::model::{
    AdminConfiguration, BasicResourceConfiguration, BearerTokenConfiguration, ChannelConfiguration,
    Configuration, EventSubscriptionConfiguration, NamespaceConfiguration, PartnerNamespaceConfiguration,
    SubscriptionSettingsConfiguration, TlsConfiguration, TopicConfiguration,
};
use super::name::Names;
use super::table::{Errors, Table, Value};
use super::value::{check_key, listen_address, read_schema};
use crate::accepted::InputSchema;
use crate::broker::{DeadLetterDestination, DeadLettering, compile_options};
use crate::duration::read_duration;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::name::{NameKind, check_name};
use crate::role::UnknownRole;
use crate::secret::Secret;
use crate::service::check_dead_lettering;
use crate::target::Target;

/// What will mean something later, so that no file gives it another meaning until then.
const RESERVED_OF_SUBSCRIPTIONS: [&str; 1] = ["deliveryConfiguration"];

const DAY_IN_SECONDS: u64 = 24 * 60 * 60;

impl Configuration {
    /// Reads a configuration in TOML form.
    ///
    /// # Errors
    /// All that is wrong, each with line, column and field: text that is not TOML; fields that are
    /// unknown, missing, of another kind or out of range; names that the limits do not allow or
    /// that are given twice; access keys that are not base64 text.
    pub fn parse(text: &str) -> Result<Self, FileErrors> {
        let mut errors = Errors::new(text);
        let (document, invalid) = DeTable::parse_recoverable(text);
        for error in &invalid {
            errors.add(error.span().unwrap_or(0..0), "", error.message());
        }
        if invalid.is_empty() {
            let (limits, dead_letters) = (Limits::Strict, Vec::new());
            let reader = Reader { without_sas: false, limits, dead_letters, errors: &mut errors };
            let configuration = reader.configuration(Table::root(&document));
            errors.finish().map(|()| configuration)
        } else {
            errors.finish().map(|()| Self::default())
        }
    }

    /// Checks what a program put together as [`parse`](Self::parse) checks a file.
    ///
    /// # Errors
    /// All that is wrong, each with its field. Lines and columns are those of
    /// [`to_toml`](Self::to_toml).
    pub fn check(&self) -> Result<(), FileErrors> {
        Self::parse(&self.to_toml()).map(drop)
    }
}

/// Where dead letters of a topic go, to be checked when all topics are known.
struct DeadLettersOf {
    topic: String,
    place: (Range<usize>, String),
    dead_lettering: DeadLettering,
}

struct Reader<'e, 's> {
    /// Whether an access key may be any text.
    without_sas: bool,
    /// Which names are taken.
    limits: Limits,
    dead_letters: Vec<DeadLettersOf>,
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
            namespace: table
                .get("namespace")
                .and_then(|value| value.table(self.errors))
                .map(|table| self.namespace(table))
                .unwrap_or_default(),
            basic_topics: self
                .list(table.get("basicTopics"), |reader, table| reader.basic(table, &mut names)),
            basic_topic_at_root: table
                .get("basicTopicAtRoot")
                .and_then(|value| value.boolean(self.errors))
                .unwrap_or_default(),
            domains: self.list(table.get("domains"), |reader, table| reader.basic(table, &mut names)),
            partner_namespaces: self
                .list(table.get("partnerNamespaces"), |reader, table| reader.partner(table, &mut names)),
            faults: table.get("faults").map(|value| self.faults(&value)).unwrap_or_default(),
        };
        table.finish(&[], self.errors);
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
                let names = elements.iter().filter_map(|name| name.text(self.errors)).map(str::to_owned);
                Some(TlsConfiguration::Development { folder, names: names.collect() })
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

    fn namespace(&mut self, mut table: Table<'_, '_>) -> NamespaceConfiguration {
        let mut names = Names::default();
        let namespace = NamespaceConfiguration {
            keys: self.keys(table.get("keys")),
            settings: self.settings(&mut table),
            topics: self.list(table.get("topics"), |reader, table| reader.topic(table, &mut names)),
        };
        table.finish(&[], self.errors);
        let has_topic =
            |name: &str| namespace.topics.iter().any(|topic| topic.name.eq_ignore_ascii_case(name));
        for DeadLettersOf { topic, place: (span, path), dead_lettering } in self.dead_letters.drain(..) {
            let checked = check_dead_lettering(Target::NamespaceTopic(&topic), &dead_lettering, has_topic);
            if let Err(error) = checked {
                self.errors.add(span, &path, error.to_string());
            }
        }
        namespace
    }

    fn topic(&mut self, mut table: Table<'_, '_>, names: &mut Names) -> Option<TopicConfiguration> {
        let name = self.name(&mut table, NameKind::Topic, names);
        let keys = self.keys(table.get("keys"));
        let settings = self.settings(&mut table);
        let mut names = Names::default();
        let event_subscriptions = self.list(table.get("eventSubscriptions"), |reader, table| {
            reader.subscription(table, name.as_deref(), &mut names)
        });
        table.finish(&["eventRetentionInDays", "inputSchema", "publisherType"], self.errors);
        Some(TopicConfiguration { name: name?, keys, settings, event_subscriptions })
    }

    fn subscription(
        &mut self,
        mut table: Table<'_, '_>,
        topic: Option<&str>,
        names: &mut Names,
    ) -> Option<EventSubscriptionConfiguration> {
        let name = self.name(&mut table, NameKind::Subscription, names);
        let settings = self.settings(&mut table);
        let filter = table.get("filtersConfiguration").and_then(|value| self.filter(&value));
        let dead_lettering = self.dead_lettering(&mut table, topic);
        table.finish(&RESERVED_OF_SUBSCRIPTIONS, self.errors);
        let filters_configuration = filter.unwrap_or_default();
        Some(EventSubscriptionConfiguration { name: name?, settings, filters_configuration, dead_lettering })
    }

    fn dead_lettering(&mut self, table: &mut Table<'_, '_>, topic: Option<&str>) -> Option<DeadLettering> {
        let delay = table.get("deadLetterDelayInSeconds");
        let seconds = delay.as_ref().and_then(|value| value.integer(0..=DAY_IN_SECONDS, self.errors));
        let Some(value) = table.get("deadLetterDestination") else {
            if let Some(delay) = delay {
                delay.wrong(
                    self.errors,
                    "there is no deadLetterDestination that this could be for: give one, too",
                );
            }
            return None;
        };
        let destination: DeadLetterDestination = value.deserialize(self.errors)?;
        let mut dead_lettering = DeadLettering::new(destination);
        dead_lettering.delay = seconds.map_or(dead_lettering.delay, Duration::from_secs);
        self.dead_letters.extend(topic.map(|topic| DeadLettersOf {
            topic: topic.to_owned(),
            place: value.place(),
            dead_lettering: dead_lettering.clone(),
        }));
        Some(dead_lettering)
    }

    fn filter(&mut self, value: &Value<'_, '_>) -> Option<NamespaceFilter> {
        let filter: NamespaceFilter = value.deserialize(self.errors)?;
        let options = compile_options(false, self.limits.of_filters());
        let compiled = Filter::from(filter.clone()).compile_with(&options);
        self.errors.keep(value, compiled.map(|_| filter).map_err(|error| error.to_string()))
    }

    fn settings(&mut self, table: &mut Table<'_, '_>) -> SubscriptionSettingsConfiguration {
        let seconds = table.get("receiveLockDurationInSeconds");
        let seconds = seconds.and_then(|value| value.integer(1..=DAY_IN_SECONDS, self.errors));
        let count = table.get("maxDeliveryCount");
        let count = count.and_then(|value| value.integer(1..=u64::from(u32::MAX), self.errors));
        let time_to_live = table.get("eventTimeToLive").and_then(|value| {
            let text = value.text(self.errors)?;
            self.errors.keep(&value, read_duration(text))
        });
        SubscriptionSettingsConfiguration {
            lock_duration: seconds.map(Duration::from_secs),
            max_delivery_count: count.and_then(|count| u32::try_from(count).ok()),
            time_to_live,
        }
    }

    fn basic(&mut self, mut table: Table<'_, '_>, names: &mut Names) -> Option<BasicResourceConfiguration> {
        let name = self.name(&mut table, NameKind::Resource, names);
        let input_schema = self.schema(&mut table, InputSchema::EventGrid);
        let keys = self.keys(table.get("keys"));
        table.finish(&["eventSubscriptions"], self.errors);
        Some(BasicResourceConfiguration { name: name?, input_schema, keys })
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
        let channels = self.list(channels, |reader, table| reader.channel(table, &mut names));
        table.finish(&[], self.errors);
        Some(PartnerNamespaceConfiguration { name: name?, keys, channels })
    }

    fn channel(&mut self, mut table: Table<'_, '_>, names: &mut Names) -> Option<ChannelConfiguration> {
        let name = self.name(&mut table, NameKind::Channel, names);
        let input_schema = self.schema(&mut table, InputSchema::CloudEvents);
        table.finish(&[], self.errors);
        Some(ChannelConfiguration { name: name?, input_schema })
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
