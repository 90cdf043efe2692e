//! What changes from one configuration to the next.

use std::collections::BTreeMap;
use std::fmt;

use eventgrid_push::InputSchemaMapping;

use super::event_subscriptions::ConfiguredSubscription;
use super::model::Configuration;
use crate::accepted::InputSchema;
use crate::configuration_error::PushSettingError;
use crate::service::EventSubscriptionOptions;
use crate::topic_id::TopicId;

/// What changes from one configuration to the next. Names are compared without case, as the service
/// compares them. They are in alphabetical order, spelled as in the next configuration, or as in
/// the previous one if they are removed.
///
/// Its text has one line for each change, such as `+ event subscription orders/billing`. It does
/// not contain keys and tokens.
///
/// ```
/// use eventgrid_emulator::configuration::{Configuration, Difference};
///
/// let before = Configuration::parse("[[namespace.topics]]\nname = 'orders'")?;
/// let after = Configuration::parse("seed = 1\n[[namespace.topics]]\nname = 'returns'")?;
/// let difference = Difference::between(&before, &after);
/// assert_eq!(difference.added_topics, ["returns"]);
/// assert_eq!(difference.removed_topics, ["orders"]);
/// assert_eq!(difference.needs_restart, ["seed"]);
/// # Ok::<(), eventgrid_emulator::configuration::FileErrors>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Topics of the namespace that are new.
    pub added_topics: Vec<String>,
    /// Topics of the namespace that are gone, with their event subscriptions and all their events.
    pub removed_topics: Vec<String>,
    /// Event subscriptions that are new, each with its topic: `orders`, `basicTopic:invoices`,
    /// `domain:shops` or `partnerChannel:contoso:news`.
    pub added_subscriptions: Vec<(String, String)>,
    /// Event subscriptions that are gone with all their events, each with its topic.
    pub removed_subscriptions: Vec<(String, String)>,
    /// Event subscriptions with other settings, another filter, another dead-letter destination or
    /// another endpoint, each with its topic. Existing locks keep their ends.
    pub changed_subscriptions: Vec<(String, String)>,
    /// Basic topics, domains and partner namespaces that are new, gone, or have other schemas,
    /// mappings or channels.
    pub changed_resources: Vec<String>,
    /// Whether access keys, bearer tokens or roles change, or whether signatures or all requests
    /// are accepted.
    pub credentials_changed: bool,
    /// Changed fields that take effect at once: `attributeOrder`, `faults`, `limits`,
    /// `namespace.mqtt`.
    pub changed_fields: Vec<&'static str>,
    /// Changed fields that take effect only after a restart.
    pub needs_restart: Vec<&'static str>,
}

