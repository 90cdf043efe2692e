//! From what a file says to an emulator.

#[cfg(feature = "tls")]
use std::{fs, io, path::Path};

use super::event_subscriptions::ConfiguredSubscription;
use super::model::Configuration;
#[cfg(feature = "tls")]
use super::model::TlsConfiguration;
use crate::builder::EmulatorBuilder;
use crate::configuration_error::ConfigurationError;
use crate::service::Emulator;
use crate::topic_id::TopicId;

impl Configuration {
    /// Returns a builder with everything in the configuration except what only a server uses:
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
        if let Some(callback) = &self.push.callback {
            builder = builder.push_callback(callback);
        }
        for host in &self.push.allowed_hosts {
            builder = builder.push_host(host);
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
        if let Some(topic) = &self.namespace.mqtt.route_to {
            builder = builder.route_mqtt_to(topic);
        }
        for ConfiguredSubscription { target, name, options } in self.event_subscriptions() {
            builder = match options {
                Ok(options) => builder.subscription_of(target, name, options),
                Err(source) => {
                    let name = format!("{}/{name}", TopicId::of(target));
                    builder.refused(ConfigurationError::PushSetting { name, source })
                }
            };
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
        for resource in self.basic_topics.iter().chain(&self.domains) {
            if let Some(mapping) = &resource.input_schema_mapping {
                builder = builder.input_schema_mapping(&resource.name, mapping.clone());
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

    /// Returns the builder of a server with everything in the configuration except `listen`. Reads
    /// the files of `tls`.
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
}
