//! pm7y/AzureEventGridSimulator: topics of Event Grid "Basic", each at a port of its own, pushed to
//! subscribers.
//!
//! Its files, as its settings classes read them: `subscribers` was a list of webhooks at first;
//! later it is an object with a list for each kind (`http`, `serviceBus`, `storageQueue`,
//! `eventHub`), and both are taken. A topic without a key takes every request, and one without
//! `inputSchema` finds the schema out of each request.

use std::time::Duration;

use eventgrid_push::DeliverySchema;
use serde_json::{Map, Value};

use super::filter::read_filter;
use super::json::{ImportError, is_true, member, object, read, text};
use super::webhook::{Webhook, check};
use super::{Imported, shown};
use crate::accepted::InputSchema;
use crate::broker::{DeadLetterDestination, DeadLettering};
use crate::configuration::value::check_key;
use crate::configuration::{BasicResourceConfiguration, PushConfiguration};
use crate::secret::Secret;

/// What is read of a topic. Everything else is kept as a comment.
const READ: [&str; 7] = ["name", "port", "key", "disabled", "inputSchema", "outputSchema", "subscribers"];

/// What is read of a webhook.
const READ_OF_WEBHOOKS: [&str; 8] = [
    "name",
    "endpoint",
    "disableValidation",
    "disabled",
    "filter",
    "deliverySchema",
    "retryPolicy",
    "deadLetter",
];

const READ_OF_RETRY_POLICIES: [&str; 3] = ["enabled", "maxDeliveryAttempts", "eventTimeToLiveInMinutes"];
const READ_OF_DEAD_LETTERS: [&str; 2] = ["enabled", "folderPath"];

/// Where its dead letters are if it says no folder.
const DEAD_LETTERS: &str = "./dead-letters";

/// A topic whose subscribers are read.
struct Topic<'v> {
    /// What notes call it.
    what: String,
    /// The schema of deliveries to subscribers that say none.
    output_schema: Option<&'v str>,
}

/// Reads an `appsettings.json` of pm7y/AzureEventGridSimulator, of any version.
///
/// Its topics become basic topics at `/NAME/api/events`, with their keys. Webhooks become event
/// subscriptions, with their endpoints, filters, schemas, retry policies and dead letters. Other
/// subscribers are kept as comments.
///
/// # Errors
/// If the text is not JSON, or has no list of topics.
pub fn pm7y(text: &str) -> Result<Imported, ImportError> {
    let file = read(text)?;
    let Some(Value::Array(topics)) = member(&file, "topics") else {
        return Err(ImportError::whole("expected an object with the member topics, a list"));
    };
    let mut imported = Imported::new();
    imported.keep_others("", &file, &["topics"]);
    for (index, topic) in topics.iter().enumerate() {
        match topic {
            Value::Object(members) => add(&mut imported, index, members),
            other => imported.keep(&format!("topics[{index}]"), other, "it is not an object"),
        }
    }
    refuse_signatures(&mut imported);
    Ok(imported)
}

fn add(imported: &mut Imported, index: usize, topic: &Map<String, Value>) {
    let name = member(topic, "name").and_then(Value::as_str).unwrap_or_default();
    let what = format!("topics[{index}] {}", shown(name));
    let whole = || Value::Object(topic.clone());
    if let Err(why) = imported.check_basic_topic(name) {
        return imported.keep(&format!("topics[{index}]"), &whole(), &why);
    }
    if is_true(topic, "disabled") {
        return imported.keep(&what, &whole(), "it is disabled");
    }
    let schema = schema(imported, &what, topic);
    let mut resource = BasicResourceConfiguration::new(name, schema);
    match member(topic, "key") {
        Some(Value::String(key)) if !key.is_empty() => resource.keys.push(Secret::new(key)),
        Some(other) if !other.is_string() => {
            imported.keep(
                &format!("{what}: key"),
                other,
                "it is not a string; here the topic takes the keys of the namespace",
            );
        }
        _ => imported.note(format!(
            "{what}: it has no key, so it took every request; here it takes the keys of the namespace"
        )),
    }
    if member(topic, "port").is_some() {
        imported.note(format!("{what}: it has no port of its own here, it is at /{name}/api/events"));
    }
    imported.configuration.basic_topics.push(resource);
    if let Some(subscribers) = member(topic, "subscribers") {
        // Any other value is an unknown schema, too.
        let output_schema = member(topic, "outputSchema").map(|value| value.as_str().unwrap_or_default());
        add_subscribers(imported, &Topic { what: what.clone(), output_schema }, subscribers);
    }
    imported.keep_others(&what, topic, &READ);
}

