//! Where the dead letters of an event subscription go, and when.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

/// The delay of the service ("namespace-delivery-retry" of its documentation, 2024-05-08).
const DELAY: Duration = Duration::from_secs(5 * 60);

/// Where the dead letters of an event subscription go, and when. Without it, an event that dies is
/// counted and dropped.
///
/// ```
/// use std::time::Duration;
/// use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering};
///
/// let late = DeadLettering::new(DeadLetterDestination::Folder("dead-letters".into()));
/// assert_eq!(late.delay, Duration::from_secs(300));
/// let at_once = late.with_delay(Duration::ZERO);
/// # assert!(at_once.delay.is_zero());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLettering {
    /// Where they go.
    pub destination: DeadLetterDestination,
    /// How long after its last delivery, or after its death if it was never delivered, a dead
    /// letter is moved to its folder or topic; never before its death. Five minutes by default, as
    /// in the service. Not used for a list.
    pub delay: Duration,
}

/// Where dead letters go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DeadLetterDestination {
    /// The list of the event subscription, where they stay until they are sent again or removed. It
    /// has at most 10,000 dead letters and 64 MiB of their events: those that were published first
    /// make room.
    List,
    /// A folder, as the container of the service: a file for each, in the service's path and form.
    /// The folder is made if it is not there.
    #[serde(serialize_with = "as_text")]
    Folder(PathBuf),
    /// A topic of the namespace, by its name, but not that of the event subscription. They are
    /// published there with the attributes `deadletterreason`, `deliveryattempts`,
    /// `lastdeliveryoutcome` and `publishtime`. As long as there is no such topic they stay in the
    /// list.
    Topic(String),
}

impl DeadLettering {
    /// Dead letters that go there after five minutes.
    pub fn new(destination: DeadLetterDestination) -> Self {
        Self { destination, delay: DELAY }
    }

    /// The same with another delay. Any duration is allowed, including zero.
    #[must_use]
    pub fn with_delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

/// A path that is not Unicode is written as far as it is.
fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    path.to_string_lossy().serialize(serializer)
}
