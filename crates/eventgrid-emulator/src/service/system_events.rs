//! Events as Azure services publish them, published here without one.

use std::cmp::Reverse;

use eventgrid::system_events::SystemEvent;
use eventgrid_push::{DeliverySchema, SampleEvent};

use super::Emulator;
use super::basic;
use super::pushes::FEED_AT_ONCE;
use crate::accepted::{InputSchema, TargetKind};
use crate::broker::Event;
use crate::target::Target;

/// Why a system event cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SystemEventError {
    /// Create the topic, or name another one.
    #[error("the event cannot be published to a topic that is not there: create it")]
    UnknownTopic,
    /// Set its parts to something else.
    #[error("the event is not one that the topic takes: {message}")]
    Invalid {
        /// What is wrong, in the words of the service.
        message: String,
    },
}

/// The time of these calls is the one to which [`advance`](Self::advance) has come.
impl Emulator {
    /// Publishes an event as an Azure service would, such as that of a blob that was created, to a
    /// topic of any kind. It is in the schema of the topic: `CloudEvents` for the namespace, the
    /// Event Grid schema for a topic with a custom schema or with any. It needs no credential, and
    /// is not among the publishes that [`accepted`](Self::accepted) returns.
    ///
    /// ```
    /// use eventgrid::system_events::SystemEvent;
    /// use eventgrid_emulator::broker::SubscriptionSettings;
    /// use eventgrid_emulator::eventgrid_push::SampleEvent;
    /// use eventgrid_emulator::{Emulator, InputSchema, Target};
    ///
    /// let mut emulator = Emulator::builder().basic_topic("photos", InputSchema::EventGrid).build()?;
    /// let photos = Target::BasicTopic("photos");
    /// emulator.create_subscription(photos, "thumbnails", SubscriptionSettings::default());
    /// let created = SampleEvent::new(SystemEvent::StorageBlobCreated, "1", "2024-06-01T12:00:00Z")
    ///     .with("data.url", "https://example.blob.core.windows.net/photos/cat.png")?;
    /// emulator.publish_system_event(photos, &created)?;
    /// assert_eq!(emulator.stats_of(photos, "thumbnails").unwrap().queued, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such topic, or if the topic refuses the event because of a part that was set.
    pub fn publish_system_event(
        &mut self,
        target: Target<'_>,
        sample: &SampleEvent,
    ) -> Result<(), SystemEventError> {
        let event = self.system_event(target, sample)?;
        let topic = self.topic(target).ok_or(SystemEventError::UnknownTopic)?;
        self.namespace.publish(topic, &[event]);
        self.feed_topics(FEED_AT_ONCE);
        Ok(())
    }

    /// The event as the topic has it.
    fn system_event(&self, target: Target<'_>, sample: &SampleEvent) -> Result<Event, SystemEventError> {
        let topic = self.topic_overview(target).ok_or(SystemEventError::UnknownTopic)?;
        let is_of_domain = topic.kind == TargetKind::Domain;
        let invalid = |message| SystemEventError::Invalid { message };
        let json = sample.to_json(match topic.schema {
            Some(InputSchema::CloudEvents) => DeliverySchema::CloudEvents,
            _ => DeliverySchema::EventGrid,
        });
        match topic.schema {
            Some(InputSchema::CloudEvents) if target.is_in_namespace() => {
                self.namespace.event(&json).map_err(|error| invalid(error.into_message()))
            }
            schema => {
                let schema = schema.unwrap_or(InputSchema::EventGrid);
                let event = basic::event(&json, schema, is_of_domain, self.limits());
                event.map_err(|error| invalid(error.into_message()))
            }
        }
    }
}

/// The types of system events whose names are nearest to a text, the nearest first.
pub(crate) fn nearest_types(text: &str, count: usize) -> Vec<&'static str> {
    let wanted = text.to_ascii_lowercase();
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let mut all: Vec<_> = SystemEvent::all()
        .map(|event| {
            let name = event.event_type().to_ascii_lowercase();
            let whole = strsim::jaro_winkler(&wanted, &name);
            // People know the end of the name, and not always the service.
            let end = strsim::jaro_winkler(&last(&wanted), &last(&name));
            (whole + end, event.event_type())
        })
        .collect();
    all.sort_by(|one, other| {
        Reverse(one.0).partial_cmp(&Reverse(other.0)).unwrap_or(std::cmp::Ordering::Equal)
    });
    all.into_iter().take(count).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_that_are_nearest_to_a_text_have_its_letters_or_its_end() {
        for (text, expected) in [
            ("Microsoft.Storage.BlobCreate", "Microsoft.Storage.BlobCreated"),
            ("microsoft.storage.blobcreated", "Microsoft.Storage.BlobCreated"),
            ("BlobDeleted", "Microsoft.Storage.BlobDeleted"),
            ("Microsoft.Devices.DeviceTelemetri", "Microsoft.Devices.DeviceTelemetry"),
        ] {
            let nearest = nearest_types(text, 3);
            assert_eq!((nearest.len(), nearest[0]), (3, expected), "{text}: {nearest:?}");
        }
        assert_eq!(nearest_types("", 3).len(), 3);
    }
}
