//! What devices do over MQTT. This example uses HTTP, so that it needs no MQTT client.

use eventgrid::Credential;
use eventgrid::mqtt::{MqttMessage, TopicName};
use eventgrid_ureq::MqttClient;

use crate::AnyError;

/// Where the readings of a device are published.
pub(crate) const TELEMETRY: &str = "devices/17/telemetry";

/// What it reports, in JSON.
pub(crate) const READINGS: [&str; 3] = [r#"{"celsius":21.5}"#, r#"{"celsius":22}"#, r#"{"celsius":22.5}"#];

/// Two devices say how they are, and one of them what it has measured.
pub(crate) fn reports<C: Credential>(mqtt: &MqttClient<C>) -> Result<(), AnyError> {
    for (topic, state) in [("devices/17/state", r#"{"on":true}"#), ("devices/18/state", r#"{"on":false}"#)] {
        mqtt.publish(&json(topic, state)?.retained())?;
    }
    for reading in READINGS {
        mqtt.publish(&json(TELEMETRY, reading)?)?;
    }
    Ok(())
}

fn json(topic: &'static str, text: &'static str) -> Result<MqttMessage<'static>, AnyError> {
    Ok(MqttMessage::text(TopicName::new(topic)?, text).with_content_type("application/json"))
}
