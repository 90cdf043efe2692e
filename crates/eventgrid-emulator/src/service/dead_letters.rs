//! Dead letters as a program sees them: where they go, which there are, what becomes of them.

use std::path::PathBuf;

use eventgrid_push::{DeliverySchema, EventConverter, InputSchema as PushInput, Publication};

use super::Emulator;
use crate::accepted::InputSchema;
use crate::broker::{
    DeadLetter, DeadLetterDestination, DeadLettering, DeadLetters, DueDeadLetter, Event, SubscriptionId,
    UnknownDeadLetter, basic_form, namespace_form,
};
use crate::dead_letter_path::{basic_path, namespace_path};
use crate::target::Target;

/// Why a dead-letter destination cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeadLetteringError {
    /// Give the path of a folder.
    #[error("the path of the folder for dead letters is empty")]
    EmptyFolder,
    /// Give another topic: dead letters would come back to the event subscription again and again.
    #[error("dead letters cannot go to {}, the topic that they come from: give another topic", shown(.topic))]
    OwnTopic {
        /// The name of the topic.
        topic: String,
    },
    /// Create the topic.
    #[error("dead letters cannot go to the topic {}, which does not exist: create it", shown(.topic))]
    UnknownTopic {
        /// The name of the topic.
        topic: String,
    },
    /// Give a folder or a list: topics of a namespace have `CloudEvents`.
    #[error(
        "dead letters of another schema than CloudEvents cannot go to the topic {} of the namespace: give a folder or \
         a list",
        shown(.topic)
    )]
    OtherSchema {
        /// The name of the topic.
        topic: String,
    },
}

/// At most 64 characters of a name, without line breaks.
fn shown(name: &str) -> String {
    format!("{:?}", name.chars().take(64).collect::<String>())
}

/// A dead letter that is due to be written to a file.
///
/// A server and an in-process emulator write it themselves. A program that uses an [`Emulator`]
/// without them must write `content` to the file at `path` within `folder`, and report by
/// [`dead_letter_written`](Emulator::dead_letter_written) whether that worked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeadLetterFile {
    /// The folder that stands for the service's container.
    pub folder: PathBuf,
    /// The path within it: names with slashes between them, the last of which ends with `.json`. It
    /// is the same if the file is written again.
    pub path: PathBuf,
    /// An array with one dead letter, as JSON.
    pub content: String,
    of: SubscriptionId,
    sequence_number: u64,
}

/// The time of these calls is the one to which [`advance`](Self::advance) has come.
impl Emulator {
    /// Sets where the dead letters of an event subscription go from now on; with `None` an event
    /// that dies is counted and dropped. Dead letters that are in the list go to the new folder or
    /// topic: at the planned time if they had one, otherwise at once. Returns whether there is such
    /// an event subscription.
    ///
    /// ```
    /// use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering};
    /// use eventgrid_emulator::{Emulator, Target};
    ///
    /// let mut emulator = Emulator::builder().subscription("orders", "billing").build()?;
    /// let orders = Target::NamespaceTopic("orders");
    /// let list = DeadLettering::new(DeadLetterDestination::List);
    /// assert!(emulator.set_dead_lettering(orders, "billing", Some(list))?);
    /// assert_eq!(emulator.dead_letters(orders, "billing", 0, 10).unwrap().letters.len(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If a folder has no path; or if a topic does not exist, is that of the event subscription, or
    /// would get events of a basic topic that are not `CloudEvents`. Nothing is changed then.
    pub fn set_dead_lettering(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        dead_lettering: Option<DeadLettering>,
    ) -> Result<bool, DeadLetteringError> {
        if let Some(dead_lettering) = &dead_lettering {
            self.check_dead_lettering(target, dead_lettering)?;
        }
        let Some(id) = self.subscription(target, subscription) else { return Ok(false) };
        Ok(self.namespace.change(id, |broker, now| broker.set_dead_lettering(now, id, dead_lettering)))
    }

