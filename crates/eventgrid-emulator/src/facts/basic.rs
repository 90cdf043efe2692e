//! Facts of basic topics, domains and partner namespaces.

use super::Area::Basic;
use super::Fact;
use super::Source::{Documented, NotConfirmed, Recorded};

/// The rows.
pub(super) const FACTS: &[Fact] = &[
    Fact::always(
        "basic-request-size",
        Basic,
        "The body of a request has more than 1,536,000 bytes.",
        "413 `PayloadTooLarge`.",
        Recorded("publish, api-version 2018-01-01; the documentation says 1 MB"),
    ),
    Fact {
        id: "basic-event-size",
        area: Basic,
        case: "An event has more than 1,048,576 bytes.",
        strict: "413 `PayloadTooLarge`.",
        relaxed: "It is accepted.",
        source: Documented("event-schema: 1 MB; the response is not confirmed"),
    },
    Fact {
        id: "basic-events-per-request",
        area: Basic,
        case: "A request has more than 5,000 events.",
        strict: "400 `BadRequest`.",
        relaxed: "It is accepted.",
        source: Documented("quotas-limits of docs.azure.cn; the response is not confirmed"),
    },
    Fact::always("basic-empty-array", Basic, "A request has no events.", "It is refused.", NotConfirmed("")),
    Fact::always(
        "basic-api-version",
        Basic,
        "A request has no `api-version`, or one that is not 2018-01-01.",
        "Without one it is accepted, as in examples of the documentation. With another one it is refused.",
        Documented("post-to-custom-topic"),
    ),
    Fact::always(
        "basic-media-type",
        Basic,
        "A request has an unexpected media type.",
        "Events of the Event Grid schema and custom events must be in an array, and may have any media type. CloudEvents \
         must be in an array with `application/cloudevents-batch+json`, and single with `application/cloudevents+json` or \
         `application/json`; other media types are 415. Binary content mode is not accepted.",
        Recorded("reports of users (azure-sdk-for-python 15941), and a 415 of the service"),
    ),
    Fact::always(
        "event-grid-members",
        Basic,
        "An event of the Event Grid schema lacks a member, or has one that is not in the schema.",
        "It needs `id`, `subject`, `eventType` and `eventTime`, none of them empty. `data` and `dataVersion` may be missing. \
         Other members are refused.",
        Recorded("reports of users (onefuzz 3285); the REST contract requires `data` and `dataVersion`, too"),
    ),
    Fact::always(
        "event-grid-topic",
        Basic,
        "An event for a custom topic has a `topic`.",
        "It is refused unless `topic` is a resource id that ends with the topic's name.",
        Documented("event-schema; the message is made up"),
    ),
    Fact::always(
        "domain-topic-name",
        Basic,
        "An event is for a domain.",
        "`topic` of the Event Grid schema or `source` of a CloudEvent must be a resource id, or a name without `/` and `:`. \
         Custom events are not checked for a domain topic.",
        Recorded("the message; which names the service accepts is not confirmed"),
    ),
    Fact::always(
        "channel-name",
        Basic,
        "`aeg-channel-name` is missing, or names no channel.",
        "400 without it, 404 for an unknown channel.",
        NotConfirmed(""),
    ),
    Fact::always(
        "basic-words",
        Basic,
        "A signature or a bearer token is wrong, a member has the wrong type, or JSON is broken.",
        "The message is made up. The service repeats a malformed signature in its message, and the URI in a 404. The \
         emulator leaves out the signature, and of the URI's query all but `api-version`, since they may contain a key.",
        NotConfirmed(""),
    ),
    Fact::always(
        "basic-check-order",
        Basic,
        "Several things are wrong with a request.",
        "They are checked in this order: path, credential, method, api-version, size, channel, events.",
        NotConfirmed(""),
    ),
    Fact::always(
        "basic-paths",
        Basic,
        "A path begins with the name of a topic, domain or partner namespace.",
        "Every path below `/NAME` belongs to it. Elsewhere, a 404 to a request with api-version 2018-01-01 has the message \
         of basic topics.",
        NotConfirmed("in Azure each has a host of its own"),
    ),
    Fact::always(
        "feed",
        Basic,
        "An event subscription has the destination `NamespaceTopic`.",
        "Its events are published to that topic of the namespace as CloudEvents, converted as for webhooks. There is no \
         handshake, and there are no batches or delivery properties.",
        Documented(
            "REST contract, `NamespaceTopicEventSubscriptionDestination`; the schema is not confirmed",
        ),
    ),
    Fact::always(
        "feed-refused",
        Basic,
        "The destination topic of the namespace does not exist, or refuses an event.",
        "The retry policy of basic topics applies. A topic that does not exist counts as 404, which is retried after five \
         minutes. An event with more than 1,048,576 bytes counts as 413, and one that is refused otherwise as 400: neither \
         is retried.",
        NotConfirmed("delivery-and-retry has these statuses for Azure resources"),
    ),
];
