//! A back end for devices that use MQTT, which does not use it itself: it sends a command to a
//! device, reads the last state of each, and pulls their telemetry from the topic of the namespace
//! that messages are routed to.
//!
//! If no environment variables are set, it starts a local emulator. With `EVENTGRID_ENDPOINT`,
//! `EVENTGRID_MQTT_ENDPOINT` (the host with the label `ts`), `EVENTGRID_TOPIC`,
//! `EVENTGRID_SUBSCRIPTION` and `EVENTGRID_TOKEN`, a token of Microsoft Entra ID, it uses that
//! namespace.

mod device;

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use eventgrid::credential::{AccessToken, BearerToken};
use eventgrid::mqtt::{ListOptions, MqttBroker, MqttMessage, TopicFilter, TopicName};
use eventgrid::{Credential, ReceiveOptions, Subscription, with_causes};
use eventgrid_emulator::{Emulator, RunningEmulator};
use eventgrid_ureq::{Consumer, MqttClient};
use serde::Deserialize;

type AnyError = Box<dyn Error + Send + Sync>;

/// What the telemetry of a device is.
#[derive(Debug, Deserialize)]
struct Reading {
    celsius: f64,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), AnyError> {
    let place = Place::from_environment()?;
    let token = AccessToken::new(&*place.token, Duration::MAX);
    // A program that runs for long asks Microsoft Entra ID here, each time before a token ends.
    let client = eventgrid_ureq::client(BearerToken::new(move || Ok::<_, Infallible>(token.clone())));
    let mqtt = MqttClient::new(client.clone(), MqttBroker::new(place.mqtt_endpoint)?);
    let subscription = Subscription::new(place.endpoint, place.topic, place.subscription)?;
    let consumer = Consumer::new(client, subscription);

    device::reports(&mqtt)?;
    send_command(&mqtt)?;
    show_states(&mqtt)?;
    let readings = pull_telemetry(&consumer)?;
    println!("{} readings of {}", readings.len(), device::TELEMETRY);
    if readings.len() < device::READINGS.len() { Err("readings are missing".into()) } else { Ok(()) }
}

/// Asks the device to restart. It responds to the topic that the command names, with the same
/// correlation data; a command that it does not see within a minute is not worth doing any more.
fn send_command<C: Credential>(mqtt: &MqttClient<C>) -> Result<(), AnyError> {
    let command = MqttMessage::text(TopicName::new("devices/17/commands")?, r#"{"restart":true}"#)
        .with_content_type("application/json")
        .with_response_topic(TopicName::new("backend/responses")?)
        .with_correlation_data(b"command-4711")
        .with_user_properties(&[("urgency", "high")])
        .with_expiry(Duration::from_secs(60));
    mqtt.publish(&command)?;
    println!("sent a command to {}", command.topic);
    Ok(())
}

/// The broker retains the last state of each device, so none of them must be awake for this.
fn show_states<C: Credential>(mqtt: &MqttClient<C>) -> Result<(), AnyError> {
    let mut page = mqtt.list_retained(TopicFilter::new("devices/+/state")?, ListOptions::new())?;
    loop {
        for retained in page.iter() {
            let topic = retained.topic().to_string();
            // It may have expired since it was listed.
            match mqtt.get_retained(TopicName::new(&topic)?) {
                Ok(state) => println!("{topic}: {}", String::from_utf8_lossy(state.payload())),
                Err(error) if error.is_not_found() => println!("{topic}: gone"),
                Err(error) => return Err(error.into()),
            }
        }
        let Some(next) = page.next_page() else { return Ok(()) };
        page = mqtt.next_page(next)?;
    }
}

/// Each message that is routed is an event whose subject is its topic. Telemetry is read here;
/// what else comes, such as the command itself, is not this program's.
fn pull_telemetry<C: Credential>(consumer: &Consumer<C>) -> Result<Vec<Reading>, AnyError> {
    let options = ReceiveOptions::new().max_events(100).max_wait_time(Duration::from_secs(10));
    let mut readings = Vec::new();
    while readings.len() < device::READINGS.len() {
        let batch = consumer.receive(options)?;
        if batch.is_empty() {
            break;
        }
        for received in &batch {
            let event = received.event()?;
            if event.subject().is_some_and(|subject| subject == *device::TELEMETRY) {
                readings.push(event.data().deserialize::<Reading>()?);
            }
        }
        if !consumer.acknowledge(&batch)?.is_complete() {
            eprintln!("some events will come again: their locks ended before they were acknowledged");
        }
    }
    let warmest = readings.iter().map(|reading| reading.celsius).reduce(f64::max);
    println!("{} degrees at the most", warmest.unwrap_or(f64::NAN));
    Ok(readings)
}

/// Where the namespace is, and what to show to it.
struct Place {
    endpoint: String,
    mqtt_endpoint: String,
    topic: String,
    subscription: String,
    token: String,
    /// Runs as long as this lives.
    _emulator: Option<RunningEmulator>,
}

impl Place {
    fn from_environment() -> Result<Self, AnyError> {
        let Ok(endpoint) = env::var("EVENTGRID_ENDPOINT") else {
            let builder = Emulator::builder().bearer_token("local").subscription("telemetry", "backend");
            let emulator = builder.route_mqtt_to("telemetry").start("127.0.0.1:0")?;
            eprintln!("EVENTGRID_ENDPOINT is not set: using an emulator at {}", emulator.endpoint());
            return Ok(Self {
                endpoint: emulator.endpoint(),
                mqtt_endpoint: emulator.endpoint(),
                topic: "telemetry".to_owned(),
                subscription: "backend".to_owned(),
                token: "local".to_owned(),
                _emulator: Some(emulator),
            });
        };
        let variable = |name| env::var(name).map_err(|_| format!("set {name} too"));
        Ok(Self {
            endpoint,
            mqtt_endpoint: variable("EVENTGRID_MQTT_ENDPOINT")?,
            topic: variable("EVENTGRID_TOPIC")?,
            subscription: variable("EVENTGRID_SUBSCRIPTION")?,
            token: variable("EVENTGRID_TOKEN")?,
            _emulator: None,
        })
    }
}
