//! How the events of an event subscription are written for its endpoint.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use eventgrid_push::{
    DeliverySchema, EventConverter, InputSchemaMapping, Publication, PushSettings, PushedEvent,
};
use http::Uri;

use super::super::Emulator;
use super::super::basic::BasicResources;
use super::endpoint::{own_schema, push_input};
use crate::accepted::{InputSchema, TargetKind};
use crate::broker::{PushDestination, SubscriptionId, TakenEvent};
use crate::target::Target;
use crate::topic_id::TopicId;

/// How the events of an event subscription are written for its endpoint. `Debug` does not show the
/// query of the URL.
pub(in crate::service) struct PushForm {
    pub(super) topic: String,
    /// As the admin API names it.
    pub(super) topic_id: String,
    pub(super) subscription: String,
    pub(super) destination: PushDestination,
    pub(super) settings: PushSettings,
    /// `None` if events are delivered as they were published.
    converter: Option<EventConverter>,
    /// Whether those of the topic that are CloudEvents are delivered as they were published.
    keeps_cloud_events: bool,
    /// The resource id of the topic.
    resource: String,
    is_of_domain: bool,
    /// Where attributes are in events of a custom schema.
    mapping: Option<InputSchemaMapping>,
    /// What it was made for: another schema of the topic makes it another form.
    basic: Arc<BasicResources>,
}

/// The forms that were needed so far, since many pushes have one.
#[derive(Debug, Default)]
pub(in crate::service) struct PushForms(HashMap<SubscriptionId, Arc<PushForm>>);

impl PushForms {
    /// The endpoint of an event subscription is another one.
    pub(super) fn forget(&mut self, id: SubscriptionId) {
        self.0.remove(&id);
    }
}

impl PushForm {
    /// The URL; `None` if events are published to a topic of the namespace.
    pub(super) fn url(&self) -> Option<&Uri> {
        match &self.destination {
            PushDestination::Url(url) => Some(url),
            PushDestination::NamespaceTopic(_) => None,
        }
    }

    /// The resource id of the topic.
    pub(super) fn resource(&self) -> &str {
        &self.resource
    }

    /// The event as the endpoint gets it, if that is as it was published.
    pub(super) fn published_text<'e>(&self, event: &'e TakenEvent) -> Option<&'e str> {
        let is_kept = || self.keeps_cloud_events && event.event.attribute("specversion").is_some();
        (self.converter.is_none() || is_kept()).then(|| event.event.json())
    }

    /// Whether events may have to be converted.
    pub(super) fn converts(&self) -> bool {
        self.converter.is_some()
    }

    /// The event as the endpoint gets it, if it has to be converted; `None` if it cannot be written
    /// so.
    pub(super) fn converted_text(&self, event: &TakenEvent) -> Option<String> {
        let converter = self.converter.as_ref()?;
        let (id, time) = (event.id().to_string(), event.published.to_string());
        converter.convert(event.event.json(), &Publication::new(&self.topic_of(event), &id, &time)).ok()
    }

    /// The event as it is put into a request: as it was published, or as it was converted to;
    /// `None` if it cannot be written in the schema of the endpoint.
    pub(super) fn pushed<'e>(
        &self,
        event: &'e TakenEvent,
        converted: Option<&'e str>,
    ) -> Option<PushedEvent<'e>> {
        let (schema, published) = (self.settings.schema(), self.published_text(event));
        match published {
            Some(text) if schema == DeliverySchema::CloudEvents && event.event.is_cloud_event() => {
                Some(PushedEvent::of_checked_cloud_event(text))
            }
            _ => PushedEvent::parse(schema, published.or(converted)?).ok(),
        }
    }

    /// The resource id of the topic of an event: the one that it has, as an event of an Azure
    /// service does; that of a domain topic, if it names one; or else that of the topic.
    fn topic_of(&self, event: &TakenEvent) -> Cow<'_, str> {
        let named = match &self.mapping {
            Some(mapping) => mapping.topic_of(event.event.json()).ok().flatten(),
            None => event
                .event
                .attribute("topic")
                .and_then(|topic| topic.reader().string().ok().map(|topic| topic.to_cow().into_owned())),
        };
        match named {
            Some(id) if id.starts_with("/subscriptions/") => Cow::Owned(id),
            Some(topic) if self.is_of_domain => Cow::Owned(format!("{}/topics/{topic}", self.resource)),
            _ => Cow::Borrowed(&self.resource),
        }
    }
}

