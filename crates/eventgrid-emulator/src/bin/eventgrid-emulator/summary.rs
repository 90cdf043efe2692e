//! What the program says of itself: what there is, and how to get in.

use std::fmt::Write as _;
use std::time::Duration;

use eventgrid_emulator::broker::{DeadLetterDestination, DeadLettering, PushEndpoint};
use eventgrid_emulator::configuration::{Configuration, ConfiguredSubscription, PushConfiguration};
use eventgrid_emulator::eventgrid_filters::FilterWarning;
use eventgrid_emulator::eventgrid_push::{DeliveryTier, RetryPolicy};
use eventgrid_emulator::{AttributeOrder, Limits, Target, TopicOverview};

use crate::effective::KEY;

/// How many lines there are at most for one kind of thing, so that nobody has to read thousands.
const MAX_LINES: usize = 50;

/// What relaxed limits take on purpose that a client may hit by mistake: the fact `path-prefix`.
const BELOW_API_EVENTS: &str = "requests to /api/events/topics/... are handled as requests to /topics/...";

/// What a configuration consists of, a line for each thing. The access key is in it only if it is
/// the well-known one.
pub(crate) fn summary(configuration: &Configuration, endpoints: &[String]) -> String {
    let mut text = String::new();
    add(&mut text, endpoints.iter().map(|endpoint| format!("endpoint: {endpoint}")));
    let endpoint = endpoints.first().map_or("", String::as_str);
    let namespace = configuration.namespace.topics.iter().flat_map(|topic| {
        let of_topic = configuration.subscriptions().filter(|(name, ..)| *name == topic.name);
        let subscriptions =
            of_topic.zip(&topic.event_subscriptions).map(|((topic, name, settings), said)| {
                let [lock, live] = [settings.lock_duration, settings.time_to_live].map(shown);
                let count = settings.max_delivery_count;
                let dead_letters = said.dead_lettering.as_ref().map(dead_letters).unwrap_or_default();
                let delivered = match &said.push {
                    Some(push) => pushed(push, DeliveryTier::Namespace),
                    None => format!("locked for {lock}, delivered at most {count} times, kept for {live}"),
                };
                format!("event subscription {topic}/{name}: {delivered}{dead_letters}")
            });
        let own = if topic.keys.is_empty() { "" } else { ": keys of its own, too" };
        [format!("topic {}{own}", topic.name)].into_iter().chain(subscriptions)
    });
    add(&mut text, namespace);
    let route = configuration.namespace.mqtt.route_to.as_ref();
    add(&mut text, route.map(|topic| format!("MQTT messages are routed to the topic {topic}")).into_iter());
    let own = |keys: &[_]| if keys.is_empty() { "" } else { ", with keys of its own" };
    let basic = |kind: &'static str| {
        move |it: &eventgrid_emulator::configuration::BasicResourceConfiguration| {
            let (name, schema, own) = (&it.name, it.input_schema, own(&it.keys));
            format!("{kind} {name} at {endpoint}/{name}/api/events: {schema}{own}")
        }
    };
    add(&mut text, configuration.basic_topics.iter().map(basic("basic topic")));
    let at_root = configuration.basic_topic_at_root;
    let at_root = at_root.then(|| format!("basic topic at {endpoint}/api/events: any schema"));
    add(&mut text, at_root.into_iter());
    add(&mut text, configuration.domains.iter().map(basic("domain")));
    let partner_namespaces = configuration.partner_namespaces.iter().map(|it| {
        let (name, own) = (&it.name, own(&it.keys));
        let channels: Vec<_> = it
            .channels
            .iter()
            .map(|channel| format!("{} ({})", channel.name, channel.input_schema))
            .collect();
        let channels = channels.join(", ");
        format!("partner namespace {name} at {endpoint}/{name}/api/events: channels {channels}{own}")
    });
    add(&mut text, partner_namespaces);
    add(&mut text, subscriptions_of_basic(configuration));
    let hosts = configuration.push.allowed_hosts.join(", ");
    add(&mut text, (!hosts.is_empty()).then(|| format!("events may also be pushed to {hosts}")).into_iter());
    add(&mut text, [credentials(configuration)].into_iter());
    add(&mut text, [limits(configuration.limits)].into_iter());
    let data = configuration.data_folder.as_ref();
    add(&mut text, data.map(|folder| format!("events are kept in {}", folder.display())).into_iter());
    let published = configuration.attribute_order == AttributeOrder::Published;
    let published = published.then(|| "attributes of events: in the order of publication".to_owned());
    add(&mut text, published.into_iter());
    add(&mut text, warnings(configuration));
    add(&mut text, unreachable(configuration));
    text
}

/// The event subscriptions of basic topics, domains and channels.
fn subscriptions_of_basic(configuration: &Configuration) -> impl Iterator<Item = String> {
    let all = configuration.event_subscriptions();
    let of_basic = all.filter(|it| !matches!(it.target, Target::NamespaceTopic(_)));
    of_basic.filter_map(|ConfiguredSubscription { target, name, options, .. }| {
        let options = options.ok()?;
        let delivered = match options.wanted_push_endpoint() {
            Some(endpoint) => pushed_to(endpoint, DeliveryTier::Basic),
            None => "kept for the admin API".to_owned(),
        };
        let dead_letters = options.wanted_dead_lettering().map(dead_letters).unwrap_or_default();
        Some(format!("event subscription {name} of {}: {delivered}{dead_letters}", shown_target(target)))
    })
}

/// How events are pushed, in words.
fn pushed(push: &PushConfiguration, tier: DeliveryTier) -> String {
    push.endpoint(tier).map_or_else(|error| error.to_string(), |endpoint| pushed_to(&endpoint, tier))
}

