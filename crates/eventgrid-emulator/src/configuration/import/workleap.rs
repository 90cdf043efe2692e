//! workleap/wl-eventgrid-emulator: topics, each with webhooks and pull subscriptions.
//!
//! Its file has the member `Topics`, an object with a list for each topic: `http` and `https` URLs
//! are webhooks of a custom topic, `pull://NAME` is an event subscription of a namespace topic, and
//! a topic can be both. `Filters` has, for a subscriber, the event types that it gets. It looks at
//! no credential.

use serde_json::Value;

use super::json::{ImportError, member, read};
use super::{Imported, shown};
use crate::accepted::InputSchema;
use crate::configuration::BasicResourceConfiguration;
use crate::limits::Limits;
use crate::name::{NameKind, check_name};

/// Reads an `appsettings.json` of workleap/wl-eventgrid-emulator.
///
/// `pull://` subscribers become event subscriptions of the namespace. A topic with webhooks, or
/// without subscribers, becomes a basic topic at `/NAME/api/events`; webhooks and filters are kept
/// as comments.
///
/// # Errors
/// If the text is not JSON, or has no topics.
pub fn workleap(text: &str) -> Result<Imported, ImportError> {
    let file = read(text)?;
    let Some(Value::Object(topics)) = member(&file, "topics") else {
        return Err(ImportError::whole("expected an object with the member Topics, an object"));
    };
    let mut imported = Imported::new();
    imported.note("every credential was accepted; here requests need an access key, see namespace.keys");
    for (name, subscribers) in topics {
        match subscribers {
            Value::Array(subscribers) => add(&mut imported, name.trim(), subscribers),
            Value::Null => add(&mut imported, name.trim(), &[]),
            other => imported.keep(&format!("topic {}", shown(name)), other, "it is not a list"),
        }
    }
    if let Some(Value::Object(filters)) = member(&file, "filters") {
        for (index, (subscriber, filter)) in filters.iter().enumerate() {
            // The subscriber is a URL, which may have a secret in its query: it is in the comment
            // alone.
            let value = serde_json::json!({ subscriber: filter });
            let why = "write it as filtersConfiguration of an event subscription, if it is one here";
            imported.keep(&format!("Filters[{index}]"), &value, why);
        }
    }
    Ok(imported)
}

fn add(imported: &mut Imported, name: &str, subscribers: &[Value]) {
    let what = format!("topic {}", shown(name));
    let whole = || serde_json::json!({ name: subscribers });
    if let Err(why) = check_name(name, NameKind::Topic, Limits::Strict) {
        return imported.keep("Topics", &whole(), &why);
    }
    let (pulled, pushed): (Vec<_>, Vec<_>) =
        subscribers.iter().partition(|subscriber| pull_name(subscriber).is_some());
    for subscriber in &pulled {
        let subscription = pull_name(subscriber).unwrap_or_default();
        match check_name(&subscription, NameKind::Subscription, Limits::Strict) {
            Ok(()) => {
                imported.configuration.topic(name).event_subscription(&subscription);
            }
            Err(why) => imported.keep(&what, subscriber, &why),
        }
    }
    if !pushed.is_empty() || pulled.is_empty() {
        match imported.check_basic_topic(name) {
            Ok(()) => {
                let resource = BasicResourceConfiguration::new(name, InputSchema::EventGrid);
                imported.configuration.basic_topics.push(resource);
                imported.note(format!(
                    "{what}: it took events of any schema; here it takes EventGridSchema, unless you say \
                     CloudEventSchemaV1_0"
                ));
            }
            Err(why) => imported.note(format!("{what}: {why}")),
        }
    }
    for (number, subscriber) in pushed.into_iter().enumerate() {
        imported.keep(
            &format!("{what}: webhook {}", number + 1),
            subscriber,
            "there is no push delivery here",
        );
    }
}

/// The name of a `pull://NAME` subscriber. .NET reads it as the host of a URL, in lower case.
fn pull_name(subscriber: &Value) -> Option<String> {
    let text = subscriber.as_str()?.trim();
    let (scheme, rest) = text.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("pull") {
        return None;
    }
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    Some(host.to_ascii_lowercase())
}
