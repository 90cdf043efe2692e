//! Facts of the HTTP interface of a namespace's MQTT broker.

use super::Area::Mqtt;
use super::Fact;
use super::Source::{Documented, NotConfirmed, Standard};

/// The rows.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "mqtt-api-version",
        area: Mqtt,
        case: "A message is published with the api-version 2025-11-16-preview, or retained messages are read with \
               2025-08-01-preview or 2025-02-15-preview.",
        strict: "400 `BadRequest`: publishing has the latter two, reading the former.",
        relaxed: "It is accepted.",
        source: Documented(
            "mqtt-http-publish (2025-07-30) and mqtt-retain-http (2025-11); the response is not confirmed",
        ),
    },
    Fact::always(
        "mqtt-host",
        Mqtt,
        "A request goes to the host of topics, and not to that of the broker.",
        "The paths of both are at the same address here. The service has two hosts.",
        Documented("mqtt-http-publish (2025-07-30)"),
    ),
    Fact::always(
        "mqtt-credential",
        Mqtt,
        "A request has an access key or a shared access signature.",
        "401 `Unauthorized`: bearer tokens alone are taken.",
        Documented("mqtt-http-publish (2025-07-30); the response is not confirmed"),
    ),
    Fact::always(
        "mqtt-role",
        Mqtt,
        "The bearer token of a request has not the role `EventGrid TopicSpaces Publisher` to publish, or `EventGrid \
         TopicSpaces Subscriber` to read what is retained.",
        "403 `Forbidden`.",
        Documented("mqtt-http-publish (2025-07-30): 403; which role reads is not documented"),
    ),
    Fact {
        id: "mqtt-topic-limits",
        area: Mqtt,
        case: "A topic or the filter of topics has more than 256 bytes or more than 8 levels.",
        strict: "403 `Forbidden` for a message that is published, 400 `BadRequest` where retained messages are read.",
        relaxed: "It is accepted up to the 65,535 bytes of MQTT.",
        source: Documented("quotas-limits (2025-11); 403 for an invalid topic is that of mqtt-http-publish"),
    },
    Fact {
        id: "mqtt-message-size",
        area: Mqtt,
        case: "A message has more than 524,288 bytes as an MQTT packet.",
        strict: "413 `RequestEntityTooLarge`.",
        relaxed: "It is accepted up to 1,536,000 bytes.",
        source: Documented("quotas-limits (2025-11): 512 KB; the response is not confirmed"),
    },
    Fact {
        id: "mqtt-retained-size",
        area: Mqtt,
        case: "A message that is to be retained has more than 65,536 bytes as an MQTT packet.",
        strict: "413 `RequestEntityTooLarge`, and it is not routed.",
        relaxed: "It is retained.",
        source: Documented("mqtt-retain (2025-07-30): 64 KB; the response is not confirmed"),
    },
    Fact::always(
        "mqtt-retained-count",
        Mqtt,
        "10,000 messages or 640 MB are retained already, as many as one throughput unit allows.",
        "403 `Forbidden` for one more.",
        Documented("mqtt-retain (2025-07-30); the response is not confirmed"),
    ),
    Fact {
        id: "mqtt-user-properties-plain",
        area: Mqtt,
        case: "`mqtt-user-properties` is JSON that is not encoded as base64.",
        strict: "400 `BadRequest`.",
        relaxed: "It is accepted.",
        source: Documented(
            "mqtt-http-publish (2025-07-30) asks for base64; a sample of mqtt-how-to-http-publish has plain JSON",
        ),
    },
    Fact::always(
        "mqtt-bad-parameter",
        Mqtt,
        "A parameter or a header of a message is not what the documentation says, or a header is there twice.",
        "400 `BadRequest`.",
        NotConfirmed("the documentation names 401, 403 and 500 alone"),
    ),
    Fact::always(
        "mqtt-topic-encoding",
        Mqtt,
        "The topic or the filter of topics in a query has a plus sign that is not encoded.",
        "It is a plus sign, and no space as in forms.",
        Documented("mqtt-http-publish (2025-07-30): percent-encoded"),
    ),
    Fact::always(
        "mqtt-published",
        Mqtt,
        "A message is published.",
        "204 without a body. No MQTT client gets it: the emulator does not speak MQTT.",
        Documented("mqtt-http-publish (2025-07-30): 204 or 202"),
    ),
    Fact::always(
        "mqtt-expiry",
        Mqtt,
        "A message that is retained expires.",
        "It is not retained any more from that moment on, by the clock of the emulator; with an expiry of 0 at once.",
        Standard("MQTT 5.0, 3.3.2.3.3"),
    ),
    Fact::always(
        "mqtt-dollar-topics",
        Mqtt,
        "A filter begins with a wildcard, and the topic of a message with `$`.",
        "The topic does not match.",
        Standard("MQTT 5.0, 4.7.2"),
    ),
    Fact::always(
        "mqtt-list-order",
        Mqtt,
        "Retained messages are listed.",
        "They come in the order of the bytes of their topics, 100 on a page unless `maxResults` says fewer. What is published \
         meanwhile is on a later page if its topic comes later. A page may be empty where another one follows.",
        NotConfirmed("the order and the default are not documented"),
    ),
    Fact::always(
        "mqtt-routed-event",
        Mqtt,
        "Messages are routed to a topic of the namespace.",
        "The event has the type `MQTT.EventPublished`, the name of the namespace as its source and the MQTT topic as its \
         subject. The payload is `data` if the payload format indicator is 1 or the content type is `application/json; \
         charset=utf-8`: as JSON, or as a string if it is not JSON; and otherwise `data_base64`. Here the name of the \
         namespace is the first label of the host of the request.",
        Documented("mqtt-routing-event-schema (2023-11-15)"),
    ),
    Fact::always(
        "mqtt-routed-content-type",
        Mqtt,
        "A message that is routed has a content type.",
        "It is `datacontenttype` of the event, unless that makes it one that the namespace refuses.",
        Documented("a sample of mqtt-routing-enrichment (2023-11-15) has it"),
    ),
    Fact::always(
        "mqtt-routed-cloud-event",
        Mqtt,
        "A message that is routed is a CloudEvent by the MQTT binding: its content type is `application/cloudevents+json`, \
         or its user properties have `specversion`, `id`, `source` and `type`.",
        "The event is published as it is. What only looks like one is put into an event as any other message.",
        Documented("mqtt-routing-event-schema (2023-11-15); the second sentence is not confirmed"),
    ),
    Fact::always(
        "mqtt-route-gone",
        Mqtt,
        "The topic that messages are routed to was removed.",
        "204: the message is published, and becomes no event.",
        NotConfirmed(""),
    ),
];
