//! The operation of a call, as telemetry describes it.

/// The operation of a call, in the terms of OpenTelemetry's conventions for messaging. Its span has
/// these values with the feature `tracing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation<'c> {
    /// Its name: `send`, `receive`, `acknowledge`, `release`, `reject`, `renew_locks`,
    /// `publish_message`, `get_retained_message`, `list_retained_messages`, or one of your own.
    pub name: &'static str,
    /// The kind of the operation: `send`, `receive` or `settle`; `None` for any other kind.
    pub kind: Option<&'static str>,
    /// The name of the topic or of the partner channel; `None` if only the host says where events
    /// go.
    pub destination: Option<&'c str>,
    /// The name of the subscription.
    pub subscription: Option<&'c str>,
    /// How many events it sends or settles; `None` for a receive, whose number is not known yet.
    pub events: Option<usize>,
}

impl<'c> Operation<'c> {
    /// An operation with this name, and no other values.
    pub const fn new(name: &'static str) -> Self {
        Self { name, kind: None, destination: None, subscription: None, events: None }
    }

    /// Publishing this many events.
    pub(crate) fn sending(destination: Option<&'c str>, events: usize) -> Self {
        Self { name: "send", kind: Some("send"), destination, subscription: None, events: Some(events) }
    }
}
