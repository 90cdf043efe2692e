//! Which events of a topic a subscription takes.

use eventgrid_filters::{CompileOptions, CompiledFilter, FilterLimits};
use eventgrid_push::InputSchemaMapping;

use super::{Broker, Event, SubscriptionId, TopicId};

impl Broker {
    /// Sets or removes the filter of an event subscription. It applies to events that are published
    /// from then on; those in the queue stay there. Returns whether there is such a subscription.
    pub fn set_filter(&mut self, of: SubscriptionId, filter: Option<CompiledFilter>) -> bool {
        let Some(listed) = self.subscriptions.get_mut(of.0) else { return false };
        if let Some(topic) = self.topics.get_mut(listed.topic.0) {
            match &filter {
                Some(filter) => topic.filters.insert(of, filter),
                None => drop(topic.filters.remove(&of)),
            }
        }
        listed.filter = filter;
        #[cfg(feature = "data")]
        if let Some(tracked) = &mut self.tracked {
            tracked.note_options(of);
        }
        true
    }

    /// Compiles the filters of a topic anew that were compiled for another schema. The mapping is
    /// that of a custom schema.
    pub(crate) fn follow_schema(&mut self, topic: &str, mapping: Option<&InputSchemaMapping>) {
        let Some(topic) = self.topic(topic) else { return };
        for id in self.subscriptions(topic).to_vec() {
            let Some(filter) = self.filter(id) else { continue };
            // It was checked by limits that may be others now.
            let options = compile_options(mapping, FilterLimits::none());
            if !filter.options().has_schema_of(&options) {
                if let Ok(filter) = filter.filter().compile_with(&options) {
                    self.set_filter(id, Some(filter));
                }
            }
        }
    }

    /// The filter of an event subscription; `None` if it takes every event, or was removed.
    pub fn filter(&self, of: SubscriptionId) -> Option<&CompiledFilter> {
        self.subscriptions.get(of.0)?.filter.as_ref()
    }

    /// Which events go to which subscriptions with a filter: each subscription with the places of
    /// its events, in order. A text that is not an event matches no filter.
    pub(super) fn matching(&self, topic: TopicId, events: &[Event]) -> Vec<(SubscriptionId, usize)> {
        let Some(topic) = self.topics.get(topic.0).filter(|topic| !topic.filters.is_empty()) else {
            return Vec::new();
        };
        let mut matching = Vec::new();
        for (index, event) in events.iter().enumerate() {
            let ids = topic.filters.matching(event.json()).unwrap_or_default();
            matching.extend(ids.into_iter().map(|id| (*id, index)));
        }
        matching.sort_unstable();
        matching
    }
}

/// How a filter is compiled for a topic. The mapping is that of a custom schema.
pub(crate) fn compile_options(mapping: Option<&InputSchemaMapping>, limits: FilterLimits) -> CompileOptions {
    let options = CompileOptions::new().limits(limits);
    let Some(InputSchemaMapping { event_type, subject, .. }) = mapping else { return options };
    let [type_key, subject_key] =
        [event_type, subject].map(|field| field.source_field.clone().unwrap_or_default());
    options
        .custom_schema(type_key, subject_key)
        .custom_defaults(event_type.default_value.clone(), subject.default_value.clone())
}