fn schema(imported: &mut Imported, what: &str, topic: &Map<String, Value>) -> InputSchema {
    match member(topic, "inputSchema").map(Value::as_str) {
        Some(Some(name)) if name.eq_ignore_ascii_case("CloudEventV1_0") => InputSchema::CloudEvents,
        Some(Some(name)) if name.eq_ignore_ascii_case("EventGridSchema") => InputSchema::EventGrid,
        Some(_) => {
            imported.note(format!("{what}: its inputSchema is unknown; here it takes EventGridSchema"));
            InputSchema::EventGrid
        }
        None => {
            imported.note(format!(
                "{what}: it detected the schema of each request; here it takes EventGridSchema, unless you say \
                 CloudEventSchemaV1_0"
            ));
            InputSchema::EventGrid
        }
    }
}

fn add_subscribers(imported: &mut Imported, topic: &Topic<'_>, subscribers: &Value) {
    match subscribers {
        Value::Array(webhooks) => add_webhooks(imported, topic, webhooks),
        Value::Object(kinds) => {
            for (kind, subscribers) in kinds {
                match subscribers {
                    Value::Array(subscribers) if kind.eq_ignore_ascii_case("http") => {
                        add_webhooks(imported, topic, subscribers);
                    }
                    Value::Array(subscribers) => keep_all(imported, topic, kind, subscribers),
                    Value::Null => {}
                    other => {
                        let what = format!("{}: subscribers", topic.what);
                        imported.keep(&what, other, "it is not a list");
                    }
                }
            }
        }
        other => {
            let what = format!("{}: subscribers", topic.what);
            imported.keep(&what, other, "it is not a list or an object");
        }
    }
}

fn keep_all(imported: &mut Imported, topic: &Topic<'_>, kind: &str, subscribers: &[Value]) {
    for subscriber in subscribers {
        let what = topic.subscriber(kind, subscriber);
        imported.keep(&what, subscriber, "events are pushed only to webhooks here");
    }
}

fn add_webhooks(imported: &mut Imported, topic: &Topic<'_>, webhooks: &[Value]) {
    for webhook in webhooks {
        let what = topic.subscriber("http", webhook);
        let added = match webhook {
            Value::Object(members) => add_webhook(imported, topic, &what, members),
            _ => Err("it is not an object".to_owned()),
        };
        if let Err(why) = added {
            imported.keep(&what, webhook, &why);
        }
    }
}

