//! What a call does, in the words of telemetry.

/// What a call does, in the words of OpenTelemetry's conventions for messaging: what its span says
/// with feature `tracing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation<'c> {
    /// Its name: `send`, `receive`, `acknowledge`, `release`, `reject`, `renew_locks`,
    /// `publish_message`, `get_retained_message`, `list_retained_messages`, or one of your own.
    pub name: &'static str,
    /// Which kind of operation it is: `send`, `receive` or `settle`; none for any other kind.
    pub kind: Option<&'static str>,
    /// The name of the topic or of the partner channel; none where the host alone says where events
    /// go.
    pub destination: Option<&'c str>,
    /// The name of the subscription.
    pub subscription: Option<&'c str>,
    /// How many events it sends or settles; none for a receive, which does not know yet.
    pub events: Option<usize>,
}

impl<'c> Operation<'c> {
    /// An operation of that name, of which nothing else is known.
    pub const fn new(name: &'static str) -> Self {
        Self { name, kind: None, destination: None, subscription: None, events: None }
    }

    /// Publishing so many events.
    pub(crate) fn sending(destination: Option<&'c str>, events: usize) -> Self {
        Self { name: "send", kind: Some("send"), destination, subscription: None, events: Some(events) }
    }
}
