//! Publishing as a program does it: without HTTP and without a credential.

use bytes::Bytes;
use http::{HeaderValue, Request, header};

use super::Emulator;
use super::basic::Resource;
use super::namespace::Route;
use super::overview::is_same;
use crate::accepted::InputSchema;
use crate::target::Target;

const CLOUD_EVENTS: &str = "application/cloudevents-batch+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// Why events cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// There is no such target: create it, or see [`Emulator::topics`].
    #[error("there is nothing of that name to publish to")]
    UnknownTarget,
    /// The events are not what the target takes.
    #[error("{0}")]
    Refused(
        /// What is wrong with them, in the service's words.
        String,
    ),
}

impl Emulator {
    /// Publishes events as a client would: all of them, or none. The text is a JSON array of events
    /// in the schema of the target. A topic that accepts any schema reads them as CloudEvents if
    /// the first one has a `specversion`.
    ///
    /// For event subscriptions, filters, waiting receives and [`accepted`](Self::accepted) these
    /// events are like others. It is not a request, so no fault is injected, and it is not among
    /// the [`requests`](Self::requests).
    ///
    /// ```
    /// use eventgrid_emulator::{Emulator, Target};
    ///
    /// let mut emulator = Emulator::builder().subscription("orders", "billing").build()?;
    /// let event = r#"[{"specversion":"1.0","id":"1","source":"/shop","type":"Ordered"}]"#;
    /// emulator.publish(Target::NamespaceTopic("orders"), event)?;
    /// assert_eq!(emulator.stats("orders", "billing").unwrap().queued, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such target, if one of the events is not valid for its schema or limits, or
    /// if the text is not an array.
    pub fn publish(&mut self, target: Target<'_>, events: &str) -> Result<(), PublishError> {
        if let Target::NamespaceTopic(name) = target {
            return self.publish_to_namespace(name, events);
        }
        let basic = std::sync::Arc::clone(&self.basic);
        let schema = basic.targets_with_schemas().find(|(other, _)| is_same(*other, target));
        let (_, name, channel) = target.parts();
        let resource = if name.is_empty() { basic.at_root() } else { basic.named(name) };
        let (Some(resource), Some((_, schema))) = (resource, schema) else {
            return Err(PublishError::UnknownTarget);
        };
        let accepted = resource_request(schema, channel, events)
            .and_then(|request| resource.publish(&request).map_err(|error| error.message().to_owned()))
            .map_err(PublishError::Refused)?;
        self.accept(accepted);
        Ok(())
    }

    fn publish_to_namespace(&mut self, topic: &str, events: &str) -> Result<(), PublishError> {
        if self.topic(Target::NamespaceTopic(topic)).is_none() {
            return Err(PublishError::UnknownTarget);
        }
        let request = Request::post("/?api-version=2024-06-01")
            .header(header::CONTENT_TYPE, CLOUD_EVENTS)
            .body(Bytes::copy_from_slice(events.as_bytes()))
            .map_err(|error| PublishError::Refused(error.to_string()))?;
        let published = self.namespace.handle(Route::publish(topic), &request, &mut self.accepted);
        published.map(drop).map_err(|error| PublishError::Refused(error.message().to_owned()))
    }
}

/// The request that a client would send.
fn resource_request(
    schema: Option<InputSchema>,
    channel: Option<&str>,
    events: &str,
) -> Result<Request<Bytes>, String> {
    let is_cloud_events = match schema {
        Some(schema) => schema == InputSchema::CloudEvents,
        None => has_specversion(events),
    };
    let content_type = if is_cloud_events { CLOUD_EVENTS } else { JSON };
    let mut request = Request::post("/?api-version=2018-01-01").header(header::CONTENT_TYPE, content_type);
    if let Some(channel) = channel {
        let channel = HeaderValue::from_bytes(channel.as_bytes()).map_err(|error| error.to_string())?;
        request = request.header(Resource::CHANNEL, channel);
    }
    request.body(Bytes::copy_from_slice(events.as_bytes())).map_err(|error| error.to_string())
}

/// Whether the first of the events has that attribute, which each CloudEvent has.
fn has_specversion(events: &str) -> bool {
    let events: Vec<serde_json::Value> = serde_json::from_str(events).unwrap_or_default();
    events.first().is_some_and(|event| event.get("specversion").is_some())
}
