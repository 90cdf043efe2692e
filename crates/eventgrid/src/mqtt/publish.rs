//! Publishing: `POST /mqtt/messages` (api-version 2025-08-01-preview).

use core::time::Duration;

use eventgrid_transport::{Buf, Replay};

use crate::calls::{Call, Operation};
use crate::endpoint::{ApiVersion, Endpoint, EndpointKind};
use crate::http::{Encoded, HeaderWriter, RequestContext, RequestError, UrlWriter};
use crate::json::JsonWriter;
use crate::mqtt::{MqttBroker, MqttMessage, Qos};
use crate::received::DecodeError;
use crate::text::Bytes;
use crate::text::percent::{PercentEncoded, Plain};

/// Publishes a message (api-version 2025-08-01-preview).
///
/// It is published at least once: a publish whose response was lost is retried, unless the client
/// says otherwise by [`replay_publish`](crate::Client::replay_publish) or the message has
/// [`Qos::AtMostOnce`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct PublishMessage<'c> {
    /// The broker to publish to.
    pub broker: &'c MqttBroker<'c>,
    /// The message to publish.
    pub message: &'c MqttMessage<'c>,
}

impl<'c> PublishMessage<'c> {
    /// A call that publishes this message to this broker.
    pub const fn new(broker: &'c MqttBroker<'c>, message: &'c MqttMessage<'c>) -> Self {
        Self { broker, message }
    }

    /// Writes what the message has besides topic, delivery and payload.
    fn write_properties(&self, headers: &mut HeaderWriter<'_, '_>) -> Result<(), RequestError> {
        let message = self.message;
        if let Some(content_type) = message.content_type {
            headers.text("content-type", content_type)?;
        }
        if let Some(topic) = message.response_topic {
            let topic = PercentEncoded { value: topic, plain: Plain::UNRESERVED };
            headers.header("mqtt-response-topic", topic)?;
        }
        if let Some(data) = message.correlation_data {
            headers.base64("mqtt-correlation-data", |tx| Ok(tx.extend(data)?))?;
        }
        if !message.user_properties.is_empty() {
            headers.base64("mqtt-user-properties", |tx| {
                write_user_properties(message.user_properties, &mut JsonWriter::new(tx))
            })?;
        }
        if let Some(expiry) = message.expiry {
            let seconds = expiry.as_secs().saturating_add(u64::from(expiry.subsec_nanos() > 0));
            headers.header("mqtt-message-expiry", seconds.min(u32::MAX.into()))?;
        }
        if message.is_text {
            headers.text("mqtt-payload-format-indicator", "1")?;
        }
        Ok(())
    }
}

/// An array of objects with one member each, which keeps the order and names that repeat.
fn write_user_properties(
    properties: &[(&str, &str)],
    json: &mut JsonWriter<'_, '_>,
) -> Result<(), RequestError> {
    json.begin_array()?;
    for (name, value) in properties {
        json.begin_object()?;
        json.member(name)?;
        json.string(value)?;
        json.end_object()?;
    }
    Ok(json.end_array()?)
}

impl Call for PublishMessage<'_> {
    type Output<'b> = ();

    const READS_BODY: bool = false;

    fn endpoint(&self) -> &Endpoint<'_> {
        self.broker.endpoint()
    }

    fn endpoint_kind(&self) -> EndpointKind {
        EndpointKind::MqttBroker
    }

    /// Topics of MQTT may be as many as devices, so none is the destination.
    fn operation(&self) -> Operation<'_> {
        Operation { kind: Some("send"), events: Some(1), ..Operation::new("publish_message") }
    }

    fn encode(&self, context: &RequestContext<'_>, tx: &mut Buf<'_>) -> Result<Encoded, RequestError> {
        let message = self.message;
        message.check()?;
        let version = context.api_version_with(
            "publishing to an MQTT broker",
            ApiVersion::V2025_08_01_PREVIEW,
            ApiVersion::V2025_02_15_PREVIEW,
        )?;
        let mut url = UrlWriter::new(tx, self.broker.endpoint())?;
        url.path("/mqtt/messages")?;
        url.api_version(version)?;
        url.encoded_query("topic", message.topic.as_str())?;
        url.query("qos", u64::from(message.qos.number()))?;
        url.query("retain", u64::from(message.retain))?;
        let mut headers = url.headers(context)?;
        self.write_properties(&mut headers)?;
        let mut body = headers.body();
        body.bytes(message.payload)?;
        let replay = match message.qos {
            Qos::AtMostOnce => Replay::OnlyIfNotActedOn,
            Qos::AtLeastOnce => context.replay_of_publish(),
        };
        Ok(body.end(Duration::ZERO, replay))
    }

    /// Only the status matters: 202 or 204.
    fn decode(&self, _body: Bytes<'_>, _replayed: bool) -> Result<(), DecodeError> {
        Ok(())
    }
}
