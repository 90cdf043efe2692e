//! The facts.

use super::DeliveryFact;
use super::FactSource::{Documented, NotConfirmed, Recorded, Standard};

/// The rows.
pub(super) const FACTS: &[DeliveryFact] = &[
    DeliveryFact {
        id: "time-to-live",
        case: "An event becomes older than its time to live while it waits for its next attempt.",
        what: "It is dead-lettered when that attempt is due, not before.",
        source: Documented("delivery-and-retry @2ccf6fd4, namespace-delivery-retry @01b326c2"),
    },
    DeliveryFact {
        id: "time-to-live-exact",
        case: "An attempt is due when the event is exactly as old as its time to live.",
        what: "The event is dead-lettered.",
        source: Documented(
            "delivery-and-retry @2ccf6fd4: six attempts in 30 minutes, and the seventh would be at minute 30",
        ),
    },
    DeliveryFact {
        id: "skipped-steps",
        case: "An endpoint fails for a long time.",
        what: "Every step of the schedule is kept, and new events are not held back.",
        source: NotConfirmed(
            "delivery-and-retry @2ccf6fd4: the service skips steps and delays new events, without figures",
        ),
    },
    DeliveryFact {
        id: "late-response",
        case: "A response comes after 30 seconds.",
        what: "The attempt has timed out. A caller that reads a late success may drop the retry.",
        source: Documented(
            "delivery-and-retry @2ccf6fd4: for up to 3 minutes the service tries to remove the event from the queue",
        ),
    },
    DeliveryFact {
        id: "dead-letter-delay",
        case: "An event is dead-lettered after its last attempt.",
        what: "The caller decides when the dead letter is written; the service waits five minutes.",
        source: Documented("delivery-and-retry @2ccf6fd4, namespace-delivery-retry @01b326c2"),
    },
    DeliveryFact {
        id: "body",
        case: "A subscription without batches delivers an event.",
        what: "In the Event Grid schema the body is an array with one event; as a CloudEvent it is one object.",
        source: Documented("delivery-and-retry @2ccf6fd4, cloud-event-schema (2023-05-24)"),
    },
    DeliveryFact {
        id: "body-custom",
        case: "A subscription without batches delivers an event of a custom schema.",
        what: "The body is an array with one event.",
        source: NotConfirmed(
            "as in the Event Grid schema; input-mappings (2021-09-28) shows the event alone",
        ),
    },
    DeliveryFact {
        id: "body-batch",
        case: "A subscription of CloudEvents delivers in batches.",
        what: "The body is an array, even for one event, and the content type is \
               `application/cloudevents-batch+json; charset=utf-8`.",
        source: NotConfirmed("CloudEvents 1.0 has this media type for arrays"),
    },
    DeliveryFact {
        id: "batch-size",
        case: "More events wait than fit into a batch.",
        what: "A batch has as many as both limits allow. An event that exceeds the size limit is sent alone. No batch \
               waits for more events.",
        source: Documented("delivery-and-retry @2ccf6fd4"),
    },
    DeliveryFact {
        id: "batch-defaults",
        case: "A subscription sets one of the two limits of batches.",
        what: "The other is 5,000 events, or 64 KiB.",
        source: NotConfirmed(
            "delivery-and-retry @2ccf6fd4 has defaults, without figures; its examples have 64",
        ),
    },
    DeliveryFact {
        id: "batch-headers",
        case: "The events of a batch would have different values of a header.",
        what: "That header is left out, and so is the one with the id of the event.",
        source: NotConfirmed("a header with the value of one of them would be wrong for the others"),
    },
    DeliveryFact {
        id: "delivery-count",
        case: "An event is delivered for the first time.",
        what: "`aeg-delivery-count` is 0: it counts the earlier attempts.",
        source: Recorded("public captures of deliveries; the documentation's example has 1"),
    },
    DeliveryFact {
        id: "subscription-name",
        case: "The name of the subscription has small letters.",
        what: "`aeg-subscription-name` has it in capitals.",
        source: Recorded("public captures of deliveries"),
    },
    DeliveryFact {
        id: "metadata-version",
        case: "An event has versions of its schema and of its data.",
        what: "`aeg-metadata-version` is the version of the schema, or that of CloudEvents. `aeg-data-version` is sent only \
               in the Event Grid schema, and only if it is not empty.",
        source: Documented("handler-event-hubs (2021), message headers"),
    },
    DeliveryFact {
        id: "output-event-id",
        case: "One event is delivered.",
        what: "`aeg-output-event-id` is its id. In a custom schema it is not sent.",
        source: Documented(
            "handler-event-hubs (2021), message headers; on the page about namespaces the id is generated",
        ),
    },
    DeliveryFact {
        id: "origin",
        case: "A request of CloudEvents names its origin.",
        what: "`WebHook-Request-Origin` is `eventgrid.azure.net`, in handshakes and in deliveries.",
        source: NotConfirmed("CloudEvents 1.0, HTTP webhook 2.1; the name is in many samples"),
    },
    DeliveryFact {
        id: "properties",
        case: "A subscription has delivery properties.",
        what: "There are at most ten, each with at most 4,096 bytes; no name begins with `aeg-`.",
        source: Documented("delivery-properties @5267395e"),
    },
    DeliveryFact {
        id: "properties-reserved",
        case: "A delivery property has the name of a header that the request or the connection has, such as `Host`.",
        what: "It is refused.",
        source: NotConfirmed("it would change the request instead of adding to it"),
    },
    DeliveryFact {
        id: "properties-dynamic",
        case: "The field of a dynamic property is missing, or is null, an object or an array.",
        what: "The header is left out.",
        source: Documented("delivery-properties @5267395e: only strings, numbers and booleans"),
    },
    DeliveryFact {
        id: "properties-not-conformant",
        case: "The value of a dynamic property cannot be in a header, or is too long.",
        what: "The header is left out.",
        source: Documented("delivery-properties (2023-02-21), for headers that are well known"),
    },
    DeliveryFact {
        id: "validation",
        case: "An endpoint gets the validation of the Event Grid schema.",
        what: "It consents by status 200 and the code as `validationResponse`, in any letter case. 202 is not consent.",
        source: Documented("webhook-event-delivery @0b9b1f7c; a sample of the page has `ValidationResponse`"),
    },
    DeliveryFact {
        id: "validation-url",
        case: "The response to a validation has status 200 and no code.",
        what: "The endpoint may call the validation URL within five minutes.",
        source: Documented("webhook-event-delivery @0b9b1f7c"),
    },
    DeliveryFact {
        id: "validation-other-code",
        case: "The response to a validation has a wrong code.",
        what: "The validation has failed, even if the endpoint could call a URL.",
        source: NotConfirmed("an endpoint that wants to use the URL sends no code"),
    },
    DeliveryFact {
        id: "handshake-retry",
        case: "A handshake has failed.",
        what: "It is repeated after five seconds. The caller decides how often.",
        source: Documented("webhook-event-delivery @0b9b1f7c, without a number"),
    },
    DeliveryFact {
        id: "handshake-cloud-events",
        case: "An endpoint gets the `OPTIONS` of CloudEvents.",
        what: "It consents by `WebHook-Allowed-Origin` with the requested origin in any letter case, or an asterisk.",
        source: Standard("CloudEvents 1.0, HTTP webhook 4.2"),
    },
    DeliveryFact {
        id: "handshake-status",
        case: "The response to `OPTIONS` has the headers of consent, but its status is not a success.",
        what: "The endpoint did not consent.",
        source: NotConfirmed(
            "in CloudEvents 1.0 the status alone is not consent; of the headers alone it says nothing",
        ),
    },
    DeliveryFact {
        id: "handshake-rate",
        case: "The response to `OPTIONS` has no `WebHook-Allowed-Rate`.",
        what: "The rate is not limited.",
        source: NotConfirmed("CloudEvents 1.0 requires it where a rate was requested"),
    },
    DeliveryFact {
        id: "handshake-callback",
        case: "The response to `OPTIONS` has no origin, and the request had a callback.",
        what: "The callback can be called within five minutes. Namespaces have no callbacks.",
        source: NotConfirmed("the time is that of the validation URL"),
    },
    DeliveryFact {
        id: "properties-handshake",
        case: "A subscription with delivery properties makes a handshake.",
        what: "The validation of the Event Grid schema has them, `OPTIONS` does not.",
        source: NotConfirmed("delivery-properties (2023-02-21) is about webhook validation in general"),
    },
    DeliveryFact {
        id: "deletion",
        case: "A subscription is deleted.",
        what: "The endpoint gets `Microsoft.EventGrid.SubscriptionDeletedEvent` in the schema of the subscription, with \
               `aeg-event-type: SubscriptionDeletion`.",
        source: Documented("receive-events (2021); the schema is not confirmed"),
    },
    DeliveryFact {
        id: "schemas",
        case: "A subscription has another schema than its topic.",
        what: "Events of the Event Grid schema can be delivered as CloudEvents, and those of a custom schema in all three \
               schemas. CloudEvents are only delivered as CloudEvents.",
        source: Documented("event-schema-compatibility (2024-09-25)"),
    },
    DeliveryFact {
        id: "event-grid-to-cloud-events",
        case: "An event of the Event Grid schema is delivered as a CloudEvent.",
        what: "`topic` becomes `source`, `eventType` becomes `type`, `eventTime` becomes `time`, and `dataVersion` after a \
               `#` becomes `dataschema`. `metadataVersion` is left out, and no `datacontenttype` is added.",
        source: Documented(
            "cloud-event-schema (2023-05-24), the example, compared with that of event-schema-blob-storage",
        ),
    },
    DeliveryFact {
        id: "empty-subject",
        case: "An event with an empty subject is delivered as a CloudEvent.",
        what: "It has no `subject`.",
        source: Standard("CloudEvents 1.0: a subject must not be empty"),
    },
    DeliveryFact {
        id: "event-grid-added",
        case: "An event of the Event Grid schema is published without `topic`, `dataVersion` or `metadataVersion`.",
        what: "It is delivered with the resource id of the topic, an empty version, and `1`.",
        source: Documented("event-schema (2023)"),
    },
    DeliveryFact {
        id: "custom-data",
        case: "An event of a custom schema is delivered in another one.",
        what: "Its `data` is the whole event as it was published.",
        source: Documented("input-mappings (2021-09-28)"),
    },
    DeliveryFact {
        id: "custom-missing",
        case: "An event of a custom schema does not have a mapped field, and the mapping has no default.",
        what: "It gets a new id and the time of its publication; its subject and the version of its data are empty; \
               without a type it is refused.",
        source: NotConfirmed("input-mappings (2021-09-28) has the id and the time, but not the others"),
    },
    DeliveryFact {
        id: "custom-kinds",
        case: "A mapped field has a number or a boolean.",
        what: "The attribute is the value's JSON text.",
        source: NotConfirmed("delivery properties may have these types"),
    },
];
