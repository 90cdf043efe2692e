//! A configuration as TOML text.

use std::fmt::Display;
use std::path::Path;

use eventgrid_filters::NamespaceFilter;
use serde::Serialize;
use toml_writer::{ToTomlValue as _, TomlStringBuilder};

use super::model::{
    BasicResourceConfiguration, Configuration, SubscriptionSettingsConfiguration, TlsConfiguration,
};
use super::value::schema_name;
use crate::accepted::InputSchema;
use crate::broker::DeadLettering;
use crate::duration::write_duration;
use crate::event::AttributeOrder;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::role::Role;
use crate::secret::Secret;

impl Configuration {
    /// Returns the configuration in TOML form, access keys and bearer tokens included:
    /// [`parse`](Self::parse) reads the same from it.
    pub fn to_toml(&self) -> String {
        Writer { text: String::new(), secrets: true }.configuration(self)
    }

    /// Returns the configuration in TOML form to look at. In place of access keys and bearer tokens
    /// it says in a comment how many there are.
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
    /// Whether access keys and bearer tokens are written.
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
        self.basic("[[basicTopics]]", &of.basic_topics);
        self.basic("[[domains]]", &of.domains);
        for namespace in &of.partner_namespaces {
            self.header("[[partnerNamespaces]]");
            self.field("name", string(&namespace.name));
            self.keys(&namespace.keys);
            for channel in &namespace.channels {
                self.header("[[partnerNamespaces.channels]]");
                self.field("name", string(&channel.name));
                self.schema(channel.input_schema);
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
        for topic in &namespace.topics {
            self.header("[[namespace.topics]]");
            self.field("name", string(&topic.name));
            self.keys(&topic.keys);
            self.settings(&topic.settings);
            for subscription in &topic.event_subscriptions {
                self.header("[[namespace.topics.eventSubscriptions]]");
                self.field("name", string(&subscription.name));
                self.settings(&subscription.settings);
                self.dead_lettering(subscription.dead_lettering.as_ref());
                self.filter(&subscription.filters_configuration);
            }
        }
    }

    /// In one line, since it is within a list of tables.
    fn dead_lettering(&mut self, dead_lettering: Option<&DeadLettering>) {
        if let Some(DeadLettering { destination, delay, .. }) = dead_lettering {
            let destination = toml::Value::try_from(destination).expect("a destination has a form in TOML");
            self.field("deadLetterDestination", destination);
            self.field("deadLetterDelayInSeconds", delay.as_secs());
        }
    }

    /// In one line, since it is within a list of tables.
    fn filter(&mut self, filter: &NamespaceFilter) {
        if *filter != NamespaceFilter::default() {
            let filter = toml::Value::try_from(filter).expect("a filter has a form in TOML");
            self.field("filtersConfiguration", filter);
        }
    }

    fn basic(&mut self, header: &str, resources: &[BasicResourceConfiguration]) {
        for resource in resources {
            self.header(header);
            self.field("name", string(&resource.name));
            self.schema(resource.input_schema);
            self.keys(&resource.keys);
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
