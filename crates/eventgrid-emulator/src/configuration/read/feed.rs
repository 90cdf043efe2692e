//! The destination `NamespaceTopic`: events of a basic topic, a domain or a channel are published
//! to a topic of the namespace.

use std::ops::Range;

use super::super::model::PushConfiguration;
use super::super::table::Table;
use super::Reader;
use crate::service::PushEndpointError;

/// A topic of the namespace that is fed, to be checked when all topics are known.
pub(super) struct FedTopic {
    name: String,
    place: (Range<usize>, String),
}

impl Reader<'_, '_> {
    /// The topic, by its name or by its resource id.
    pub(super) fn fed_topic(&mut self, mut table: Table<'_, '_>) -> Option<PushConfiguration> {
        let (topic, resource) = (table.get("topic"), table.get("resourceId"));
        let found = match (topic, resource) {
            (Some(value), None) => value.text(self.errors).map(|name| (name, value)),
            (None, Some(value)) => {
                let name = value.text(self.errors).map(|id| {
                    topic_of_resource(id).ok_or_else(|| {
                        "expected the resource id of a topic of a namespace, which ends with \
                         /providers/Microsoft.EventGrid/namespaces/NAMESPACE/topics/TOPIC"
                            .to_owned()
                    })
                });
                name.and_then(|name| self.errors.keep(&value, name)).map(|name| (name, value))
            }
            _ => {
                let message = "NamespaceTopic needs the topic of the namespace that events are published to: give \
                               either topic, its name, or resourceId";
                table.wrong(self.errors, message);
                None
            }
        };
        table.finish(&[], self.errors);
        let (name, value) = found?;
        self.feeds.push(FedTopic { name: name.to_owned(), place: value.place() });
        Some(PushConfiguration::namespace_topic(name))
    }

    /// Checks which topics are fed, now that all topics of the namespace are known.
    pub(super) fn check_fed_topics(&mut self, has_topic: impl Fn(&str) -> bool) {
        for FedTopic { name, place: (span, path) } in self.feeds.drain(..) {
            if !has_topic(&name) {
                let error = PushEndpointError::UnknownTopic { topic: name };
                self.errors.add(span, &path, error.to_string());
            }
        }
    }
}

/// The name of a topic of a namespace, of its resource id in Azure Resource Manager: compared
/// without case, as ids are.
fn topic_of_resource(id: &str) -> Option<&str> {
    let mut parts = id.trim_end_matches('/').rsplit('/');
    let [topic, topics, namespace, namespaces, provider] = [(); 5].map(|()| parts.next().unwrap_or_default());
    let words = [(topics, "topics"), (namespaces, "namespaces"), (provider, "Microsoft.EventGrid")];
    let is_id = words.iter().all(|(part, word)| part.eq_ignore_ascii_case(word));
    (is_id && !topic.is_empty() && !namespace.is_empty()).then_some(topic)
}
