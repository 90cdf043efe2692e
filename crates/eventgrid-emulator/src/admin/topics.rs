//! Topics of every kind, and their event subscriptions: listed, created, changed, removed.

use http::{Method, StatusCode};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Deserialize;

use super::call::Call;
use super::error::AdminError;
use super::reply::Reply;
use super::route::{MAX_BODY, RequestBody, ResponseBody, Route};
use super::view::{EventSubscription, Settings, Topic, Topics};
use crate::broker::{DeadLettering, SubscriptionSettings};
use crate::name::{NameKind, check_name};
use crate::service::Emulator;
use crate::target::Target;
use crate::topic_id::TopicId;

pub(super) const SUBSCRIPTION_PATH: &str = "/topics/{topic}/eventSubscriptions/{eventSubscription}";

const SUBSCRIPTION: ResponseBody = ResponseBody {
    status: 200,
    description: "The event subscription.",
    schema: Some(SchemaGenerator::subschema_for::<EventSubscription>),
};

const SETTINGS: RequestBody = RequestBody {
    schema: SchemaGenerator::subschema_for::<Settings>,
    example: r#"{"receiveLockDurationInSeconds":60,"maxDeliveryCount":10,"eventTimeToLive":"P1D","filter":{"includedEventTypes":["Ordered"]},"deadLetterDestination":"list"}"#,
    max_size: MAX_BODY,
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/topics",
        operation: "listTopics",
        summary: "Returns everything that events are published to, of every kind, with the event subscriptions, their \
                  settings and counts.",
        query: &[],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "The topics.",
            schema: Some(SchemaGenerator::subschema_for::<Topics>),
        },
        handler: |emulator, _| Ok(Reply::ok(&Topics::from(emulator.topics()))),
    },
    Route {
        method: Method::POST,
        path: "/topics",
        operation: "createTopic",
        summary: "Creates a topic of the namespace. One that already exists is refused with 409. Basic topics, domains \
                  and partner namespaces come from the configuration.",
        query: &[],
        body: Some(RequestBody {
            schema: SchemaGenerator::subschema_for::<NewTopic>,
            example: r#"{"name":"returns"}"#,
            max_size: MAX_BODY,
        }),
        response: ResponseBody {
            status: 201,
            description: "The topic was created.",
            schema: Some(SchemaGenerator::subschema_for::<Topic>),
        },
        handler: create_topic,
    },
    Route {
        method: Method::GET,
        path: "/topics/{topic}",
        operation: "getTopic",
        summary: "Returns a topic of any kind.",
        query: &[],
        body: None,
        response: ResponseBody {
            status: 200,
            description: "The topic.",
            schema: Some(SchemaGenerator::subschema_for::<Topic>),
        },
        handler: |emulator, call| {
            let id = topic(emulator, call)?;
            let topic = emulator.topic_overview(id.target()).ok_or_else(|| AdminError::no_topic(&id))?;
            Ok(Reply::ok(&Topic::from(topic)))
        },
    },
    Route {
        method: Method::DELETE,
        path: "/topics/{topic}",
        operation: "deleteTopic",
        summary: "Removes a topic of the namespace with its event subscriptions and their events. Receives that wait for \
                  it are refused as for a topic that is not there.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "It was removed.", schema: None },
        handler: delete_topic,
    },
    Route {
        method: Method::GET,
        path: SUBSCRIPTION_PATH,
        operation: "getEventSubscription",
        summary: "Returns an event subscription: its settings, and how many events are in which state.",
        query: &[],
        body: None,
        response: SUBSCRIPTION,
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            shown(emulator, StatusCode::OK, &topic, name)
        },
    },
    Route {
        method: Method::PUT,
        path: SUBSCRIPTION_PATH,
        operation: "createEventSubscription",
        summary: "Creates an event subscription of a topic of any kind. One that already exists is refused with 409: \
                  change it by PATCH.",
        query: &[],
        body: Some(SETTINGS),
        response: ResponseBody { status: 201, description: "It was created.", ..SUBSCRIPTION },
        handler: create_subscription,
    },
    Route {
        method: Method::PATCH,
        path: SUBSCRIPTION_PATH,
        operation: "changeEventSubscription",
        summary: "Changes settings of an event subscription; those that are left out stay as they are. A lock keeps its \
                  end until it is renewed; the others are at once those of the events that are there, too.",
        query: &[],
        body: Some(SETTINGS),
        response: SUBSCRIPTION,
        handler: change_subscription,
    },
    Route {
        method: Method::DELETE,
        path: SUBSCRIPTION_PATH,
        operation: "deleteEventSubscription",
        summary: "Removes an event subscription with its events. Receives that wait for it are refused as for one that is \
                  not there.",
        query: &[],
        body: None,
        response: ResponseBody { status: 204, description: "It was removed.", schema: None },
        handler: |emulator, call| {
            let (topic, name) = subscription(emulator, call)?;
            emulator.remove_subscription(topic.target(), name);
            Ok(Reply::no_content())
        },
    },
];

/// A topic of the namespace.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewTopic {
    /// 3 to 50 letters, digits and hyphens.
    name: String,
}