    /// # Errors
    /// As those of [`set_dead_lettering`](Self::set_dead_lettering).
    pub(crate) fn check_dead_lettering(
        &self,
        target: Target<'_>,
        dead_lettering: &DeadLettering,
    ) -> Result<(), DeadLetteringError> {
        let has_topic = |name: &str| !name.starts_with('/') && self.namespace.broker().topic(name).is_some();
        let schema = self.topic_overview(target).and_then(|topic| topic.schema);
        check_dead_lettering((target, schema), dead_lettering, has_topic)
    }

    /// Gives an event subscription of the namespace a destination that was checked, if it has
    /// another one.
    pub(crate) fn ensure_dead_lettering(&mut self, topic: &str, name: &str, wanted: Option<&DeadLettering>) {
        let id = self.subscription(Target::NamespaceTopic(topic), name);
        if let Some(id) = id.filter(|id| self.namespace.broker().dead_lettering(*id) != wanted) {
            let wanted = wanted.cloned();
            self.namespace.change(id, |broker, now| broker.set_dead_lettering(now, id, wanted));
        }
    }

    /// Where the dead letters of an event subscription go; `None` if they are dropped, or there is
    /// no such event subscription.
    pub fn dead_lettering(&self, target: Target<'_>, subscription: &str) -> Option<&DeadLettering> {
        self.namespace.broker().dead_lettering(self.subscription(target, subscription)?)
    }

    /// Looks at up to `max_letters` of the dead letters in the list of an event subscription, from
    /// a sequence number on. Those that go to a folder or a topic are in the list until they were
    /// moved. `None` if there is no such event subscription.
    pub fn dead_letters(
        &self,
        target: Target<'_>,
        subscription: &str,
        from: u64,
        max_letters: usize,
    ) -> Option<DeadLetters> {
        let id = self.subscription(target, subscription)?;
        Some(self.namespace.broker().dead_letters(id, from, max_letters))
    }

    /// Looks at a dead letter by its sequence number; `None` if it is not in the list.
    pub fn dead_letter(
        &self,
        target: Target<'_>,
        subscription: &str,
        sequence_number: u64,
    ) -> Option<DeadLetter> {
        let id = self.subscription(target, subscription)?;
        self.namespace.broker().dead_letter(id, sequence_number)
    }

    /// Publishes a dead letter to its event subscription again, and to no other: the same event
    /// with its `id`, not delivered yet, with its full time to live and a new sequence number. It
    /// is counted as published once more, and still counted as dead.
    ///
    /// # Errors
    /// [`UnknownDeadLetter`], if it is not in the list, or there is no such event subscription.
    pub fn resend_dead_letter(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        sequence_number: u64,
    ) -> Result<(), UnknownDeadLetter> {
        let id = self.subscription(target, subscription).ok_or(UnknownDeadLetter)?;
        self.change(id, |broker, now| broker.resend_dead_letter(now, id, sequence_number))
    }

    /// Does the same with all dead letters in the list. Returns their number; `None` if there is no
    /// such event subscription.
    pub fn resend_dead_letters(&mut self, target: Target<'_>, subscription: &str) -> Option<usize> {
        let id = self.subscription(target, subscription)?;
        Some(self.change(id, |broker, now| broker.resend_dead_letters(now, id)))
    }

    /// Removes a dead letter.
    ///
    /// # Errors
    /// [`UnknownDeadLetter`], if it is not in the list, or there is no such event subscription.
    pub fn remove_dead_letter(
        &mut self,
        target: Target<'_>,
        subscription: &str,
        sequence_number: u64,
    ) -> Result<(), UnknownDeadLetter> {
        let id = self.subscription(target, subscription).ok_or(UnknownDeadLetter)?;
        self.namespace.with_broker(|broker, _| broker.remove_dead_letter(id, sequence_number))
    }

    /// Removes all dead letters in the list. Returns how many there were; `None` if there is no
    /// such event subscription.
    pub fn remove_dead_letters(&mut self, target: Target<'_>, subscription: &str) -> Option<usize> {
        let id = self.subscription(target, subscription)?;
        Some(self.namespace.with_broker(|broker, _| broker.remove_dead_letters(id)))
    }

