//! Facts of namespaces.

use super::Area::Namespaces;
use super::Fact;
use super::Source::{Documented, NotConfirmed, Recorded, Standard};

/// The rows.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "namespace-request-size",
        area: Namespaces,
        case: "The body of a request has more than 1,048,576 bytes.",
        strict: "413 `RequestEntityTooLarge`.",
        relaxed: "It is accepted up to 1,536,000 bytes.",
        source: Documented(
            "concepts-event-grid-namespaces (2023-11-02): 1 MB; the response is not confirmed",
        ),
    },
    Fact {
        id: "namespace-events-per-request",
        area: Namespaces,
        case: "A batch has more than 1,000 events.",
        strict: "400 `BadRequest`.",
        relaxed: "It is accepted.",
        source: Documented("quotas-limits of docs.azure.cn; the response is not confirmed"),
    },
    Fact::always(
        "lock-tokens-per-request",
        Namespaces,
        "A request has more than 1,000 lock tokens, or none.",
        "It is accepted.",
        NotConfirmed(""),
    ),
    Fact::always(
        "throughput",
        Namespaces,
        "More is published or received than a throughput unit allows.",
        "It is accepted, where the service responds with 429.",
        Documented("quotas-limits of docs.azure.cn"),
    ),
    Fact::always(
        "lock-duration",
        Namespaces,
        "A lock duration is shorter than 60 seconds or longer than 300.",
        "It is accepted, so that tests need not wait.",
        Documented("the contract of Azure Resource Manager (10.5.0b2 of its Python SDK)"),
    ),
    Fact::always(
        "receive-from-push",
        Namespaces,
        "Events of an event subscription with push delivery are received or settled.",
        "400 `BadRequest`.",
        NotConfirmed("the delivery mode of an event subscription is either Queue or Push"),
    ),
    Fact::always(
        "bad-event-in-batch",
        Namespaces,
        "One event of a batch is refused.",
        "The batch is refused as a whole.",
        NotConfirmed("recorded is the response, but not what became of the other events"),
    ),
    Fact::always("empty-batch", Namespaces, "A batch has no events.", "It is accepted.", NotConfirmed("")),
    Fact::always(
        "refusal-words",
        Namespaces,
        "An event is refused.",
        "The messages are worded like those that were recorded: `` `source` attribute is required `` and `` `id` must be \
         non-empty string ``.",
        NotConfirmed("the other messages are made up"),
    ),
    Fact::always(
        "namespace-statuses",
        Namespaces,
        "A request is refused before its body is read.",
        "401 `Unauthorized` for a missing or wrong credential, 415 `UnsupportedMediaType` for another media type, 405 \
         `MethodNotAllowed` for another method, 404 `NotFound` for another path or an unknown event subscription, 400 \
         `BadRequest` for an unknown api-version.",
        NotConfirmed("recorded are only 404 for an unknown topic and 400 for a missing media type"),
    ),
    Fact::always(
        "namespace-check-order",
        Namespaces,
        "Several things are wrong with a request.",
        "The credential is checked before the path, then topic and event subscription, then the query, then the body.",
        NotConfirmed("recorded is only that the topic is checked before the lock tokens"),
    ),
    Fact {
        id: "topic-name",
        area: Namespaces,
        case: "A topic or an event subscription is configured with a name that the service does not allow.",
        strict: "It is refused at the start. The name of a topic has 3 to 50 letters, digits and hyphens, that of an event \
                 subscription 3 to 64.",
        relaxed: "It is accepted if it is not empty and, for a topic, does not begin with a slash.",
        source: Documented("Naming rules and restrictions for Azure resources, Microsoft.EventGrid"),
    },
    Fact::always(
        "name-case",
        Namespaces,
        "A name in a request differs from the configured one in letter case.",
        "It is the same name.",
        NotConfirmed("Azure Resource Manager ignores case in names"),
    ),
    Fact {
        id: "path-prefix",
        area: Namespaces,
        case: "The path has a prefix before `/topics/`.",
        strict: "404 `NotFound`.",
        relaxed: "The prefix `/api/events` is ignored; any other is 404.",
        source: Recorded("responses to `/api/events/topics/…`, if the recordings did not change the paths"),
    },
    Fact::always(
        "first-preview",
        Namespaces,
        "A release with `releaseDelayInSeconds`, or a renewal of a lock, asks for 2023-06-01-preview.",
        "The parameter is ignored like any unknown one; the renewal is 404.",
        NotConfirmed("that version has neither"),
    ),
    Fact::always(
        "delivery-order",
        Namespaces,
        "An event is released, or its lock ends.",
        "It returns to its place in the order of publication. Waiting receives are served in the order of their arrival.",
        NotConfirmed("small recordings are in order, and the documentation promises no order"),
    ),
    Fact::always(
        "lock-token-twice",
        Namespaces,
        "A request has the same lock token twice.",
        "The second one is `TokenLost`, except in a renewal, where both succeed.",
        NotConfirmed(""),
    ),
    Fact::always(
        "lock-token-elsewhere",
        Namespaces,
        "A lock token belongs to another event subscription, or its lock is renewed more than an hour after the delivery.",
        "`TokenLost`.",
        NotConfirmed("the limit of an hour is documented, its error is not"),
    ),
    Fact::always(
        "time-to-live-while-locked",
        Namespaces,
        "The time to live of an event ends while the event is locked.",
        "It stays locked, and is dropped when the lock ends or the event is released.",
        NotConfirmed(""),
    ),
    Fact::always(
        "binary-mode-encoding",
        Namespaces,
        "A `ce-*` header is percent-encoded.",
        "It is decoded.",
        Standard("CloudEvents 1.0.2, HTTP protocol binding 3.1.3.2"),
    ),
    Fact::always(
        "binary-mode-latin-1",
        Namespaces,
        "A `ce-*` header has bytes beyond ASCII.",
        "They are read as UTF-8, never as Latin-1. If they are not UTF-8, the event is refused.",
        NotConfirmed("CloudEvents asks for percent-encoding"),
    ),
    Fact::always(
        "binary-mode-data",
        Namespaces,
        "An event is published in binary content mode.",
        "A body of `*/json` and `*/*+json` becomes `data` as JSON; one of `text/*`, `*/xml` and `*/*+xml` becomes text if \
         it is UTF-8; any other becomes `data_base64`. An empty body is no data. `ce-datacontenttype` is refused.",
        Recorded("receive, api-version 2023-10-01-preview; JSON is documented only for dead letters"),
    ),
];