/// Makes an event subscription of a webhook.
fn add_webhook(
    imported: &mut Imported,
    topic: &Topic<'_>,
    what: &str,
    webhook: &Map<String, Value>,
) -> Result<(), String> {
    if is_true(webhook, "disabled") {
        return Err("it is disabled".to_owned());
    }
    let (name, url) = (text(webhook, "name")?, text(webhook, "endpoint")?);
    let filter = member(webhook, "filter").map(read_filter).transpose()?.unwrap_or_default();
    let has_handshake = !is_true(webhook, "disableValidation");
    let (name, url) = (name.unwrap_or_default(), url.unwrap_or_default());
    let webhook_of = Webhook { name, url, has_handshake, filter };
    let Some(resource) = imported.configuration.basic_topics.last() else { return Ok(()) };
    let mut subscription = webhook_of.subscription(resource)?;
    let push = subscription.push.as_mut();
    let mut notes = Vec::new();
    if let Some(push) = push {
        push.schema = match text(webhook, "deliverySchema")?.or(topic.output_schema) {
            Some(name) if name.eq_ignore_ascii_case("CloudEventV1_0") => Some(DeliverySchema::CloudEvents),
            Some(name) if name.eq_ignore_ascii_case("EventGridSchema") => Some(DeliverySchema::EventGrid),
            Some(_) => return Err("its schema is unknown".to_owned()),
            None => None,
        };
        if let Some(policy) = object(webhook, "retryPolicy")? {
            retry(push, policy)?;
        }
    }
    if let Some(dead_letter) = object(webhook, "deadLetter")? {
        let is_enabled = member(dead_letter, "enabled").is_none() || is_true(dead_letter, "enabled");
        let folder = text(dead_letter, "folderPath")?
            .filter(|folder| !folder.trim().is_empty())
            .unwrap_or(DEAD_LETTERS);
        if is_enabled {
            subscription.dead_lettering =
                Some(DeadLettering::new(DeadLetterDestination::Folder(folder.into())));
            notes.push(
                "its dead letters have the path and the form of the service here, and are written five minutes after \
                 the last attempt",
            );
        }
    }
    check(resource, &subscription)?;
    imported.allow_host(&subscription, what);
    if let Some(resource) = imported.configuration.basic_topics.last_mut() {
        resource.event_subscriptions.push(subscription);
    }
    for note in notes {
        imported.note(format!("{what}: {note}"));
    }
    imported.keep_others(what, webhook, &READ_OF_WEBHOOKS);
    for (name, read) in [("retryPolicy", &READ_OF_RETRY_POLICIES[..]), ("deadLetter", &READ_OF_DEAD_LETTERS)]
    {
        if let Some(members) = object(webhook, name)? {
            imported.keep_others(&format!("{what}: {name}"), members, read);
        }
    }
    Ok(())
}

/// Reads how often a webhook is tried; once if it has no retries.
fn retry(push: &mut PushConfiguration, policy: &Map<String, Value>) -> Result<(), String> {
    let number = |name, most: u64| match member(policy, name) {
        None => Ok(None),
        Some(value) => {
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
            let number = number.filter(|number| (1..=most).contains(number));
            number.map(Some).ok_or_else(|| format!("its {name} is not a number from 1 to {most}"))
        }
    };
    let attempts = number("maxDeliveryAttempts", 30)?;
    let minutes = number("eventTimeToLiveInMinutes", 1440)?;
    push.max_delivery_attempts = attempts.and_then(|attempts| u32::try_from(attempts).ok());
    push.time_to_live = minutes.map(|minutes| Duration::from_secs(60 * minutes));
    if member(policy, "enabled").is_some() && !is_true(policy, "enabled") {
        push.max_delivery_attempts = Some(1);
    }
    Ok(())
}

impl Topic<'_> {
    fn subscriber(&self, kind: &str, subscriber: &Value) -> String {
        let name = subscriber.as_object().and_then(|it| member(it, "name")).and_then(Value::as_str);
        format!("{}: {} subscriber {}", self.what, shown(kind), shown(name.unwrap_or_default()))
    }
}

/// A key that is not base64 text cannot sign. It was an HMAC key to .NET, which is less strict.
fn refuse_signatures(imported: &mut Imported) {
    let keys = imported.configuration.basic_topics.iter().flat_map(|topic| &topic.keys);
    if keys.clone().any(|key| check_key(key.expose(), false).is_err()) {
        imported.configuration.without_sas = true;
        imported.note(
            "an access key is not strict base64 text, so signatures are refused (sas = false): give new keys to clients that \
             sign",
        );
    }
}
