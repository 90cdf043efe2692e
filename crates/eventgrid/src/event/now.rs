//! Events that happen now.

use alloc::string::{String, ToString};

use jiff::{Timestamp, Unit};

use crate::event::{CloudEvent, EventGridEvent};
use crate::text::Text;

impl<'a> CloudEvent<'a> {
    /// An event that happens now: its `id` is a random UUID, its `time` that of the system's clock,
    /// to the microsecond.
    ///
    /// ```
    /// use eventgrid::CloudEvent;
    ///
    /// let event = CloudEvent::now("urn:shop/orders", "Order.Created").with_subject("orders/17");
    /// assert_eq!(event.id.len(), 36);
    /// ```
    ///
    /// # Panics
    /// If the operating system has no random numbers to give.
    pub fn now(source: impl Into<Text<'a>>, event_type: impl Into<Text<'a>>) -> Self {
        Self::new(new_id(), source, event_type).with_timestamp(current_time())
    }
}

impl<'a> EventGridEvent<'a> {
    /// An event that happens now: its `id` is a random UUID, its `eventTime` that of the system's
    /// clock, to the microsecond.
    ///
    /// # Panics
    /// If the operating system has no random numbers to give.
    pub fn now(
        subject: impl Into<Text<'a>>,
        event_type: impl Into<Text<'a>>,
        data_version: impl Into<Text<'a>>,
    ) -> Self {
        Self::new(new_id(), subject, event_type, "", data_version).with_timestamp(current_time())
    }
}

fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The service keeps seven digits of the second, and most of those who read them know six.
fn current_time() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Microsecond).unwrap_or(now)
}
