//! The member that says which topic an event is for: `topic` in the Event Grid schema, `source` of
//! a CloudEvent that goes to a domain.

use super::error::BasicError;

/// What that member may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum TopicMember<'r> {
    /// Anything.
    Free,
    /// Of an event for a custom topic: not there, or the resource id of the topic of that name.
    OfTopic(&'r str),
    /// Of an event for a domain: the name of a domain topic, or its resource id.
    OfDomain,
}

impl TopicMember<'_> {
    /// Checks `topic` of an event of the Event Grid schema.
    pub(super) fn check(&self, topic: Option<&str>) -> Result<(), BasicError> {
        let topic = topic.unwrap_or_default();
        match self {
            Self::OfDomain => check_domain_topic(topic),
            Self::OfTopic(name) if !topic.is_empty() && !is_resource_id_of(topic, name) => {
                Err(BasicError::input(format!(
                    "Property 'topic' was found to be set to '{topic}', but was expected to either be null/empty or be \
                     set to the resource id of the topic."
                )))
            }
            Self::OfTopic(_) | Self::Free => Ok(()),
        }
    }

    /// Checks `source` of a CloudEvent.
    pub(super) fn check_source(&self, source: &str) -> Result<(), BasicError> {
        if let Self::OfDomain = self { check_domain_topic(source) } else { Ok(()) }
    }
}

/// The message is the service's. What it takes for a name is not known, but a URL it is not.
fn check_domain_topic(topic: &str) -> Result<(), BasicError> {
    let is_name = !topic.is_empty() && !topic.contains(['/', ':']);
    if is_name || is_resource_id(topic) {
        return Ok(());
    }
    Err(BasicError::input(format!(
        "Required property 'topic' needs to either be a full resource id or should be just the name of the domain topic. \
         Found: {topic}."
    )))
}

/// Resource ids are compared without case.
fn is_resource_id(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with("/subscriptions/")
}

fn is_resource_id_of(text: &str, topic: &str) -> bool {
    let end = format!("/providers/microsoft.eventgrid/topics/{}", topic.to_ascii_lowercase());
    is_resource_id(text) && text.to_ascii_lowercase().ends_with(&end)
}