impl Difference {
    /// What changes from `before` to `after`.
    pub fn between(before: &Configuration, after: &Configuration) -> Self {
        let topics = Changes::between(&topics(before), &topics(after));
        let subscriptions = Changes::between(&subscriptions(before), &subscriptions(after));
        let resources = Changes::between(&resources(before), &resources(after));
        let mut changed_resources = [resources.added, resources.removed, resources.changed].concat();
        changed_resources.sort();
        let others = |fields: &[(&'static str, bool)]| {
            fields.iter().filter(|(_, is_other)| *is_other).map(|(field, _)| *field).collect()
        };
        let changed_fields = others(&[
            ("attributeOrder", before.attribute_order != after.attribute_order),
            ("faults", before.faults != after.faults),
            ("limits", before.limits != after.limits),
            ("namespace.mqtt", before.namespace.mqtt != after.namespace.mqtt),
        ]);
        let needs_restart = others(&[
            ("admin", before.admin != after.admin),
            ("dataFolder", before.data_folder != after.data_folder),
            ("listen", before.listen != after.listen),
            ("push", before.push != after.push),
            ("seed", before.seed != after.seed),
            ("tls", before.tls != after.tls),
        ]);
        Self {
            added_topics: topics.added,
            removed_topics: topics.removed,
            added_subscriptions: subscriptions.added,
            removed_subscriptions: subscriptions.removed,
            changed_subscriptions: subscriptions.changed,
            changed_resources,
            credentials_changed: have_other_credentials(before, after),
            changed_fields,
            needs_restart,
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        lines.extend(self.added_topics.iter().map(|name| format!("+ topic {name}")));
        lines.extend(self.removed_topics.iter().map(|name| format!("- topic {name}")));
        for (sign, subscriptions) in [
            ('+', &self.added_subscriptions),
            ('-', &self.removed_subscriptions),
            ('~', &self.changed_subscriptions),
        ] {
            let line = |(topic, name): &(String, String)| format!("{sign} event subscription {topic}/{name}");
            lines.extend(subscriptions.iter().map(line));
        }
        lines.extend(self.changed_resources.iter().map(|name| format!("~ basic resource {name}")));
        lines.extend(self.credentials_changed.then(|| "~ credentials".to_owned()));
        lines.extend(self.changed_fields.iter().map(|field| format!("~ {field}")));
        lines.extend(self.needs_restart.iter().map(|field| format!("! {field} needs a restart")));
        f.write_str(&lines.join("\n"))
    }
}

/// Things by their names in lower case, with the names as they are spelled.
type Named<N, T> = BTreeMap<N, (N, T)>;

struct Changes<N> {
    added: Vec<N>,
    removed: Vec<N>,
    changed: Vec<N>,
}

impl<N: Ord + Clone> Changes<N> {
    fn between<T: PartialEq>(before: &Named<N, T>, after: &Named<N, T>) -> Self {
        let not_in = |these: &Named<N, T>, those: &Named<N, T>| {
            let others = these.iter().filter(|(key, _)| !those.contains_key(*key));
            others.map(|(_, (name, _))| name.clone()).collect()
        };
        let is_other = |key: &N, value: &T| before.get(key).is_some_and(|(_, other)| other != value);
        let changed = after.iter().filter(|(key, (_, value))| is_other(key, value));
        Self {
            added: not_in(after, before),
            removed: not_in(before, after),
            changed: changed.map(|(_, (name, _))| name.clone()).collect(),
        }
    }
}

fn topics(of: &Configuration) -> Named<String, ()> {
    let topics = of.namespace.topics.iter();
    topics.map(|topic| (topic.name.to_ascii_lowercase(), (topic.name.clone(), ()))).collect()
}

/// All that is said of an event subscription.
type Said = Result<EventSubscriptionOptions, PushSettingError>;

fn subscriptions(of: &Configuration) -> Named<(String, String), Said> {
    let all = of.event_subscriptions().map(|ConfiguredSubscription { target, name, options }| {
        let topic = TopicId::text(target);
        let key = (topic.to_ascii_lowercase(), name.to_ascii_lowercase());
        (key, ((topic, name.to_owned()), options))
    });
    all.collect()
}

/// What kind of thing is at a path, and what it takes.
#[derive(PartialEq)]
enum Resource {
    AtRoot,
    Topic(InputSchema, Option<InputSchemaMapping>),
    Domain(InputSchema, Option<InputSchemaMapping>),
    PartnerNamespace(Vec<(String, InputSchema)>),
}

fn resources(of: &Configuration) -> Named<String, Resource> {
    let topics = of
        .basic_topics
        .iter()
        .map(|it| (&it.name, Resource::Topic(it.input_schema, it.input_schema_mapping.clone())));
    let domains = of
        .domains
        .iter()
        .map(|it| (&it.name, Resource::Domain(it.input_schema, it.input_schema_mapping.clone())));
    let partner_namespaces = of.partner_namespaces.iter().map(|it| {
        let channel =
            |channel: &super::model::ChannelConfiguration| (channel.name.clone(), channel.input_schema);
        let mut channels: Vec<_> = it.channels.iter().map(channel).collect();
        channels.sort_by(|one, other| one.0.cmp(&other.0));
        (&it.name, Resource::PartnerNamespace(channels))
    });
    let all = topics.chain(domains).chain(partner_namespaces);
    let mut all: Named<_, _> =
        all.map(|(name, resource)| (name.to_ascii_lowercase(), (name.clone(), resource))).collect();
    if of.basic_topic_at_root {
        let path = "/api/events".to_owned();
        all.insert(path.clone(), (path, Resource::AtRoot));
    }
    all
}

fn have_other_credentials(before: &Configuration, after: &Configuration) -> bool {
    let keys = |of: &Configuration| {
        let basic = of.basic_topics.iter().chain(&of.domains).map(|it| (it.name.clone(), it.keys.clone()));
        let all = basic.chain(of.partner_namespaces.iter().map(|it| (it.name.clone(), it.keys.clone())));
        all.filter(|(_, keys)| !keys.is_empty()).collect::<BTreeMap<_, _>>()
    };
    let topic_keys = |of: &Configuration| {
        let topics = of.namespace.topics.iter().filter(|topic| !topic.keys.is_empty());
        topics.map(|it| (it.name.to_ascii_lowercase(), it.keys.clone())).collect::<BTreeMap<_, _>>()
    };
    before.namespace.keys != after.namespace.keys
        || before.bearer_tokens != after.bearer_tokens
        || before.without_sas != after.without_sas
        || before.without_authentication != after.without_authentication
        || topic_keys(before) != topic_keys(after)
        || keys(before) != keys(after)
}
