//! A message that is published to the broker.

use bytes::Bytes;

/// A message: the parts of an MQTT PUBLISH packet (MQTT 5.0, 3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) topic: String,
    pub(crate) qos: Qos,
    /// Whether it takes the place of the message that is retained for its topic.
    pub(crate) retain: bool,
    pub(crate) response_topic: Option<String>,
    pub(crate) correlation_data: Option<Vec<u8>>,
    /// In their order; a name may be there more than once.
    pub(crate) user_properties: Vec<(String, String)>,
    pub(crate) content_type: Option<String>,
    /// For how many seconds it is kept.
    pub(crate) expiry: Option<u32>,
    /// Whether the payload is said to be text: the payload format indicator 1.
    pub(crate) is_text: bool,
    pub(crate) payload: Bytes,
}

/// How often a message is delivered: the quality of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Qos {
    /// 0: at most once.
    AtMostOnce,
    /// 1: at least once.
    AtLeastOnce,
}

impl Qos {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::AtMostOnce => 0,
            Self::AtLeastOnce => 1,
        }
    }

    /// `None` if there is no such quality of service here.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [Self::AtMostOnce, Self::AtLeastOnce].into_iter().find(|qos| qos.number() == number)
    }
}
