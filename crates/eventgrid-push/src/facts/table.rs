//! The facts.

use super::DeliveryFact;
use super::FactSource::{Documented, NotConfirmed};

/// The rows.
pub(super) const FACTS: &[DeliveryFact] = &[
    DeliveryFact {
        id: "time-to-live",
        case: "An event becomes older than its time to live while it waits for its next attempt.",
        what: "It is dead-lettered when that attempt is due, and not before.",
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
            "delivery-and-retry @2ccf6fd4 has the service skip steps and delay new events, and no figure",
        ),
    },
    DeliveryFact {
        id: "late-response",
        case: "A response comes after 30 seconds.",
        what: "The attempt has timed out. A caller who reads a late success may drop the retry.",
        source: Documented(
            "delivery-and-retry @2ccf6fd4: up to 3 minutes the service tries to take the event off the queue",
        ),
    },
    DeliveryFact {
        id: "dead-letter-delay",
        case: "An event is dead-lettered after its last attempt.",
        what: "When that is written is for the caller to say; the service waits five minutes.",
        source: Documented("delivery-and-retry @2ccf6fd4, namespace-delivery-retry @01b326c2"),
    },
];
