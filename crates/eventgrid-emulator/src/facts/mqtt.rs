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
        strict: "400 `BadRequest`: the first is only for reading, the other two only for publishing.",
        relaxed: "It is accepted.",
        source: Documented(
            "mqtt-http-publish (2025-07-30) and mqtt-retain-http (2025-11); the response is not confirmed",
        ),
    },
    Fact::always(
        "mqtt-host",
        Mqtt,
        "A request is sent to the host of topics instead of that of the broker.",
        "It makes no difference: both are at the same address. The service has two hosts.",
        Documented("mqtt-http-publish (2025-07-30)"),
    ),
    Fact::always(
        "mqtt-credential",
        Mqtt,
        "A request has an access key or a shared access signature.",
        "401 `Unauthorized`: only bearer tokens are accepted.",
        Documented("mqtt-http-publish (2025-07-30); the response is not confirmed"),
    ),
    Fact::always(
        "mqtt-role",
        Mqtt,
        "The bearer token lacks the role `EventGrid TopicSpaces Publisher` for publishing, or `EventGrid TopicSpaces \
         Subscriber` for reading retained messages.",
        "403 `Forbidden`.",
        Documented("mqtt-http-publish (2025-07-30): 403; the role for reading is not documented"),
    ),
    Fact {
        id: "mqtt-topic-limits",
        area: Mqtt,
        case: "A topic or topic filter has more than 256 bytes or more than 8 levels.",
        strict: "403 `Forbidden` when a message is published, 400 `BadRequest` when retained messages are read.",
        relaxed: "It is accepted up to the 65,535 bytes of MQTT.",
        source: Documented("quotas-limits (2025-11); mqtt-http-publish has 403 for an invalid topic"),
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
        "10,000 messages or 640 MB are already retained, which is what one throughput unit allows.",
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
        "A parameter or a header of a message is not as documented, or a header is repeated.",
        "400 `BadRequest`.",
        NotConfirmed("the documentation names only 401, 403 and 500"),
    ),
    Fact::always(
        "mqtt-topic-encoding",
        Mqtt,
        "A topic or topic filter in a query has a plus sign that is not encoded.",
        "It is a plus sign, not a space as in forms.",
        Documented("mqtt-http-publish (2025-07-30): percent-encoded"),
    ),
    Fact::always(
        "mqtt-published",
        Mqtt,
        "A message is published.",
        "204 without a body. No MQTT client receives it: the emulator does not support MQTT itself.",
        Documented("mqtt-http-publish (2025-07-30): 204 or 202"),
    ),
    Fact::always(
        "mqtt-expiry",
        Mqtt,
        "A message that is retained expires.",
        "It is no longer retained from that moment on, by the clock of the emulator; with an expiry of 0, immediately.",
        Standard("MQTT 5.0, 3.3.2.3.3"),
    ),
    Fact::always(
        "mqtt-dollar-topics",
        Mqtt,
        "A topic filter begins with a wildcard, and the topic of a message with `$`.",
        "The topic does not match.",
        Standard("MQTT 5.0, 4.7.2"),
    ),
    Fact::always(
        "mqtt-list-order",
        Mqtt,
        "Retained messages are listed.",
        "They are sorted by the bytes of their topics, with 100 on a page unless `maxResults` is smaller. A message that is \
         published meanwhile is on a later page if its topic comes later. A page may be empty although another one follows.",
        NotConfirmed("the order and the default are not documented"),
    ),
    Fact::always(
        "mqtt-routed-event",
        Mqtt,
        "Messages are routed to a topic of the namespace.",
        "The event has the type `MQTT.EventPublished`, the name of the namespace as its source and the MQTT topic as its \
         subject. If the payload format indicator is 1 or the content type is `application/json; charset=utf-8`, the \
         payload is `data`, as JSON, or as a string if it is not JSON. Otherwise it is `data_base64`. The emulator takes \
         the first label of the request's host as the name of the namespace.",
        Documented("mqtt-routing-event-schema (2023-11-15)"),
    ),
    Fact::always(
        "mqtt-routed-content-type",
        Mqtt,
        "A message that is routed has a content type.",
        "It becomes the event's `datacontenttype`, unless the namespace would refuse the event with it.",
        Documented("mqtt-routing-enrichment (2023-11-15), a sample"),
    ),
    Fact::always(
        "mqtt-routed-cloud-event",
        Mqtt,
        "A message that is routed is a CloudEvent as in the MQTT binding: its content type is \
         `application/cloudevents+json`, or its user properties have `specversion`, `id`, `source` and `type`.",
        "The event is published as it is. If it is not a valid CloudEvent, the message is put into an event like any other.",
        Documented("mqtt-routing-event-schema (2023-11-15); the second sentence is not confirmed"),
    ),
    Fact::always(
        "mqtt-route-gone",
        Mqtt,
        "The topic that messages are routed to was removed.",
        "204: the message is published, but does not become an event.",
        NotConfirmed(""),
    ),
];
