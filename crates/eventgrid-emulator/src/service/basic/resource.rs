//! What events can be published to, and how each takes them.

use std::collections::HashMap;

use bytes::Bytes;
use eventgrid_push::InputSchemaMapping;
use http::{HeaderMap, Method, Request};

use super::cloud_events;
use super::error::BasicError;
use super::event_grid_events;
use super::json::SchemaName;
use super::topic_member::TopicMember;
use super::{API_VERSION, MAX_BODY};
use crate::accepted::{Accepted, InputSchema, TargetKind};
use crate::broker::Event;
use crate::limits::Limits;
use crate::service::query::parameter;
use crate::target::Target;

/// All the topics, domains and partner namespaces, by their names in lower case, and the topic
/// without a name, if there is one, that takes any schema.
#[derive(Debug, Clone, Default)]
pub(crate) struct BasicResources {
    at_root: Option<Resource>,
    named: HashMap<String, Resource>,
    limits: Limits,
}

/// A topic, a domain or a partner namespace.
#[derive(Debug, Clone)]
pub(in crate::service) struct Resource {
    name: String,
    kind: Kind,
    limits: Limits,
    /// Where attributes are in its custom schema, if that was said.
    mapping: Option<InputSchemaMapping>,
}

#[derive(Debug, Clone)]
enum Kind {
    AnySchemaTopic,
    Topic(InputSchema),
    Domain(InputSchema),
    /// The channels by their names in lower case, each with its name as it was given.
    PartnerNamespace(HashMap<String, (String, InputSchema)>),
}

impl BasicResources {
    /// None of them, with these limits for those that are added.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Adds the topic that takes any schema.
    pub(crate) fn add_topic_at_root(&mut self) {
        self.at_root = Some(Resource::new("", Kind::AnySchemaTopic, self.limits));
    }

    pub(crate) fn add_topic(&mut self, name: &str, schema: InputSchema) {
        self.add(name, Kind::Topic(schema));
    }

    pub(crate) fn add_domain(&mut self, name: &str, schema: InputSchema) {
        self.add(name, Kind::Domain(schema));
    }

    /// Adds a channel to a partner namespace, which is added too if it is a new one.
    pub(crate) fn add_channel(&mut self, name: &str, channel: &str, schema: InputSchema) {
        let key = name.to_ascii_lowercase();
        if !self.named.contains_key(&key) {
            self.add(name, Kind::PartnerNamespace(HashMap::new()));
        }
        if let Some(Resource { kind: Kind::PartnerNamespace(channels), .. }) = self.named.get_mut(&key) {
            channels.insert(channel.to_ascii_lowercase(), (channel.to_owned(), schema));
        }
    }

    /// Says where attributes are in events of a topic or a domain, if it is there and its schema is
    /// a custom one.
    pub(crate) fn set_mapping(&mut self, name: &str, mapping: InputSchemaMapping) {
        if let Some(resource) = self.named.get_mut(&name.to_ascii_lowercase()) {
            if matches!(resource.kind, Kind::Topic(InputSchema::Custom) | Kind::Domain(InputSchema::Custom)) {
                resource.mapping = Some(mapping);
            }
        }
    }

    /// Where attributes are in events of a target, if that was said.
    pub(in crate::service) fn mapping(&self, target: Target<'_>) -> Option<&InputSchemaMapping> {
        match target {
            Target::BasicTopic(name) | Target::Domain(name) => self.named(name)?.mapping.as_ref(),
            _ => None,
        }
    }

