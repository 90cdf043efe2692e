//! All event subscriptions of a configuration, of every kind of topic, as they end up.

use std::net::SocketAddr;

use eventgrid_filters::Filter;
use eventgrid_push::DeliveryTier;

use super::model::{
    BasicSubscriptionConfiguration, Configuration, PushConfiguration, SubscriptionSettingsConfiguration,
};
use crate::broker::{DeadLettering, SubscriptionSettings};
use crate::configuration_error::PushSettingError;
use crate::push_targets::PushTargets;
use crate::service::EventSubscriptionOptions;
use crate::target::Target;
use crate::topic_id::TopicId;

/// An event subscription of a configuration, with all its options.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConfiguredSubscription<'c> {
    /// What it is a subscription of.
    pub target: Target<'c>,
    /// Its name.
    pub name: &'c str,
    /// Its options, or why they are not valid.
    pub options: Result<EventSubscriptionOptions, PushSettingError>,
}

impl Configuration {
    /// Each event subscription of a topic of the namespace, with its topic and its resulting
    /// settings.
    pub fn subscriptions(&self) -> impl Iterator<Item = (&str, &str, SubscriptionSettings)> {
        self.namespace.topics.iter().flat_map(move |topic| {
            topic.event_subscriptions.iter().map(move |subscription| {
                let layers = [subscription.settings, topic.settings, self.namespace.settings];
                (&*topic.name, &*subscription.name, SubscriptionSettingsConfiguration::resolve(&layers))
            })
        })
    }

    /// Each event subscription of every kind of topic.
    pub fn event_subscriptions(&self) -> impl Iterator<Item = ConfiguredSubscription<'_>> {
        let of_namespace = self.namespace.topics.iter().flat_map(|topic| &topic.event_subscriptions);
        let of_namespace = self.subscriptions().zip(of_namespace).map(|((topic, name, settings), said)| {
            let filter = Filter::from(said.filters_configuration.clone());
            let (dead_lettering, push) = (said.dead_lettering.as_ref(), said.push.as_ref());
            let options = options(settings, filter, dead_lettering, push, DeliveryTier::Namespace);
            ConfiguredSubscription { target: Target::NamespaceTopic(topic), name, options }
        });
        let topics =
            self.basic_topics.iter().map(|it| (Target::BasicTopic(&it.name), &it.event_subscriptions));
        let domains = self.domains.iter().map(|it| (Target::Domain(&it.name), &it.event_subscriptions));
        let channels = self.partner_namespaces.iter().flat_map(|namespace| {
            namespace.channels.iter().map(|channel| {
                let target = Target::PartnerChannel { namespace: &namespace.name, channel: &channel.name };
                (target, &channel.event_subscriptions)
            })
        });
        let of_basic = topics.chain(domains).chain(channels).flat_map(|(target, subscriptions)| {
            subscriptions.iter().map(move |subscription| of_basic(target, subscription))
        });
        of_namespace.chain(of_basic)
    }
}

impl Configuration {
    /// What is said of endpoints that events are pushed to and that cannot be reached, or perhaps
    /// not: a line for each, with its event subscription and what to do. Such a push would fail
    /// with these words in the delivery log. No name is resolved.
    ///
    /// ```
    /// use eventgrid_emulator::configuration::{Configuration, PushConfiguration, TextSource};
    ///
    /// let mut configuration = Configuration::default();
    /// let billing = configuration.topic("orders").event_subscription("billing");
    /// billing.push = Some(PushConfiguration::new(TextSource::new("http://10.0.0.7/events")));
    /// assert_eq!(
    ///     configuration.unreachable_endpoints(),
    ///     ["event subscription orders/billing: events are not pushed to 10.0.0.7, which is 10.0.0.7 and not this \
    ///       machine: allow the host by its name if they are to go there"]
    /// );
    /// configuration.push.allowed_hosts.push("10.0.0.7".to_owned());
    /// assert!(configuration.unreachable_endpoints().is_empty());
    /// ```
    pub fn unreachable_endpoints(&self) -> Vec<String> {
        let admin = self.admin.iter().map(|admin| &admin.listen);
        let own = self.listen.iter().chain(admin).filter_map(|listen| own_address(listen)).collect();
        let targets = PushTargets::new(self.push.allowed_hosts.clone(), own);
        let all =
            self.event_subscriptions().filter_map(|ConfiguredSubscription { target, name, options }| {
                let options = options.ok()?;
                let refused = targets.check_url(options.wanted_push_endpoint()?.url()?).err()?;
                Some(format!("event subscription {}/{name}: {refused}", TopicId::text(target)))
            });
        all.collect()
    }
}

/// An address to listen on, if that is known without resolving a name.
fn own_address(listen: &str) -> Option<SocketAddr> {
    let local = listen.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    local.as_deref().unwrap_or(listen).parse().ok()
}

fn of_basic<'c>(
    target: Target<'c>,
    subscription: &'c BasicSubscriptionConfiguration,
) -> ConfiguredSubscription<'c> {
    let settings = SubscriptionSettingsConfiguration::resolve(&[subscription.settings]);
    let (filter, dead_lettering) = (subscription.filter.clone(), subscription.dead_lettering.as_ref());
    let options = options(settings, filter, dead_lettering, subscription.push.as_ref(), DeliveryTier::Basic);
    ConfiguredSubscription { target, name: &subscription.name, options }
}

fn options(
    settings: SubscriptionSettings,
    filter: Filter,
    dead_lettering: Option<&DeadLettering>,
    push: Option<&PushConfiguration>,
    tier: DeliveryTier,
) -> Result<EventSubscriptionOptions, PushSettingError> {
    let mut options = EventSubscriptionOptions::new().settings(settings).filter(filter);
    if let Some(dead_lettering) = dead_lettering {
        options = options.dead_lettering(dead_lettering.clone());
    }
    if let Some(push) = push {
        options = options.push_endpoint(push.endpoint(tier)?);
    }
    Ok(options)
}