fn pushed_to(endpoint: &PushEndpoint, tier: DeliveryTier) -> String {
    let policy = endpoint.retry_policy().unwrap_or(RetryPolicy::of(tier));
    let (count, live) = (policy.max_attempts(), shown(policy.time_to_live()));
    let handshake = if endpoint.needs_handshake() { "" } else { ", without a handshake" };
    let delivered = match (endpoint.topic(), endpoint.url_without_query()) {
        (Some(topic), _) => format!("published to the topic {topic} of the namespace"),
        (None, url) => format!("pushed to {}{handshake}", url.unwrap_or_default()),
    };
    format!("{delivered}, at most {count} times, kept for {live}")
}

/// What filters likely do not do at the service.
fn warnings(configuration: &Configuration) -> impl Iterator<Item = String> {
    let all = configuration.event_subscriptions();
    all.flat_map(|ConfiguredSubscription { target, name, options, .. }| {
        let warnings = options.map(|options| options.wanted_filter().warnings()).unwrap_or_default();
        let of = match target {
            Target::NamespaceTopic(topic) => format!("{topic}/{name}"),
            other => format!("{name} of {}", shown_target(other)),
        };
        let warning = move |warning: FilterWarning| format!("warning: event subscription {of}: {warning}");
        warnings.into_iter().map(warning)
    })
}

/// Endpoints that events are pushed to and that cannot be reached.
pub(crate) fn unreachable(configuration: &Configuration) -> impl Iterator<Item = String> {
    configuration.unreachable_endpoints().into_iter().map(|line| format!("warning: {line}"))
}

/// What the data directory has and the configuration does not name, a line for each.
pub(crate) fn kept(configuration: &Configuration, topics: &[TopicOverview]) -> String {
    let mut text = String::new();
    let is_named = |topic: &TopicOverview| match topic.target() {
        Target::NamespaceTopic(name) => {
            configuration.namespace.topics.iter().any(|named| named.name.eq_ignore_ascii_case(name))
        }
        Target::BasicTopic("") => configuration.basic_topic_at_root,
        Target::BasicTopic(name) => {
            configuration.basic_topics.iter().any(|it| it.name.eq_ignore_ascii_case(name))
        }
        Target::Domain(name) => configuration.domains.iter().any(|it| it.name.eq_ignore_ascii_case(name)),
        Target::PartnerChannel { namespace, channel } => configuration
            .partner_namespaces
            .iter()
            .filter(|it| it.name.eq_ignore_ascii_case(namespace))
            .any(|it| it.channels.iter().any(|it| it.name.eq_ignore_ascii_case(channel))),
        _ => true,
    };
    let lines = topics.iter().flat_map(|topic| {
        let name = shown_target(topic.target());
        let unnamed = (!is_named(topic)).then(|| format!("kept from before: {name}"));
        let subscriptions = topic.subscriptions.iter().filter(move |subscription| {
            !configuration.event_subscriptions().any(|named| {
                topic.target() == named.target && named.name.eq_ignore_ascii_case(&subscription.name)
            })
        });
        let subscriptions = subscriptions
            .map(move |it| format!("kept from before: event subscription {} of {name}", it.name));
        unnamed.into_iter().chain(subscriptions)
    });
    add(&mut text, lines);
    text
}

fn shown_target(target: Target<'_>) -> String {
    match target {
        Target::NamespaceTopic(name) => format!("topic {name}"),
        Target::BasicTopic("") => "basic topic at /api/events".to_owned(),
        Target::BasicTopic(name) => format!("basic topic {name}"),
        Target::Domain(name) => format!("domain {name}"),
        Target::PartnerChannel { namespace, channel } => format!("channel {channel} of {namespace}"),
        _ => "another target".to_owned(),
    }
}

fn dead_letters(dead_lettering: &DeadLettering) -> String {
    let after = shown(dead_lettering.delay);
    match &dead_lettering.destination {
        DeadLetterDestination::Folder(path) => {
            format!(", dead letters to the folder {} after {after}", path.display())
        }
        DeadLetterDestination::Topic(topic) => format!(", dead letters to the topic {topic} after {after}"),
        _ => ", dead letters are listed".to_owned(),
    }
}

fn limits(limits: Limits) -> String {
    match limits {
        Limits::Relaxed => format!("limits: {limits}; {BELOW_API_EVENTS}"),
        _ => format!("limits: {limits}"),
    }
}

fn credentials(configuration: &Configuration) -> String {
    if configuration.without_authentication {
        return "no authentication: every request is accepted, with any credential or none".to_owned();
    }
    let keys = &configuration.namespace.keys;
    let mut text = match &keys[..] {
        [key] if key.expose() == KEY => format!("access key: the well-known {KEY}"),
        keys => format!("access keys: {}", keys.len()),
    };
    text.push_str(if configuration.without_sas {
        ", signatures are refused"
    } else {
        ", signatures are accepted"
    });
    if !configuration.bearer_tokens.is_empty() {
        // Writing to a `String` does not fail.
        let _ = write!(text, "; bearer tokens: {}", configuration.bearer_tokens.len());
    }
    text
}

fn add(to: &mut String, mut lines: impl Iterator<Item = String>) {
    for line in lines.by_ref().take(MAX_LINES) {
        to.push_str("  ");
        to.push_str(&line);
        to.push('\n');
    }
    let more = lines.count();
    if more > 0 {
        let _ = writeln!(to, "  and {more} more");
    }
}

/// A duration in the largest unit that it is whole in.
fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs();
    for (unit, name) in [(86_400, "d"), (3_600, "h"), (60, "min")] {
        if seconds >= unit && seconds % unit == 0 && duration.subsec_nanos() == 0 {
            return format!("{} {name}", seconds / unit);
        }
    }
    format!("{} s", duration.as_secs_f64())
}
