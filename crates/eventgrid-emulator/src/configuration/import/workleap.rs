//! workleap/wl-eventgrid-emulator: topics, each with webhooks and pull subscriptions.
//!
//! Its file has the member `Topics`, an object with a list for each topic: `http` and `https` URLs
//! are webhooks of a custom topic, `pull://NAME` is an event subscription of a namespace topic, and
//! a topic can be both. `Filters` has, for a subscriber, the event types that it gets. It looks at
//! no credential.

use eventgrid_filters::{Filter, NamespaceFilter};
use serde_json::Value;

use super::filter::read_filter;
use super::json::{ImportError, member, read};
use super::webhook::Webhook;
use super::{Imported, shown};
use crate::accepted::InputSchema;
use crate::configuration::{BasicResourceConfiguration, BasicSubscriptionConfiguration};
use crate::limits::Limits;
use crate::name::{NameKind, check_name};

/// Reads an `appsettings.json` of workleap/wl-eventgrid-emulator.
///
/// `pull://` subscribers become event subscriptions of the namespace. A topic with webhooks, or
/// without subscribers, becomes a basic topic at `/NAME/api/events` whose event subscriptions push
/// to them. Both keep their filters.
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
    imported.keep_others("", &file, &["Topics", "Filters"]);
    let mut filters = match member(&file, "filters") {
        Some(Value::Object(filters)) => filters.iter().map(Filters::new).collect(),
        Some(other) => {
            imported.keep("Filters", other, "it is not an object");
            Vec::new()
        }
        None => Vec::new(),
    };
    for (name, subscribers) in topics {
        match subscribers {
            Value::Array(subscribers) => add(&mut imported, name.trim(), subscribers, &mut filters),
            Value::Null => add(&mut imported, name.trim(), &[], &mut filters),
            other => imported.keep(&format!("topic {}", shown(name)), other, "it is not a list"),
        }
    }
    for (index, filter) in filters.iter().enumerate().filter(|(_, filter)| !filter.is_used) {
        // The subscriber is a URL, which may have a secret in its query: it is in the comment
        // alone.
        let value = serde_json::json!({ filter.subscriber: filter.filter });
        imported.keep(&format!("Filters[{index}]"), &value, "there is no such subscriber here");
    }
    Ok(imported)
}

/// The filter of a subscriber.
struct Filters<'v> {
    subscriber: &'v str,
    filter: &'v Value,
    is_used: bool,
}

impl<'v> Filters<'v> {
    fn new((subscriber, filter): (&'v String, &'v Value)) -> Self {
        Self { subscriber, filter, is_used: false }
    }
}

/// Reads the filter of a subscriber; one that matches every event if it has none. The error says
/// what to do.
fn filter_of(subscriber: &str, filters: &mut [Filters<'_>]) -> Result<Filter, String> {
    let is_same =
        |filter: &&mut Filters<'_>| filter.subscriber.trim().eq_ignore_ascii_case(subscriber.trim());
    match filters.iter_mut().find(is_same) {
        None => Ok(Filter::new()),
        Some(found) => {
            let filter = read_filter(found.filter)?;
            found.is_used = true;
            Ok(filter)
        }
    }
}

fn add(imported: &mut Imported, name: &str, subscribers: &[Value], filters: &mut [Filters<'_>]) {
    let what = format!("topic {}", shown(name));
    let whole = || serde_json::json!({ name: subscribers });
    if let Err(why) = check_name(name, NameKind::Topic, Limits::Strict) {
        return imported.keep("Topics", &whole(), &why);
    }
    let (pulled, pushed): (Vec<_>, Vec<_>) =
        subscribers.iter().partition(|subscriber| pull_name(subscriber).is_some());
    for subscriber in &pulled {
        if let Err(why) = add_pulled(imported, name, subscriber, filters) {
            imported.keep(&what, subscriber, &why);
        }
    }
    if pushed.is_empty() && !pulled.is_empty() {
        return;
    }
    if let Err(why) = imported.check_basic_topic(name) {
        return imported.keep(&what, &serde_json::json!(pushed), &why);
    }
    let mut resource = BasicResourceConfiguration::new(name, InputSchema::EventGrid);
    imported.note(format!(
        "{what}: it took events of any schema; here it takes EventGridSchema, unless you say \
         CloudEventSchemaV1_0"
    ));
    for (index, subscriber) in pushed.into_iter().enumerate() {
        let number = index + 1;
        match webhook(&resource, number, subscriber, filters) {
            Ok(subscription) => {
                imported.allow_host(&subscription, &format!("{what}: webhook {number}"));
                resource.event_subscriptions.push(subscription);
            }
            Err(why) => imported.keep(&format!("{what}: webhook {number}"), subscriber, &why),
        }
    }
    if !resource.event_subscriptions.is_empty() {
        imported.note(
            "webhooks had no names and were not asked whether they want events: here they are webhook-1 and so on, with \
             handshake = false",
        );
    }
    imported.configuration.basic_topics.push(resource);
}

/// Makes an event subscription of the namespace of a `pull://NAME` subscriber.
fn add_pulled(
    imported: &mut Imported,
    topic: &str,
    subscriber: &Value,
    filters: &mut [Filters<'_>],
) -> Result<(), String> {
    let name = pull_name(subscriber).unwrap_or_default();
    check_name(&name, NameKind::Subscription, Limits::Strict)?;
    let filter = filter_of(subscriber.as_str().unwrap_or_default(), filters)?;
    let filter = NamespaceFilter::try_from(filter).map_err(|error| error.to_string())?;
    imported.configuration.topic(topic).event_subscription(&name).filters_configuration = filter;
    Ok(())
}

/// Makes an event subscription of the basic topic of a webhook.
fn webhook(
    of: &BasicResourceConfiguration,
    number: usize,
    subscriber: &Value,
    filters: &mut [Filters<'_>],
) -> Result<BasicSubscriptionConfiguration, String> {
    let url = subscriber.as_str().unwrap_or_default().trim();
    let (name, filter) = (format!("webhook-{number}"), filter_of(url, filters)?);
    Webhook { name: &name, url, has_handshake: false, filter }.subscription(of)
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
