//! A namespace, with the one topic and the one event subscription that are used.

use std::env;
use std::time::Duration;

use eventgrid::{AccessKey, Environment as _, RawRequest, Std, Subscription};
use eventgrid_emulator::{Emulator, EmulatorBuilder, RunningEmulator};
use eventgrid_ureq::Consumer;

use crate::AnyError;
use crate::response::{Delivered, Observed};

/// What the emulator is started with, and what a wrong key is made of.
const EMULATOR_KEY: &str = "bG9jYWw=";
const WRONG_KEY: &str = "d3Jvbmc=";

/// The shortest wait that the service allows.
const WAIT: Duration = Duration::from_secs(10);

/// A namespace, real or emulated.
#[derive(Debug)]
pub struct Namespace {
    consumer: Consumer,
    stranger: Consumer,
    endpoint: String,
    topic: String,
    subscription: String,
    /// The same on both sides, so that what they return can be compared as text.
    run: String,
    _emulator: Option<RunningEmulator>,
}

impl Namespace {
    /// That of `EVENTGRID_ENDPOINT`, `EVENTGRID_KEY`, `EVENTGRID_TOPIC` and
    /// `EVENTGRID_SUBSCRIPTION`, or an emulator without the first of them.
    ///
    /// # Errors
    /// Not all of them are set, or one is not valid.
    pub fn from_environment() -> Result<Self, AnyError> {
        let Ok(endpoint) = env::var("EVENTGRID_ENDPOINT") else {
            eprintln!("EVENTGRID_ENDPOINT is not set: an emulator stands in for the namespace");
            return Self::of_its_own();
        };
        let variable =
            |name| env::var(name).map_err(|_| format!("EVENTGRID_ENDPOINT is set: set {name} too"));
        let (topic, subscription) = (variable("EVENTGRID_TOPIC")?, variable("EVENTGRID_SUBSCRIPTION")?);
        Self::new(endpoint, variable("EVENTGRID_KEY")?, topic, subscription, new_run(), None)
    }

    /// An emulator, for a namespace.
    ///
    /// # Errors
    /// It could not be started.
    pub fn of_its_own() -> Result<Self, AnyError> {
        Self::of_emulator(Emulator::builder(), "orders", "billing", new_run())
    }

    /// An emulator with the same names.
    ///
    /// # Errors
    /// It could not be started.
    pub fn emulated(&self) -> Result<Self, AnyError> {
        self.emulated_by(Emulator::builder())
    }

    /// The same, with settings.
    ///
    /// # Errors
    /// It could not be started.
    pub fn emulated_by(&self, builder: EmulatorBuilder) -> Result<Self, AnyError> {
        Self::of_emulator(builder, &self.topic, &self.subscription, self.run.clone())
    }

    fn of_emulator(
        builder: EmulatorBuilder,
        topic: &str,
        subscription: &str,
        run: String,
    ) -> Result<Self, AnyError> {
        let emulator = builder.key(EMULATOR_KEY).subscription(topic, subscription).start("127.0.0.1:0")?;
        let (topic, subscription) = (topic.to_owned(), subscription.to_owned());
        Self::new(emulator.endpoint(), EMULATOR_KEY.to_owned(), topic, subscription, run, Some(emulator))
    }

    fn new(
        endpoint: String,
        key: String,
        topic: String,
        subscription: String,
        run: String,
        emulator: Option<RunningEmulator>,
    ) -> Result<Self, AnyError> {
        let target = Subscription::new(endpoint.clone(), topic.clone(), subscription.clone())?;
        let consumer =
            |key: String| Consumer::new(eventgrid_ureq::client(AccessKey::new(key)), target.clone());
        Ok(Self {
            consumer: consumer(key),
            stranger: consumer(WRONG_KEY.to_owned()),
            endpoint,
            topic,
            subscription,
            run,
            _emulator: emulator,
        })
    }

    /// Its URL.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }

    pub(crate) fn subscription(&self) -> &str {
        &self.subscription
    }

    /// The `source` of all events of this run, which no other program has.
    pub(crate) fn source(&self) -> String {
        format!("urn:real-namespace:{}", self.run)
    }

    pub(crate) fn send(&self, request: &RawRequest<'_>) -> Result<Observed, AnyError> {
        Ok(Observed::of(self.consumer.send_request(request)?))
    }

    pub(crate) fn send_as_stranger(&self, request: &RawRequest<'_>) -> Result<Observed, AnyError> {
        Ok(Observed::of(self.stranger.send_request(request)?))
    }

    /// Publishes a body in structured mode: an event, or a batch if it is an array.
    pub(crate) fn publish(&self, body: &str) -> Result<Observed, AnyError> {
        let batch = body.trim_start().starts_with('[');
        let media_type =
            if batch { "application/cloudevents-batch+json" } else { "application/cloudevents+json" };
        self.publish_as(body.as_bytes(), &format!("{media_type}; charset=utf-8"))
    }

    pub(crate) fn publish_as(&self, body: &[u8], media_type: &str) -> Result<Observed, AnyError> {
        let path = format!("/topics/{}:publish", self.topic);
        self.send(&RawRequest::new("POST", &path).header("content-type", media_type).body(body))
    }

    /// A receive that returns as soon as there is an event.
    pub(crate) fn receive(&self, max_events: usize) -> Result<Vec<Delivered>, AnyError> {
        let path = self.subscription_path("receive");
        let (max_events, wait) = (max_events.to_string(), WAIT.as_secs().to_string());
        let request = RawRequest::new("POST", &path)
            .query("maxEvents", &max_events)
            .query("maxWaitTime", &wait)
            .wait(WAIT);
        let response = self.send(&request)?;
        response.deliveries().ok_or_else(|| format!("receive: {}", response.line()).into())
    }

    pub(crate) fn subscription_path(&self, action: &str) -> String {
        format!("/topics/{}/eventsubscriptions/{}:{action}", self.topic, self.subscription)
    }
}

fn new_run() -> String {
    format!("{:016x}", Std.random())
}