    /// What it has and the other has not.
    #[cfg(feature = "configuration")]
    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        rest.at_root = rest.at_root.filter(|_| other.at_root.is_none());
        rest.named.retain(|name, resource| {
            match (&mut resource.kind, other.named.get(name).map(|it| &it.kind)) {
                (_, None) => true,
                (Kind::PartnerNamespace(channels), Some(Kind::PartnerNamespace(others))) => {
                    channels.retain(|name, _| !others.contains_key(name));
                    !channels.is_empty()
                }
                _ => false,
            }
        });
        rest
    }

    /// Adds what the other has beside.
    #[cfg(any(feature = "configuration", feature = "data"))]
    pub(crate) fn add_missing(&mut self, other: Self) {
        self.at_root = self.at_root.take().or(other.at_root);
        for (name, resource) in other.named {
            match (self.named.get_mut(&name).map(|known| &mut known.kind), resource.kind) {
                (None, kind) => drop(self.named.insert(name, Resource { kind, ..resource })),
                (Some(Kind::PartnerNamespace(channels)), Kind::PartnerNamespace(others)) => {
                    for (name, channel) in others {
                        channels.entry(name).or_insert(channel);
                    }
                }
                _ => {}
            }
        }
    }

    pub(in crate::service) fn at_root(&self) -> Option<&Resource> {
        self.at_root.as_ref()
    }

    pub(in crate::service) fn named(&self, name: &str) -> Option<&Resource> {
        self.named.get(&name.to_ascii_lowercase())
    }

    /// Everything that can be published to.
    pub(in crate::service) fn targets(&self) -> impl Iterator<Item = Target<'_>> {
        self.at_root.iter().chain(self.named.values()).flat_map(Resource::targets)
    }

    pub(in crate::service) fn limits(&self) -> Limits {
        self.limits
    }

    /// The same, each with the schema that it takes; with none if it takes any.
    pub(crate) fn targets_with_schemas(&self) -> impl Iterator<Item = (Target<'_>, Option<InputSchema>)> {
        let all = self.at_root.iter().chain(self.named.values());
        all.flat_map(|resource| {
            resource.targets().into_iter().map(|target| (target, resource.schema_of(target)))
        })
    }

    fn add(&mut self, name: &str, kind: Kind) {
        self.named.insert(name.to_ascii_lowercase(), Resource::new(name, kind, self.limits));
    }
}

impl Resource {
    /// The header that names the channel of a partner namespace.
    pub(in crate::service) const CHANNEL: &str = "aeg-channel-name";

    fn new(name: &str, kind: Kind, limits: Limits) -> Self {
        Self { name: name.to_owned(), kind, limits, mapping: None }
    }

    /// Its name; empty for the topic that takes any schema.
    pub(in crate::service) fn name(&self) -> &str {
        &self.name
    }