/// The topic that the path names, which is there.
pub(super) fn topic(emulator: &Emulator, call: &Call) -> Result<TopicId, AdminError> {
    let id = TopicId::parse(call.segment(0)).ok_or_else(|| AdminError::no_topic_id(call.segment(0)))?;
    if emulator.topic_overview(id.target()).is_none() {
        return Err(AdminError::no_topic(&id));
    }
    Ok(id)
}

/// The topic and the event subscription that the path names, which are there.
pub(super) fn subscription<'c>(
    emulator: &Emulator,
    call: &'c Call,
) -> Result<(TopicId, &'c str), AdminError> {
    let (topic, name) = (topic(emulator, call)?, call.segment(1));
    if emulator.stats_of(topic.target(), name).is_none() {
        return Err(AdminError::no_subscription(&topic, name));
    }
    Ok((topic, name))
}

fn shown(emulator: &Emulator, status: StatusCode, topic: &TopicId, name: &str) -> Result<Reply, AdminError> {
    let subscription = emulator.subscription_overview(topic.target(), name);
    let subscription = subscription.ok_or_else(|| AdminError::no_subscription(topic, name))?;
    Ok(Reply::with_status(status, &EventSubscription::from(subscription)))
}

fn create_topic(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let NewTopic { name } = call.json()?;
    check_name(&name, NameKind::Topic, emulator.limits()).map_err(AdminError::bad_request)?;
    let target = Target::NamespaceTopic(&name);
    if emulator.topic_overview(target).is_some() {
        return Err(AdminError::conflict(format!(
            "there is already a topic {name}: the case of names makes no difference"
        )));
    }
    emulator.create_topic(&name);
    let topic = emulator.topic_overview(target).ok_or_else(|| AdminError::no_topic(&TopicId::of(target)))?;
    Ok(Reply::with_status(StatusCode::CREATED, &Topic::from(topic)))
}

fn delete_topic(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let id = topic(emulator, call)?;
    let Target::NamespaceTopic(name) = id.target() else {
        return Err(AdminError::bad_request(format!(
            "{id} is not a topic of the namespace: remove it from the configuration instead"
        )));
    };
    emulator.remove_topic(name);
    Ok(Reply::no_content())
}

fn create_subscription(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = (topic(emulator, call)?, call.segment(1));
    check_name(name, NameKind::Subscription, emulator.limits()).map_err(AdminError::bad_request)?;
    if emulator.stats_of(topic.target(), name).is_some() {
        return Err(AdminError::conflict(format!(
            "{topic} already has an event subscription {name}: change it by PATCH, or remove it by DELETE first"
        )));
    }
    let wanted: Settings = call.json()?;
    let settings = wanted.over(SubscriptionSettings::default())?;
    let dead_lettering = wanted.dead_lettering_over(None)?;
    // Before there is such a subscription these check what is wanted and do no more.
    set_filter(emulator, &topic, name, &wanted)?;
    set_dead_lettering(emulator, &topic, name, dead_lettering.clone())?;
    emulator.create_subscription(topic.target(), name, settings);
    set_filter(emulator, &topic, name, &wanted)?;
    set_dead_lettering(emulator, &topic, name, dead_lettering)?;
    shown(emulator, StatusCode::CREATED, &topic, name)
}

fn change_subscription(emulator: &mut Emulator, call: &Call) -> Result<Reply, AdminError> {
    let (topic, name) = subscription(emulator, call)?;
    let overview = emulator.subscription_overview(topic.target(), name);
    let before = overview.ok_or_else(|| AdminError::no_subscription(&topic, name))?;
    let wanted: Settings = call.json()?;
    if let (Some(setting), Some(_)) = (wanted.first_of_received(), &before.push_endpoint) {
        return Err(AdminError::bad_request(format!(
            "{setting}: this is for events that are received, and these are pushed: leave it out, or give the endpoint \
             another retry policy by PUT of pushEndpoint"
        )));
    }
    let settings = wanted.over(before.settings)?;
    let dead_lettering = wanted.dead_lettering_over(before.dead_lettering.as_ref())?;
    if let Some(dead_lettering) = &dead_lettering {
        let checked = emulator.check_dead_lettering(topic.target(), dead_lettering);
        checked.map_err(|error| AdminError::bad_request(error.to_string()))?;
    }
    set_filter(emulator, &topic, name, &wanted)?;
    if dead_lettering != before.dead_lettering {
        set_dead_lettering(emulator, &topic, name, dead_lettering)?;
    }
    emulator.configure_subscription(topic.target(), name, settings);
    shown(emulator, StatusCode::OK, &topic, name)
}

fn set_dead_lettering(
    emulator: &mut Emulator,
    topic: &TopicId,
    name: &str,
    wanted: Option<DeadLettering>,
) -> Result<(), AdminError> {
    let set = emulator.set_dead_lettering(topic.target(), name, wanted);
    set.map(drop).map_err(|error| AdminError::bad_request(error.to_string()))
}

fn set_filter(
    emulator: &mut Emulator,
    topic: &TopicId,
    name: &str,
    wanted: &Settings,
) -> Result<(), AdminError> {
    let Some(filter) = &wanted.filter else { return Ok(()) };
    emulator
        .set_filter(topic.target(), name, filter)
        .map(drop)
        .map_err(|error| AdminError::bad_request(format!("filter: {error}")))
}