impl fmt::Debug for PushForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushForm")
            .field("topic", &self.topic)
            .field("subscription", &self.subscription)
            .field("destination", &self.destination.shown())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// The form of an event subscription that has an endpoint.
    pub(super) fn push_form(&mut self, id: SubscriptionId) -> Option<Arc<PushForm>> {
        let known = self.push_forms.0.get(&id);
        if let Some(form) = known.filter(|form| Arc::ptr_eq(&form.basic, &self.basic)) {
            return Some(Arc::clone(form));
        }
        let form = Arc::new(self.make_push_form(id)?);
        let broker = self.namespace.broker();
        self.push_forms.0.retain(|id, _| broker.push_endpoint(*id).is_some());
        self.push_forms.0.insert(id, Arc::clone(&form));
        Some(form)
    }

    fn make_push_form(&self, id: SubscriptionId) -> Option<PushForm> {
        let broker = self.namespace.broker();
        let (topic, name) = (broker.topic_name(broker.topic_of(id)?)?, broker.subscription_name(id)?);
        let endpoint = broker.push_endpoint(id)?;
        let mut basic = self.basic.targets_with_schemas();
        let basic = basic.find(|(target, _)| target.topic_name().eq_ignore_ascii_case(topic));
        let (target, schema) =
            basic.unwrap_or((Target::NamespaceTopic(topic), Some(InputSchema::CloudEvents)));
        let is_feed = endpoint.topic().is_some();
        // A topic that takes any schema has CloudEvents and events of Event Grid.
        let keeps_cloud_events = is_feed && schema.is_none();
        let schema = if keeps_cloud_events { Some(InputSchema::EventGrid) } else { schema };
        // What the topic takes may be another schema since the endpoint was given.
        let mapping = self.mapping_of(target);
        let input = || push_input(schema, mapping.as_ref());
        let is_possible = |wanted: &DeliverySchema| EventConverter::new(input(), *wanted).is_ok();
        let wanted = if is_feed { Some(DeliverySchema::CloudEvents) } else { endpoint.schema() };
        let delivered = wanted.filter(is_possible).unwrap_or(own_schema(schema));
        let is_as_published = schema == Some(InputSchema::CloudEvents);
        let converter = EventConverter::new(input(), delivered).ok()?;
        let settings =
            PushSettings::new(delivered, name).ok()?.with_properties(endpoint.properties().clone());
        let settings = match endpoint.batching() {
            Some(batching) => settings.with_batching(batching),
            None => settings,
        };
        Some(PushForm {
            topic: topic.to_owned(),
            topic_id: TopicId::text(target),
            subscription: name.to_owned(),
            destination: endpoint.destination().clone(),
            settings,
            converter: (!is_as_published).then_some(converter),
            keeps_cloud_events,
            resource: resource_id(target),
            is_of_domain: target.parts().0 == TargetKind::Domain,
            mapping,
            basic: Arc::clone(&self.basic),
        })
    }
}

/// The id that Azure Resource Manager has for a topic, within a made-up subscription.
fn resource_id(target: Target<'_>) -> String {
    let path = match target {
        Target::NamespaceTopic(topic) => format!("namespaces/emulator/topics/{topic}"),
        Target::BasicTopic("") => "topics/emulator".to_owned(),
        Target::BasicTopic(name) => format!("topics/{name}"),
        Target::Domain(name) => format!("domains/{name}"),
        Target::PartnerChannel { namespace, channel } => {
            format!("partnerNamespaces/{namespace}/channels/{channel}")
        }
    };
    format!(
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/emulator/providers/Microsoft.EventGrid/{path}"
    )
}
