//! The MQTT broker of a namespace, as far as its HTTP interface shows it: what a message is, which
//! messages are retained, and the event that a message becomes where messages are routed.
//!
//! Here is no HTTP, no clock and no MQTT client: whoever has a message says what time it is, and
//! takes the event to its topic. What a request looks like is in the service, and how what is
//! retained outlives the process, in the store.

mod message;
mod retained;
mod routed;
mod size;
mod topic;

pub(crate) use self::message::{Message, Qos};
pub(crate) use self::retained::{MAX_PAGE, NotRetained, Retained, RetainedMessages, RetainedSnapshot};
pub(crate) use self::routed::events;
pub(crate) use self::topic::{TopicFilter, check_name};
