//! The MQTT broker of the namespace.

use super::EmulatorBuilder;

impl EmulatorBuilder {
    /// Routes messages that are published to the MQTT broker of the namespace to that topic of the
    /// namespace, which is created: each becomes an event of the type `MQTT.EventPublished`, unless
    /// it is a `CloudEvent` already. The broker is there without this, too, as far as its HTTP
    /// interface goes: at `/mqtt/messages` and `/mqtt/retainedMessages`, for bearer tokens alone.
    ///
    /// ```
    /// use eventgrid_emulator::{Emulator, Outcome, UnixTime};
    /// use http::Request;
    ///
    /// let builder = Emulator::builder().subscription("telemetry", "audit").route_mqtt_to("telemetry");
    /// let mut emulator = builder.bearer_token("token").build()?;
    /// let request = Request::post("/mqtt/messages?topic=devices%2F17&api-version=2025-08-01-preview")
    ///     .header("host", "contoso.example")
    ///     .header("authorization", "Bearer token")
    ///     .body("21.5".into())?;
    /// let Outcome::Done(response) = emulator.begin(UnixTime::from_secs(0), &request) else { unreachable!() };
    /// assert_eq!(response.status(), 204);
    /// assert_eq!(emulator.stats("telemetry", "audit").unwrap().queued, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn route_mqtt_to(self, topic: impl Into<String>) -> Self {
        let topic = topic.into();
        Self { mqtt_route: Some(topic.clone()), ..self.topic(topic) }
    }
}
