//! Reading a retained message: `GET /mqtt/retainedMessages/message` (api-version
//! 2025-11-16-preview).

use core::time::Duration;

use eventgrid_transport::{Buf, Replay};

use crate::calls::{Call, Operation};
use crate::endpoint::{ApiVersion, Endpoint, EndpointKind};
use crate::http::{Encoded, RequestContext, RequestError, UrlWriter};
use crate::mqtt::{MqttBroker, RetainedMetadata, TopicName};
use crate::received::DecodeError;
use crate::text::Bytes;

/// Reads the message that the broker retains for a topic (api-version 2025-11-16-preview).
///
/// Its metadata is in headers of the response, which `MqttClient` reads. A program that makes the
/// call without it passes each header to [`RetainedMetadata::header`], and adds the result to the
/// message by [`RetainedMessage::with_metadata`].
///
/// ```
/// use eventgrid::Buf;
/// use eventgrid::calls::{Call, RequestContext};
/// use eventgrid::mqtt::{GetRetained, MqttBroker, TopicName};
///
/// let broker = MqttBroker::new("https://ns.westeurope-1.ts.eventgrid.azure.net")?;
/// let call = GetRetained::new(&broker, TopicName::new("devices/17/state")?);
/// let mut storage = [0; 512];
/// let mut tx = Buf::new(&mut storage);
/// let encoded = call.encode(&RequestContext::default(), &mut tx)?;
/// let request = encoded.request(&tx);
/// assert_eq!(request.method(), "GET");
/// assert_eq!(
///     request.path_and_query(),
///     "/mqtt/retainedMessages/message?api-version=2025-11-16-preview&topic=devices%2F17%2Fstate",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct GetRetained<'c> {
    /// The broker to read from.
    pub broker: &'c MqttBroker<'c>,
    /// The topic of the message.
    pub topic: TopicName<'c>,
}

impl<'c> GetRetained<'c> {
    /// A call that reads the message of this topic from this broker.
    pub const fn new(broker: &'c MqttBroker<'c>, topic: TopicName<'c>) -> Self {
        Self { broker, topic }
    }
}

impl Call for GetRetained<'_> {
    type Output<'b> = RetainedMessage<'b>;

    fn endpoint(&self) -> &Endpoint<'_> {
        self.broker.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        EndpointKind::MqttBroker
    }

    fn operation(&self) -> Operation<'_> {
        Operation::new("get_retained_message")
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let version = version_for_retained(context)?;
        let mut url = UrlWriter::with_method(tx, "GET", self.broker.endpoint())?;
        url.path("/mqtt/retainedMessages/message")?;
        url.api_version(version)?;
        url.encoded_query("topic", self.topic.as_str())?;
        let mut headers = url.headers_except(context, |name| name == "accept")?;
        // The payload is what it is; an error is JSON.
        headers.text("accept", "application/octet-stream, application/json, */*")?;
        Ok(headers.body().end(Duration::ZERO, Replay::Always))
    }

    fn decode<'b>(&self, body: Bytes<'b>, _replayed: bool) -> Result<RetainedMessage<'b>, DecodeError> {
        Ok(RetainedMessage::new(body))
    }
}

/// The version to ask for retained messages.
pub(super) fn version_for_retained(context: &RequestContext<'_>) -> Result<ApiVersion, RequestError> {
    let only = ApiVersion::V2025_11_16_PREVIEW;
    context.api_version_with("reading retained messages of an MQTT broker", only, only)
}

/// A message that the broker retains.
#[derive(Debug, Clone)]
#[must_use = "reading it changes nothing"]
pub struct RetainedMessage<'b> {
    payload: Bytes<'b>,
    metadata: RetainedMetadata,
}

impl<'b> RetainedMessage<'b> {
    /// A message with this payload and no metadata.
    pub fn new(payload: impl Into<Bytes<'b>>) -> Self {
        Self { payload: payload.into(), metadata: RetainedMetadata::default() }
    }

    /// Sets the metadata.
    pub fn with_metadata(mut self, metadata: RetainedMetadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The metadata.
    pub fn metadata(&self) -> &RetainedMetadata {
        &self.metadata
    }

    /// The payload, without the metadata.
    pub fn into_payload(self) -> Bytes<'b> {
        self.payload
    }

    /// The same message, without borrowing the buffer.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> RetainedMessage<'static> {
        RetainedMessage { payload: self.payload.into_owned(), metadata: self.metadata }
    }
}
