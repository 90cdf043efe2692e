//! Event subscriptions as TOML text, of every kind of topic.

use eventgrid_filters::{Filter, NamespaceFilter};

use super::super::model::{
    BasicSubscriptionConfiguration, DeliveryPropertyValue, DestinationConfiguration,
    EventSubscriptionConfiguration, PushConfiguration, TextSource,
};
use super::{Writer, path, string};
use crate::broker::{DeadLettering, PushEndpoint};
use crate::duration::write_duration;

impl Writer {
    pub(super) fn subscription(&mut self, header: &str, subscription: &EventSubscriptionConfiguration) {
        self.header(&format!("[[{header}]]"));
        self.field("name", string(&subscription.name));
        self.settings(&subscription.settings);
        self.dead_lettering(subscription.dead_lettering.as_ref());
        self.namespace_filter(&subscription.filters_configuration);
        let Some(push) = &subscription.push else { return };
        self.delivery_schema(push);
        self.header(&format!("[{header}.deliveryConfiguration]"));
        self.field("deliveryMode", string("Push"));
        self.header(&format!("[{header}.deliveryConfiguration.push]"));
        if let Some(attempts) = push.max_delivery_attempts {
            self.field("maxDeliveryCount", attempts);
        }
        if let Some(duration) = push.time_to_live {
            self.field("eventTimeToLive", string(&write_duration(duration)));
        }
        self.endpoint(&format!("{header}.deliveryConfiguration.push.destination"), push);
    }

    pub(super) fn basic_subscriptions(
        &mut self,
        header: &str,
        subscriptions: &[BasicSubscriptionConfiguration],
    ) {
        for subscription in subscriptions {
            self.header(&format!("[[{header}]]"));
            self.field("name", string(&subscription.name));
            self.settings(&subscription.settings);
            self.dead_lettering(subscription.dead_lettering.as_ref());
            self.filter(&subscription.filter);
            let Some(push) = &subscription.push else { continue };
            self.delivery_schema(push);
            if let Some(attempts) = push.max_delivery_attempts {
                self.field("retryPolicy.maxDeliveryAttempts", attempts);
            }
            if let Some(duration) = push.time_to_live {
                self.field("retryPolicy.eventTimeToLiveInMinutes", duration.as_secs() / 60);
            }
            self.endpoint(&format!("{header}.destination"), push);
        }
    }

    fn delivery_schema(&mut self, push: &PushConfiguration) {
        if let Some(schema) = push.schema {
            self.field("eventDeliverySchema", string(&schema.to_string()));
        }
    }

    fn endpoint(&mut self, header: &str, push: &PushConfiguration) {
        self.header(&format!("[{header}]"));
        match &push.destination {
            DestinationConfiguration::WebHook { url } => {
                self.field("endpointType", string("WebHook"));
                self.url(url);
            }
            DestinationConfiguration::NamespaceTopic { topic } => {
                self.field("endpointType", string("NamespaceTopic"));
                self.field("topic", string(topic));
            }
        }
        if let Some(events) = push.max_events_per_batch {
            self.field("maxEventsPerBatch", events);
        }
        if let Some(kilobytes) = push.preferred_batch_size_in_kilobytes {
            self.field("preferredBatchSizeInKilobytes", kilobytes);
        }
        let is_webhook = matches!(push.destination, DestinationConfiguration::WebHook { .. });
        if is_webhook && !push.handshake {
            self.field("handshake", false);
        }
        if let Some(failures) = push.probation_after_failures {
            self.field("probationAfterFailures", failures);
        }
        for property in &push.delivery_properties {
            self.header(&format!("[[{header}.deliveryAttributeMappings]]"));
            self.field("name", string(&property.name));
            match &property.value {
                DeliveryPropertyValue::Static { value, is_secret } => {
                    self.field("type", string("Static"));
                    self.field("isSecret", is_secret);
                    match source(value) {
                        Some(text) if self.secrets || !is_secret || value.is_elsewhere() => {
                            self.field("value", text);
                        }
                        _ => self.line("# value is not shown"),
                    }
                }
                DeliveryPropertyValue::Dynamic { source_field } => {
                    self.field("type", string("Dynamic"));
                    self.field("sourceField", string(source_field));
                }
            }
        }
    }

    /// A URL, without its query if secrets are not written.
    fn url(&mut self, url: &TextSource) {
        match (source(url), url.text()) {
            (Some(text), _) if self.secrets || url.is_elsewhere() => self.field("endpointUrl", text),
            (_, Some(text)) => match PushEndpoint::new(text.expose()) {
                Ok(endpoint) => {
                    self.field("endpointUrl", string(&endpoint.shown()));
                    if endpoint.url().is_some_and(|url| url.query().is_some()) {
                        self.line("# the query of endpointUrl is not shown");
                    }
                }
                Err(_) => self.line("# endpointUrl is not a URL, and is not shown"),
            },
            _ => {}
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
    fn namespace_filter(&mut self, filter: &NamespaceFilter) {
        if *filter != NamespaceFilter::default() {
            let filter = toml::Value::try_from(filter).expect("a filter has a form in TOML");
            self.field("filtersConfiguration", filter);
        }
    }

    fn filter(&mut self, filter: &Filter) {
        if *filter != Filter::new() {
            let filter = toml::Value::try_from(filter).expect("a filter has a form in TOML");
            self.field("filter", filter);
        }
    }
}

/// A text, or where it is, as TOML.
fn source(of: &TextSource) -> Option<String> {
    let named = of.environment_variable().map(|name| format!("{{ environment = {} }}", string(name)));
    named
        .or_else(|| of.path().map(|file| format!("{{ file = {} }}", path(file))))
        .or_else(|| of.text().map(|text| string(text.expose())))
}
