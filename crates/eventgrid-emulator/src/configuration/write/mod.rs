//! A configuration as TOML text.

mod subscription;

use std::fmt::Display;
use std::path::Path;

use serde::Serialize;
use toml_writer::{ToTomlValue as _, TomlStringBuilder};

use super::mapping::FileMapping;
use super::model::{
    BasicResourceConfiguration, Configuration, PushTargetsConfiguration, SubscriptionSettingsConfiguration,
    TlsConfiguration,
};
use super::value::schema_name;
use crate::accepted::InputSchema;
use crate::duration::write_duration;
use crate::event::AttributeOrder;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::role::Role;
use crate::secret::Secret;

impl Configuration {
    /// Returns the configuration in TOML form, access keys and other secrets included:
    /// [`parse`](Self::parse) reads the same from it.
    pub fn to_toml(&self) -> String {
        Writer { text: String::new(), secrets: true }.configuration(self)
    }

    /// Returns the configuration in TOML form to look at. In place of access keys and bearer tokens
    /// it says in a comment how many there are. Secret delivery properties and queries of URLs are
    /// left out.
    pub fn to_toml_without_secrets(&self) -> String {
        Writer { text: String::new(), secrets: false }.configuration(self)
    }
}

/// The last part of a file.
#[derive(Serialize)]
struct Faults<'a> {
    faults: &'a [Fault],
}

struct Writer {
    text: String,
    /// Whether access keys, bearer tokens and other secrets are written.
    secrets: bool,
}

impl Writer {
    fn configuration(mut self, of: &Configuration) -> String {
        match &of.listen[..] {
            [] => {}
            [address] => self.field("listen", string(address)),
            addresses => self.field("listen", list(addresses.iter().map(|address| string(address)))),
        }
        if let Some(folder) = &of.data_folder {
            self.field("dataFolder", path(folder));
        }
        if of.without_sas {
            self.field("sas", false);
        }
        if of.without_authentication {
            self.field("authentication", false);
        }
        if let Some(seed) = of.seed {
            self.field("seed", seed);
        }
        if of.limits != Limits::default() {
            self.field("limits", string(&of.limits.to_string()));
        }
        if of.attribute_order != AttributeOrder::default() {
            self.field("attributeOrder", string(&of.attribute_order.to_string()));
        }
        if of.basic_topic_at_root {
            self.field("basicTopicAtRoot", true);
        }
        for token in &of.bearer_tokens {
            self.header("[[bearerTokens]]");
            if self.secrets {
                self.field("token", string(token.token.expose()));
            } else {
                self.line("# token is not shown");
            }
            self.field("roles", list(token.roles.iter().map(|role: &Role| string(&role.to_string()))));
        }
        if let Some(admin) = &of.admin {
            self.header("[admin]");
            self.field("listen", string(&admin.listen));
            match &admin.token {
                Some(token) if self.secrets => self.field("token", string(token.expose())),
                Some(_) => self.line("# token is not shown"),
                None => {}
            }
        }
        let PushTargetsConfiguration { allowed_hosts, callback } = &of.push;
        if of.push != PushTargetsConfiguration::default() {
            self.header("[push]");
        }
        if !allowed_hosts.is_empty() {
            self.field("allowedHosts", list(allowed_hosts.iter().map(|host| string(host))));
        }
        if let Some(callback) = callback {
            self.field("callback", string(callback));
        }
        match &of.tls {
            None => {}
            Some(TlsConfiguration::Files { certificate, private_key }) => {
                self.header("[tls]");
                self.field("certificate", path(certificate));
                self.field("privateKey", path(private_key));
            }
            Some(TlsConfiguration::Development { folder, names }) => {
                self.header("[tls]");
                self.field("developmentFolder", path(folder));
                if !names.is_empty() {
                    self.field("names", list(names.iter().map(|name| string(name))));
                }
            }
        }
        self.namespace(of);
        self.basic("basicTopics", &of.basic_topics);
        self.basic("domains", &of.domains);
        for namespace in &of.partner_namespaces {
            self.header("[[partnerNamespaces]]");
            self.field("name", string(&namespace.name));
            self.keys(&namespace.keys);
            for channel in &namespace.channels {
                self.header("[[partnerNamespaces.channels]]");
                self.field("name", string(&channel.name));
                self.schema(channel.input_schema);
                let header = "partnerNamespaces.channels.eventSubscriptions";
                self.basic_subscriptions(header, &channel.event_subscriptions);
            }
        }
        if !of.faults.is_empty() {
            self.text.push('\n');
            let faults = toml::to_string(&Faults { faults: &of.faults });
            self.text.push_str(&faults.expect("a fault has a form in TOML"));
        }
        self.text
    }

    fn namespace(&mut self, of: &Configuration) {
        let namespace = &of.namespace;
        self.header("[namespace]");
        self.keys(&namespace.keys);
        self.settings(&namespace.settings);
        if let Some(topic) = &namespace.mqtt.route_to {
            self.field("mqtt.routeTo", string(topic));
        }
        for topic in &namespace.topics {
            self.header("[[namespace.topics]]");
            self.field("name", string(&topic.name));
            self.keys(&topic.keys);
            self.settings(&topic.settings);
            for subscription in &topic.event_subscriptions {
                self.subscription("namespace.topics.eventSubscriptions", subscription);
            }
        }
    }

    fn basic(&mut self, header: &str, resources: &[BasicResourceConfiguration]) {
        for resource in resources {
            self.header(&format!("[[{header}]]"));
            self.field("name", string(&resource.name));
            self.schema(resource.input_schema);
            if let Some(mapping) = &resource.input_schema_mapping {
                let mapping = toml::Value::try_from(FileMapping::from(mapping));
                self.field("inputSchemaMapping", mapping.expect("a mapping has a form in TOML"));
            }
            self.keys(&resource.keys);
            self.basic_subscriptions(&format!("{header}.eventSubscriptions"), &resource.event_subscriptions);
        }
    }

    fn settings(&mut self, settings: &SubscriptionSettingsConfiguration) {
        if let Some(duration) = settings.lock_duration {
            self.field("receiveLockDurationInSeconds", duration.as_secs());
        }
        if let Some(count) = settings.max_delivery_count {
            self.field("maxDeliveryCount", count);
        }
        if let Some(duration) = settings.time_to_live {
            self.field("eventTimeToLive", string(&write_duration(duration)));
        }
    }

    fn schema(&mut self, schema: InputSchema) {
        self.field("inputSchema", string(schema_name(schema)));
    }

    fn keys(&mut self, keys: &[Secret]) {
        if keys.is_empty() {
            return;
        }
        if self.secrets {
            self.field("keys", list(keys.iter().map(|key| string(key.expose()))));
        } else {
            self.line(&format!("# keys: {}, not shown", keys.len()));
        }
    }

    /// The start of a table, after an empty line.
    fn header(&mut self, header: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.line(header);
    }

    fn field(&mut self, name: &str, value: impl Display) {
        self.line(&format!("{name} = {value}"));
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A text as TOML writes it, in one line.
pub(super) fn string(text: &str) -> String {
    TomlStringBuilder::new(text).as_basic().to_toml_value()
}

fn path(path: &Path) -> String {
    // A path that was read from a file is UTF-8.
    string(&path.to_string_lossy())
}

fn list(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(", "))
}
