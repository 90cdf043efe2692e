//! A message to be published.

use core::fmt;
use core::time::Duration;

use crate::http::RequestError;
use crate::mqtt::TopicName;
use crate::mqtt::topic::MAX_STRING;

/// How a message is delivered to MQTT clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Qos {
    /// Quality of service 0: at most once. A publish whose response was lost is not retried.
    AtMostOnce,
    /// Quality of service 1, the default: at least once.
    #[default]
    AtLeastOnce,
}

impl Qos {
    /// Its number, 0 or 1.
    pub const fn number(self) -> u8 {
        match self {
            Self::AtMostOnce => 0,
            Self::AtLeastOnce => 1,
        }
    }
}

/// A message to MQTT clients.
///
/// ```
/// use core::time::Duration;
/// use eventgrid::mqtt::{MqttMessage, Qos, TopicName};
///
/// let topic = TopicName::new("devices/17/state")?;
/// let state = MqttMessage::text(topic, r#"{"on":true}"#)
///     .with_content_type("application/json")
///     .with_qos(Qos::AtMostOnce)
///     .retained()
///     .with_expiry(Duration::from_secs(3600));
/// let deletion = MqttMessage::deleting_retained(topic);
/// # Ok::<(), eventgrid::mqtt::InvalidTopic>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct MqttMessage<'m> {
    /// The topic that it is published to.
    pub topic: TopicName<'m>,
    /// The payload.
    pub payload: &'m [u8],
    /// Whether the payload is text: the payload format indicator of MQTT.
    pub(super) is_text: bool,
    /// How it is delivered.
    pub qos: Qos,
    /// Whether the broker keeps it for clients that subscribe later.
    pub retain: bool,
    /// The topic to which its receiver should send a response.
    pub response_topic: Option<TopicName<'m>>,
    /// The data that the receiver should send with the response, to identify the request.
    pub correlation_data: Option<&'m [u8]>,
    /// Names and values in their order. A name may occur several times.
    pub user_properties: &'m [(&'m str, &'m str)],
    /// The media type of the payload.
    pub content_type: Option<&'m str>,
    /// How long the broker keeps the message for clients that are not connected.
    pub expiry: Option<Duration>,
}

impl<'m> MqttMessage<'m> {
    /// A message whose payload is bytes.
    pub const fn new(topic: TopicName<'m>, payload: &'m [u8]) -> Self {
        Self {
            topic,
            payload,
            is_text: false,
            qos: Qos::AtLeastOnce,
            retain: false,
            response_topic: None,
            correlation_data: None,
            user_properties: &[],
            content_type: None,
            expiry: None,
        }
    }

    /// A message whose payload is text, and says so by its payload format indicator.
    pub const fn text(topic: TopicName<'m>, payload: &'m str) -> Self {
        Self { is_text: true, ..Self::new(topic, payload.as_bytes()) }
    }

    /// A message that deletes the one that the broker retains for this topic: it is retained and
    /// has no payload (MQTT 5.0, 3.3.1.3). Subscribed clients receive it.
    pub const fn deleting_retained(topic: TopicName<'m>) -> Self {
        Self::new(topic, &[]).retained()
    }

    /// Sets how it is delivered. Default: [`Qos::AtLeastOnce`].
    #[must_use]
    pub const fn with_qos(mut self, qos: Qos) -> Self {
        self.qos = qos;
        self
    }

    /// Lets the broker retain the message for the topic, in place of an earlier one, and deliver it
    /// to clients that subscribe later. A message without a payload [deletes the retained
    /// one](Self::deleting_retained).
    #[must_use]
    pub const fn retained(mut self) -> Self {
        self.retain = true;
        self
    }

    /// Sets the topic to which its receiver should send a response.
    #[must_use]
    pub const fn with_response_topic(mut self, topic: TopicName<'m>) -> Self {
        self.response_topic = Some(topic);
        self
    }

    /// Sets the data that the receiver should send with the response, to identify the request.
    #[must_use]
    pub const fn with_correlation_data(mut self, data: &'m [u8]) -> Self {
        self.correlation_data = Some(data);
        self
    }

    /// Sets names and values that are sent with the message. Their order and repeated names are
    /// kept.
    #[must_use]
    pub const fn with_user_properties(mut self, properties: &'m [(&'m str, &'m str)]) -> Self {
        self.user_properties = properties;
        self
    }

    /// Sets the media type of the payload.
    #[must_use]
    pub const fn with_content_type(mut self, content_type: &'m str) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// Sets how long the broker keeps the message: whole seconds, rounded up, at most
    /// 4,294,967,295.
    #[must_use]
    pub const fn with_expiry(mut self, expiry: Duration) -> Self {
        self.expiry = Some(expiry);
        self
    }

    /// Whether the payload is text: the payload format indicator of MQTT.
    pub const fn is_text(&self) -> bool {
        self.is_text
    }

    /// Checks whether MQTT can carry the message.
    pub(super) fn check(&self) -> Result<(), RequestError> {
        let is_string = |text: &str| text.len() <= MAX_STRING && !text.as_bytes().contains(&0);
        for (index, (name, value)) in self.user_properties.iter().enumerate() {
            if !(is_string(name) && is_string(value)) {
                return Err(RequestError::UserProperty { index });
            }
        }
        Ok(())
    }
}

/// Shows neither the payload nor the correlation data.
impl fmt::Debug for MqttMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MqttMessage")
            .field("topic", &self.topic)
            .field("payload_len", &self.payload.len())
            .field("qos", &self.qos)
            .field("retain", &self.retain)
            .finish_non_exhaustive()
    }
}
