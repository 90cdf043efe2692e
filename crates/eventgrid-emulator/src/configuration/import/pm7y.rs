//! pm7y/AzureEventGridSimulator: topics of Event Grid "Basic", each at a port of its own, pushed to
//! subscribers.
//!
//! Its files, as its settings classes read them: `subscribers` was a list of webhooks at first;
//! later it is an object with a list for each kind (`http`, `serviceBus`, `storageQueue`,
//! `eventHub`), and both are taken. A topic without a key takes every request, and one without
//! `inputSchema` finds the schema out of each request.

use serde_json::{Map, Value};

use super::json::{ImportError, is_true, member, read};
use super::{Imported, shown};
use crate::accepted::InputSchema;
use crate::configuration::BasicResourceConfiguration;
use crate::configuration::value::check_key;
use crate::secret::Secret;

/// What is read of a topic. Everything else is kept as a comment.
const READ: [&str; 6] = ["name", "port", "key", "disabled", "inputSchema", "subscribers"];

/// Reads an `appsettings.json` of pm7y/AzureEventGridSimulator, of any version.
///
/// Its topics become basic topics at `/NAME/api/events`, with their keys. Subscribers are kept as
/// comments.
///
/// # Errors
/// If the text is not JSON, or has no list of topics.
pub fn pm7y(text: &str) -> Result<Imported, ImportError> {
    let file = read(text)?;
    let Some(Value::Array(topics)) = member(&file, "topics") else {
        return Err(ImportError::whole("expected an object with the member topics, a list"));
    };
    let mut imported = Imported::new();
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
    match member(topic, "key").and_then(Value::as_str).filter(|key| !key.is_empty()) {
        Some(key) => resource.keys.push(Secret::new(key)),
        None => imported.note(format!(
            "{what}: it has no key, so it took every request; here it takes the keys of the namespace"
        )),
    }
    if member(topic, "port").is_some() {
        imported.note(format!("{what}: it has no port of its own here, it is at /{name}/api/events"));
    }
    imported.configuration.basic_topics.push(resource);
    if let Some(subscribers) = member(topic, "subscribers") {
        add_subscribers(imported, &what, subscribers);
    }
    for (member, value) in topic {
        if !READ.iter().any(|read| member.eq_ignore_ascii_case(read)) {
            imported.keep(&format!("{what}: {}", shown(member)), value, "there is no such setting here");
        }
    }
}

fn schema(imported: &mut Imported, what: &str, topic: &Map<String, Value>) -> InputSchema {
    match member(topic, "inputSchema").and_then(Value::as_str) {
        Some(name) if name.eq_ignore_ascii_case("CloudEventV1_0") => InputSchema::CloudEvents,
        Some(name) if name.eq_ignore_ascii_case("EventGridSchema") => InputSchema::EventGrid,
        Some(_) => {
            imported.note(format!("{what}: its inputSchema is unknown; here it takes EventGridSchema"));
            InputSchema::EventGrid
        }
        None => {
            imported.note(format!(
                "{what}: it found the schema out of each request; here it takes EventGridSchema, unless you say \
                 CloudEventSchemaV1_0"
            ));
            InputSchema::EventGrid
        }
    }
}

fn add_subscribers(imported: &mut Imported, topic: &str, subscribers: &Value) {
    match subscribers {
        Value::Array(webhooks) => keep_all(imported, topic, "http", webhooks),
        Value::Object(kinds) => {
            for (kind, subscribers) in kinds {
                match subscribers {
                    Value::Array(subscribers) => keep_all(imported, topic, &shown(kind), subscribers),
                    Value::Null => {}
                    other => imported.keep(&format!("{topic}: subscribers"), other, "it is not a list"),
                }
            }
        }
        other => imported.keep(&format!("{topic}: subscribers"), other, "it is not a list or an object"),
    }
}

fn keep_all(imported: &mut Imported, topic: &str, kind: &str, subscribers: &[Value]) {
    for subscriber in subscribers {
        let members = subscriber.as_object();
        let name = members.and_then(|it| member(it, "name")).and_then(Value::as_str).unwrap_or_default();
        let what = format!("{topic}: {kind} subscriber {}", shown(name));
        imported.keep(&what, subscriber, "there is no push delivery here");
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
