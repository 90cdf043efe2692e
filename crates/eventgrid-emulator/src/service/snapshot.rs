//! The whole state of an emulator as data, to be restored by a later run.

use std::sync::Arc;

use eventgrid_push::InputSchemaMapping;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Emulator;
use super::basic::BasicResources;
use crate::accepted::{InputSchema, TargetKind, UnknownSchema};
use crate::broker::{ReadTopics, TopicSnapshot};
use crate::limits::Limits;
use crate::mqtt::{RetainedMessages, RetainedSnapshot};
use crate::target::Target;
use crate::time::UnixTime;

/// The form that this version writes and reads.
const VERSION: u32 = 1;

/// The state of an emulator at a moment: topics of every kind, event subscriptions with their
/// settings and counts, all events with their locks and delays, the messages that the MQTT broker
/// retains, and the clock.
///
/// Lock tokens stay what they are, and times are absolute. Not in it are credentials, what was
/// accepted, receives that wait, and the seed. Its form in JSON is documented as that of the admin
/// API.
///
/// ```
/// use eventgrid_emulator::broker::SubscriptionSettings;
/// use eventgrid_emulator::{Emulator, Target};
///
/// let first = Emulator::builder().subscription("orders", "billing").in_process()?;
/// let text = serde_json::to_string(&first.snapshot())?;
///
/// let second = Emulator::builder().in_process()?;
/// second.restore(&serde_json::from_str(&text)?)?;
/// assert_eq!(second.stats("orders", "billing").unwrap().published, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Snapshot(SnapshotContent);

/// What a snapshot says.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Snapshot")]
pub(crate) struct SnapshotContent {
    /// The version of this form: 1.
    version: u32,
    /// The emulator's time: RFC 3339, as all times.
    time: String,
    /// Whether the clock stood still.
    is_stopped: bool,
    /// What there is beside the topics of the namespace.
    basic_resources: Vec<ResourceSnapshot>,
    /// The topics of the namespace by their names, the others by their paths.
    topics: Vec<TopicSnapshot>,
    /// The messages that the MQTT broker retains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    retained_messages: Vec<RetainedSnapshot>,
}

/// A basic topic, a domain or a channel of a partner namespace.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
struct ResourceSnapshot {
    kind: ResourceKind,
    /// Empty for the basic topic at `/api/events`.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// `eventgrid`, `cloudevents` or `custom`; any without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    input_schema: Option<String>,
    /// As Azure Resource Manager has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    input_schema_mapping: Option<InputSchemaMapping>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
enum ResourceKind {
    BasicTopic,
    Domain,
    PartnerChannel,
}

/// A snapshot that cannot be restored. The text names the place of the error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot cannot be restored: {0}")]
pub struct SnapshotError(String);

impl Snapshot {
    /// The emulator's time when it was made. `None` if the snapshot is not valid.
    pub fn time(&self) -> Option<UnixTime> {
        UnixTime::parse(&self.0.time)
    }
}

impl Emulator {
    /// Its whole state. With a million events this takes some seconds, in which it handles no
    /// requests.
    pub fn snapshot(&self) -> Snapshot {
        let clock = self.clock();
        Snapshot(SnapshotContent {
            version: VERSION,
            time: clock.time.to_string(),
            is_stopped: clock.is_stopped,
            basic_resources: resources(&self.basic),
            topics: self.namespace.broker().snapshot(),
            retained_messages: self.mqtt.retained.snapshot(self.namespace.now()),
        })
    }