    /// Takes up to `max_files` of the dead letters that are due to be written to files, each once.
    /// They stay in their lists until [`dead_letter_written`](Self::dead_letter_written) is called.
    pub fn take_due_dead_letters(&mut self, max_files: usize) -> Vec<DeadLetterFile> {
        let due = self.namespace.with_broker(|broker, _| broker.take_due_dead_letters(max_files));
        due.into_iter().filter_map(|due| self.dead_letter_file(due)).collect()
    }

    /// Reports whether a dead letter was written. If it was, it is removed from its list. Otherwise
    /// it is due again after 10 seconds, a minute, and then every five minutes for two days; after
    /// that it stays in the list. Does nothing if the dead letter was sent again or removed
    /// meanwhile.
    pub fn dead_letter_written(&mut self, file: &DeadLetterFile, was_written: bool) {
        let (of, number) = (file.of, file.sequence_number);
        self.namespace.with_broker(|broker, now| broker.dead_letter_has_left(now, of, number, was_written));
    }

    /// The dead letter with its event in the Event Grid schema, if a mapping says how: that of a
    /// topic with a custom schema.
    fn in_event_grid_schema(&self, topic: &str, mut letter: DeadLetter) -> DeadLetter {
        let mut targets = self.basic.targets();
        let target = targets.find(|target| target.topic_name().eq_ignore_ascii_case(topic));
        let mapping = target.and_then(|target| self.basic.mapping(target));
        let converter = mapping.and_then(|mapping| {
            EventConverter::new(PushInput::Custom(mapping.clone()), DeliverySchema::EventGrid).ok()
        });
        let (id, time) = (letter.sequence_number.to_string(), letter.published.to_string());
        let event_grid = converter.and_then(|converter| {
            converter.convert(letter.event.json(), &Publication::new(topic, &id, &time)).ok()
        });
        if let Some(event) = event_grid.and_then(|json| Event::from_json(json).ok()) {
            letter.event = event;
        }
        letter
    }

    fn dead_letter_file(&self, due: DueDeadLetter) -> Option<DeadLetterFile> {
        let broker = self.namespace.broker();
        let DueDeadLetter { of, folder, id, letter } = due;
        let topic = broker.topic_of(of)?;
        let (topic, name) = (broker.topic_name(topic)?, broker.subscription_name(of)?);
        let time = letter.leaves.unwrap_or(letter.died);
        // The topics of the broker that begin with a slash are those of basic topics and such.
        let (path, content) = if topic.starts_with('/') {
            (basic_path(name, time, id), basic_form(&self.in_event_grid_schema(topic, letter.clone())))
        } else {
            (namespace_path(topic, name, time, id), namespace_form(&letter))
        };
        Some(DeadLetterFile { folder, path, content, of, sequence_number: letter.sequence_number })
    }
}

/// Checks where the dead letters of an event subscription go, whose target takes events of that
/// schema, or of any.
pub(crate) fn check_dead_lettering(
    (target, schema): (Target<'_>, Option<InputSchema>),
    dead_lettering: &DeadLettering,
    has_topic: impl FnOnce(&str) -> bool,
) -> Result<(), DeadLetteringError> {
    let same_name = |topic: &str| target.topic_name().eq_ignore_ascii_case(topic);
    match &dead_lettering.destination {
        DeadLetterDestination::Folder(path) if path.as_os_str().is_empty() => {
            Err(DeadLetteringError::EmptyFolder)
        }
        DeadLetterDestination::Topic(topic) if same_name(topic) => {
            Err(DeadLetteringError::OwnTopic { topic: topic.clone() })
        }
        DeadLetterDestination::Topic(topic) if !has_topic(topic) => {
            Err(DeadLetteringError::UnknownTopic { topic: topic.clone() })
        }
        DeadLetterDestination::Topic(topic) if schema != Some(InputSchema::CloudEvents) => {
            Err(DeadLetteringError::OtherSchema { topic: topic.clone() })
        }
        _ => Ok(()),
    }
}
