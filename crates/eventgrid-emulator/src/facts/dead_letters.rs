//! Facts of dead letters.

use super::Area::DeadLetters;
use super::Fact;
use super::Source::{Documented, NotConfirmed, Recorded};

/// The rows.
pub(super) const FACTS: &[Fact] = &[
    Fact::always(
        "dead-letter-form",
        DeadLetters,
        "A dead letter of a namespace is written to a folder.",
        "The file is an array with one object, which has `deadLetterProperties` and `event`. The former has `deadletterreason`, \
         `deliveryattempts`, `deliveryresult`, `publishutc` and `deliveryattemptutc`, times in UTC with seven digits \
         after the second.",
        Documented(
            "namespace-delivery-retry (2024-05-08); dead-letter-event-subscriptions-namespace-topics (2023-09-29) shows \
             other forms, too: `deadletterProperties`, beside the attributes of the event, and `brokerProperties`",
        ),
    ),
    Fact::always(
        "dead-letter-words",
        DeadLetters,
        "A dead letter of a namespace says why it died.",
        "An event that was delivered too often has `Maximum delivery attempts was exceeded.` and `Event was not \
         acknowledged nor rejected.`; one that was rejected has `Event was rejected.` twice; one whose time to live was \
         over has `Time to live was exceeded.`, and `Event was not delivered.` if it never was.",
        NotConfirmed(
            "the first two are documented (namespace-delivery-retry, 2024-05-08), the others are made up",
        ),
    ),
    Fact::always(
        "dead-letter-never-delivered",
        DeadLetters,
        "An event that was never delivered becomes a dead letter.",
        "`deliveryattempts` is 0, and `deliveryattemptutc` is left out.",
        NotConfirmed(""),
    ),
    Fact::always(
        "dead-letter-path",
        DeadLetters,
        "A dead letter of a namespace is written to a folder.",
        "Its path has the names of the namespace, the topic and the event subscription, then year, month, day and hour \
         in UTC without leading zeros, and a GUID with `.json`. The namespace is called `emulator`. The hour is that in \
         which the dead letter is due.",
        Documented(
            "dead-letter-event-subscriptions-namespace-topics (2023-09-29); which moment counts is not confirmed",
        ),
    ),
    Fact::always(
        "dead-letter-per-file",
        DeadLetters,
        "Several dead letters are due at once.",
        "Each has a file of its own. The service may put several into one.",
        Recorded("azure-docs#14706, basic topics: one blob for each event"),
    ),
    Fact::always(
        "dead-letter-delay",
        DeadLetters,
        "An event died, and dead letters go to a folder or a topic.",
        "It is sent five minutes after its last delivery began, or after the end of its time to live if it was never \
         delivered, but not before it died. `deadLetterDelayInSeconds` sets another delay.",
        Documented(
            "namespace-delivery-retry (2024-05-08), for push delivery; not confirmed for pull delivery",
        ),
    ),
    Fact::always(
        "dead-letter-retries",
        DeadLetters,
        "A dead letter cannot be written.",
        "It is retried after 10 seconds, after a minute, and then every five minutes for two days. After that it stays in \
         the list, where the service drops it.",
        Documented(
            "dead-letter-event-subscriptions-namespace-topics (2023-09-29); namespace-delivery-retry (2024-05-08) says \
             four hours",
        ),
    ),
    Fact::always(
        "dead-letter-rejected",
        DeadLetters,
        "A receiver rejects an event.",
        "It is a dead letter if there is a destination, and is dropped otherwise.",
        Documented("the contract of the data plane (2024-06-01)"),
    ),
    Fact::always(
        "basic-dead-letter-form",
        DeadLetters,
        "A dead letter of a basic topic, a domain or a channel is written to a folder.",
        "The file is an array with the event, to which members are added: `deadLetterReason`, `deliveryAttempts`, \
         `publishTime`, `lastDeliveryOutcome` and `lastDeliveryAttemptTime` in the Event Grid schema; all but the last in \
         small letters in CloudEvents. An event of a custom schema is the `data` of one in the Event Grid schema. A \
         rejected event has the reason of one that a webhook refuses with 400.",
        Documented(
            "delivery-and-retry; the reasons are those of users' reports, and the service has no pull delivery here",
        ),
    ),
    Fact::always(
        "basic-dead-letter-path",
        DeadLetters,
        "A dead letter of a basic topic, a domain or a channel is written to a folder.",
        "Its path has the name of the event subscription in capital letters, then year, month, day and hour in UTC without \
         leading zeros, and a GUID with `.json`.",
        Documented("manage-event-delivery"),
    ),
    Fact::always(
        "dead-letter-topic",
        DeadLetters,
        "Dead letters go to a topic.",
        "They are published to that topic of the namespace with the attributes `deadletterreason`, `deliveryattempts`, \
         `lastdeliveryoutcome` and `publishtime`. The service has no such destination.",
        NotConfirmed("the attributes are those of dead letters of basic topics in CloudEvents"),
    ),
];