    /// What the events of a request with these headers go to; a channel without a name if there is
    /// no such channel.
    pub(in crate::service) fn target(&self, headers: &HeaderMap) -> Target<'_> {
        match &self.kind {
            Kind::AnySchemaTopic | Kind::Topic(_) => Target::BasicTopic(&self.name),
            Kind::Domain(_) => Target::Domain(&self.name),
            Kind::PartnerNamespace(channels) => {
                let name = headers.get(Resource::CHANNEL).and_then(|name| name.to_str().ok());
                let channel = name.and_then(|name| channels.get(&name.to_ascii_lowercase()));
                let channel = channel.map_or("", |(name, _)| name);
                Target::PartnerChannel { namespace: &self.name, channel }
            }
        }
    }

    /// Takes the events of a request whose credential is good: all of them or none.
    pub(in crate::service) fn publish(&self, request: &Request<Bytes>) -> Result<Accepted, BasicError> {
        if request.method() != Method::POST {
            return Err(BasicError::method_not_allowed(request.method()));
        }
        let api_version = parameter(request.uri().query().unwrap_or_default(), "api-version");
        // The documentation's own examples have none.
        if let Some(version) = api_version.as_deref().filter(|version| *version != API_VERSION) {
            return Err(BasicError::version(request, version));
        }
        if request.body().len() > MAX_BODY {
            return Err(BasicError::too_large(MAX_BODY));
        }
        let (headers, body) = (request.headers(), request.body());
        let (channel, schema, topic) = match &self.kind {
            Kind::AnySchemaTopic => (None, schema_of(headers, body, self.limits)?, TopicMember::Free),
            Kind::Topic(schema) => (None, *schema, TopicMember::OfTopic(&self.name)),
            Kind::Domain(schema) => (None, *schema, TopicMember::OfDomain),
            Kind::PartnerNamespace(channels) => {
                let (channel, schema) = channel(channels, headers)?;
                (Some(channel), schema, TopicMember::Free)
            }
        };
        let events = match schema {
            InputSchema::EventGrid => event_grid_events::events(body, &topic, self.limits)?,
            InputSchema::CloudEvents => cloud_events::events(headers, body, &topic, self.limits)?,
            InputSchema::Custom => custom_events(body, self.limits)?,
        };
        Ok(Accepted {
            target: self.target_kind(),
            name: self.name.clone(),
            channel: channel.map(str::to_owned),
            schema,
            api_version: api_version.map(Into::into),
            headers: Accepted::headers_of(headers),
            events,
        })
    }

    fn targets(&self) -> Vec<Target<'_>> {
        let name = &*self.name;
        match &self.kind {
            Kind::AnySchemaTopic | Kind::Topic(_) => vec![Target::BasicTopic(name)],
            Kind::Domain(_) => vec![Target::Domain(name)],
            Kind::PartnerNamespace(channels) => {
                let all = channels.values();
                all.map(|(channel, _)| Target::PartnerChannel { namespace: name, channel }).collect()
            }
        }
    }

    fn schema_of(&self, target: Target<'_>) -> Option<InputSchema> {
        match (&self.kind, target) {
            (Kind::Topic(schema) | Kind::Domain(schema), _) => Some(*schema),
            (Kind::PartnerNamespace(channels), Target::PartnerChannel { channel, .. }) => {
                channels.get(&channel.to_ascii_lowercase()).map(|(_, schema)| *schema)
            }
            _ => None,
        }
    }

    fn target_kind(&self) -> TargetKind {
        match self.kind {
            Kind::AnySchemaTopic | Kind::Topic(_) => TargetKind::BasicTopic,
            Kind::Domain(_) => TargetKind::Domain,
            Kind::PartnerNamespace(_) => TargetKind::PartnerChannel,
        }
    }
}

/// The channel that a request is for, and its schema.
fn channel<'c>(
    channels: &'c HashMap<String, (String, InputSchema)>,
    headers: &HeaderMap,
) -> Result<(&'c str, InputSchema), BasicError> {
    let name = headers.get(Resource::CHANNEL).ok_or_else(BasicError::no_channel)?;
    let name = String::from_utf8_lossy(name.as_bytes());
    match channels.get(&name.to_ascii_lowercase()) {
        Some((channel, schema)) => Ok((channel, *schema)),
        None => Err(BasicError::channel_not_found(&name)),
    }
}

/// The schema that a request seems to have: CloudEvents by its media type, the Event Grid schema by
/// the members of its first event, and else custom events.
fn schema_of(headers: &HeaderMap, body: &[u8], limits: Limits) -> Result<InputSchema, BasicError> {
    if cloud_events::count(headers).is_some() {
        return Ok(InputSchema::CloudEvents);
    }
    let first = SchemaName::Custom.members(SchemaName::Custom.array(body, limits)?[0])?;
    Ok(if event_grid_events::is_one(&first) { InputSchema::EventGrid } else { InputSchema::Custom })
}

/// An array of objects, whatever their members. How members are mapped to those of an event is
/// configuration of the service, so a domain topic is not looked for.
fn custom_events(body: &[u8], limits: Limits) -> Result<Vec<Event>, BasicError> {
    let elements = SchemaName::Custom.array(body, limits)?;
    elements
        .into_iter()
        .map(|element| SchemaName::Custom.members(element).map(|_| Event::from_raw(element)))
        .collect()
}
