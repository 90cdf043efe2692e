//! How large a message is as an MQTT packet.

use super::message::{Message, Qos};

impl Message {
    /// The bytes of the PUBLISH packet that it would be (MQTT 5.0, 3.3): what the service counts
    /// ("size of the MQTT message").
    pub(crate) fn size(&self) -> usize {
        let properties = self.properties();
        let packet_identifier = if self.qos == Qos::AtMostOnce { 0 } else { 2 };
        let rest = string(&self.topic)
            + packet_identifier
            + variable_byte_integer(properties)
            + properties
            + self.payload.len();
        1 + variable_byte_integer(rest) + rest
    }

    /// Each property has an identifier of one byte.
    fn properties(&self) -> usize {
        let of_user = self.user_properties.iter().map(|(name, value)| 1 + string(name) + string(value));
        let texts =
            [&self.response_topic, &self.content_type].into_iter().flatten().map(|text| 1 + string(text));
        let format = if self.is_text { 2 } else { 0 };
        let expiry = self.expiry.map_or(0, |_| 1 + 4);
        let correlation = self.correlation_data.as_ref().map_or(0, |data| 1 + 2 + data.len());
        of_user.chain(texts).sum::<usize>() + format + expiry + correlation
    }
}

/// A string or binary data has its length in two bytes before it.
fn string(text: &str) -> usize {
    2 + text.len()
}

/// An integer with seven bits in each byte, of four at most (MQTT 5.0, 1.5.5).
fn variable_byte_integer(number: usize) -> usize {
    (1..=4).find(|bytes| number >> (7 * bytes) == 0).unwrap_or(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_as_large_as_its_packet() {
        let mut message = Message {
            topic: "a/b".to_owned(),
            qos: Qos::AtMostOnce,
            retain: true,
            response_topic: None,
            correlation_data: None,
            user_properties: Vec::new(),
            content_type: None,
            expiry: None,
            is_text: false,
            payload: b"hello"[..].into(),
        };
        // 31 0b 00 03 61 2f 62 00 68 65 6c 6c 6f
        assert_eq!(message.size(), 13);
        message.qos = Qos::AtLeastOnce;
        assert_eq!(message.size(), 15);
        message.response_topic = Some("r".to_owned());
        message.correlation_data = Some(vec![1, 2]);
        message.user_properties.push(("n".to_owned(), "vv".to_owned()));
        message.content_type = Some("text/plain".to_owned());
        message.expiry = Some(5);
        message.is_text = true;
        assert_eq!(message.size(), 15 + 4 + 5 + 8 + 13 + 5 + 2);
        message.payload = vec![0; 200].into();
        // Its rest has a length of two bytes now.
        assert_eq!(message.size(), 15 + 37 + 195 + 1);
    }
}