    /// Puts the state of a snapshot in place of its own, but for the clock. Receives that wait get
    /// a response without events. On an error nothing is changed.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        let content = &snapshot.0;
        if content.version != VERSION {
            let message = format!("its version is {}, and this emulator reads {VERSION}", content.version);
            return Err(SnapshotError(message));
        }
        snapshot
            .time()
            .ok_or_else(|| SnapshotError(format!("{:?} is not a time of RFC 3339", content.time)))?;
        let basic = resources_of(&content.basic_resources, self.basic.limits()).map_err(SnapshotError)?;
        let topics = ReadTopics::read(&content.topics).map_err(SnapshotError)?;
        let retained = RetainedMessages::read(&content.retained_messages).map_err(SnapshotError)?;
        self.finish_waiting();
        self.mqtt.retained.replace_with(retained);
        self.basic = Arc::new(basic);
        let names: Vec<_> = self.basic.targets().map(|target| target.topic_name().into_owned()).collect();
        self.namespace.with_broker(|broker, _| {
            broker.restore(topics);
            for name in &names {
                broker.create_topic(name);
            }
        });
        self.follow_schemas();
        self.clear_accepted();
        self.begin_all_handshakes();
        Ok(())
    }

    /// The same, with the clock: it goes on from the moment of the snapshot, be that in the past.
    pub(crate) fn restore_with_clock(&mut self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        self.restore(snapshot)?;
        if let Some(time) = snapshot.time() {
            self.set_clock(time, snapshot.0.is_stopped);
            self.namespace.set_time(time);
        }
        Ok(())
    }
}

fn resources(basic: &BasicResources) -> Vec<ResourceSnapshot> {
    let resource = |(target, schema): (Target<'_>, Option<InputSchema>)| {
        let (kind, name, channel) = target.parts();
        let kind = match kind {
            TargetKind::Domain => ResourceKind::Domain,
            TargetKind::PartnerChannel => ResourceKind::PartnerChannel,
            TargetKind::BasicTopic | TargetKind::NamespaceTopic => ResourceKind::BasicTopic,
        };
        let (channel, input_schema) = (channel.map(str::to_owned), schema.map(|it| it.to_string()));
        let input_schema_mapping = basic.mapping(target).cloned();
        ResourceSnapshot { kind, name: name.to_owned(), channel, input_schema, input_schema_mapping }
    };
    basic.targets_with_schemas().map(resource).collect()
}

/// Basic topics, domains and channels as JSON.
#[cfg(feature = "data")]
pub(super) fn write_resources(basic: &BasicResources) -> String {
    serde_json::to_string(&resources(basic)).expect("all keys are text")
}

/// Reads basic topics, domains and channels from JSON.
///
/// # Errors
/// If it is not such JSON: what is wrong.
#[cfg(feature = "data")]
pub(crate) fn read_resources(text: &str, limits: Limits) -> Result<BasicResources, String> {
    let resources: Vec<ResourceSnapshot> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    resources_of(&resources, limits)
}

fn resources_of(resources: &[ResourceSnapshot], limits: Limits) -> Result<BasicResources, String> {
    let mut basic = BasicResources::new(limits);
    for resource in resources {
        let name = &*resource.name;
        let wrong = |what: &str| Err(format!("{:?} {name:?} {what}", resource.kind));
        let schema = resource.input_schema.as_deref().map(str::parse::<InputSchema>).transpose();
        let schema = schema.map_err(|error: UnknownSchema| format!("{name:?}: {error}"))?;
        let is_name =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        match (resource.kind, schema, &resource.channel) {
            (ResourceKind::BasicTopic, None, None) if name.is_empty() => basic.add_topic_at_root(),
            _ if !is_name => return wrong("is not a name of letters, digits and hyphens"),
            (ResourceKind::BasicTopic, Some(schema), None) => basic.add_topic(name, schema),
            (ResourceKind::Domain, Some(schema), None) => basic.add_domain(name, schema),
            (ResourceKind::PartnerChannel, Some(schema), Some(channel)) => {
                basic.add_channel(name, channel, schema);
            }
            _ => return wrong("needs an inputSchema, and a channel needs its name"),
        }
        if let Some(mapping) = &resource.input_schema_mapping {
            basic.set_mapping(name, mapping.clone());
        }
    }
    Ok(basic)
}
