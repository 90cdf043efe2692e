//! From what a file says to an emulator.

#[cfg(feature = "tls")]
use std::{fs, io, path::Path};

use eventgrid_filters::Filter;

#[cfg(feature = "tls")]
use super::model::TlsConfiguration;
use super::model::{Configuration, SubscriptionSettingsConfiguration};
use crate::broker::{DeadLettering, SubscriptionSettings};
use crate::builder::EmulatorBuilder;
use crate::service::Emulator;

impl Configuration {
    /// Returns a builder with all that the configuration says, but for what is a server's alone:
    /// `listen`, `tls` and `dataFolder`.
    pub fn builder(&self) -> EmulatorBuilder {
        let mut builder = Emulator::builder().limits(self.limits).attribute_order(self.attribute_order);
        if self.without_sas {
            builder = builder.without_sas();
        }
        if self.without_authentication {
            builder = builder.without_authentication();
        }
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some(admin) = &self.admin {
            builder = builder.admin(&admin.listen);
            if let Some(token) = &admin.token {
                builder = builder.admin_token(token.expose());
            }
        }
        for key in &self.namespace.keys {
            builder = builder.key(key.expose());
        }
        for token in &self.bearer_tokens {
            builder = builder.bearer_token_with_roles(token.token.expose(), token.roles.iter().copied());
        }
        for topic in &self.namespace.topics {
            builder = builder.topic(&topic.name);
            for key in &topic.keys {
                builder = builder.topic_key(&topic.name, key.expose());
            }
        }
        for (topic, subscription, settings) in self.subscriptions() {
            builder = builder.subscription_with(topic, subscription, settings);
        }
        for (topic, subscription, filter) in self.filters() {
            builder = builder.subscription_filter(topic, subscription, filter);
        }
        for (topic, subscription, dead_lettering) in self.dead_lettering() {
            if let Some(dead_lettering) = dead_lettering {
                builder = builder.subscription_dead_lettering(topic, subscription, dead_lettering.clone());
            }
        }
        let builder = self.faults.iter().cloned().fold(builder, EmulatorBuilder::fault);
        self.add_basic(builder)
    }

    fn add_basic(&self, mut builder: EmulatorBuilder) -> EmulatorBuilder {
        for topic in &self.basic_topics {
            builder = builder.basic_topic(&topic.name, topic.input_schema);
        }
        if self.basic_topic_at_root {
            builder = builder.basic_topic_at_root();
        }
        for domain in &self.domains {
            builder = builder.domain(&domain.name, domain.input_schema);
        }
        for namespace in &self.partner_namespaces {
            for channel in &namespace.channels {
                builder = builder.partner_channel(&namespace.name, &channel.name, channel.input_schema);
            }
        }
        let basic = self.basic_topics.iter().chain(&self.domains).map(|it| (&it.name, &it.keys));
        for (name, keys) in basic.chain(self.partner_namespaces.iter().map(|it| (&it.name, &it.keys))) {
            for key in keys {
                builder = builder.resource_key(name, key.expose());
            }
        }
        builder
    }

    /// Returns the builder of a server with all that the configuration says, but for `listen`.
    /// Reads the files that `tls` names.
    ///
    /// # Errors
    /// If the certificate or the private key cannot be read; the error says which file.
    #[cfg(feature = "tls")]
    pub fn builder_with_tls(&self) -> io::Result<EmulatorBuilder> {
        let read = |path: &Path, what: &str| {
            fs::read(path).map_err(|error| {
                let message = format!("cannot read the {what} file {}: {error}", path.display());
                io::Error::new(error.kind(), message)
            })
        };
        let builder = self.builder();
        #[cfg(feature = "data")]
        let builder = match &self.data_folder {
            Some(folder) => builder.data(folder),
            None => builder,
        };
        Ok(match &self.tls {
            None => builder,
            Some(TlsConfiguration::Files { certificate, private_key }) => {
                builder.tls(read(certificate, "certificate")?, read(private_key, "private key")?)
            }
            Some(TlsConfiguration::Development { folder, names }) => {
                names.iter().fold(builder.tls_dev_in(folder), EmulatorBuilder::tls_name)
            }
        })
    }

    /// Each event subscription with its topic and the settings that it ends up with.
    pub fn subscriptions(&self) -> impl Iterator<Item = (&str, &str, SubscriptionSettings)> {
        self.namespace.topics.iter().flat_map(move |topic| {
            topic.event_subscriptions.iter().map(move |subscription| {
                let layers = [subscription.settings, topic.settings, self.namespace.settings];
                (&*topic.name, &*subscription.name, SubscriptionSettingsConfiguration::resolve(layers))
            })
        })
    }
}

impl Configuration {
    /// Each event subscription with its topic and its filter.
    pub(super) fn filters(&self) -> impl Iterator<Item = (&str, &str, Filter)> {
        self.namespace.topics.iter().flat_map(|topic| {
            topic.event_subscriptions.iter().map(|subscription| {
                let filter = Filter::from(subscription.filters_configuration.clone());
                (&*topic.name, &*subscription.name, filter)
            })
        })
    }
}

impl Configuration {
    /// Each event subscription with its topic and where its dead letters go.
    pub(super) fn dead_lettering(&self) -> impl Iterator<Item = (&str, &str, Option<&DeadLettering>)> {
        self.namespace.topics.iter().flat_map(|topic| {
            topic
                .event_subscriptions
                .iter()
                .map(|subscription| (&*topic.name, &*subscription.name, subscription.dead_lettering.as_ref()))
        })
    }
}

impl SubscriptionSettingsConfiguration {
    /// The settings that the first layer says, or else the next one, or else the service's
    /// defaults.
    fn resolve(layers: [Self; 3]) -> SubscriptionSettings {
        let default = SubscriptionSettings::default();
        SubscriptionSettings {
            lock_duration: layers.iter().find_map(|it| it.lock_duration).unwrap_or(default.lock_duration),
            max_delivery_count: layers
                .iter()
                .find_map(|it| it.max_delivery_count)
                .unwrap_or(default.max_delivery_count),
            time_to_live: layers.iter().find_map(|it| it.time_to_live).unwrap_or(default.time_to_live),
        }
    }
}
