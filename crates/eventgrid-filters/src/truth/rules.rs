//! The rules beside the truth table.

use super::TruthRule;
use super::TruthSource::{Documented, NotConfirmed};

/// The rows.
pub(super) const RULES: &[TruthRule] = &[
    TruthRule {
        id: "and-or",
        case: "A filter has several clauses, and a clause several values.",
        what: "All clauses must match. For one clause, one matching value is enough; with `Not`, none of its values \
               may match.",
        source: Documented("event-filtering (2023-10-11), OR and AND; the loop of each operator"),
    },
    TruthRule {
        id: "event-types",
        case: "`includedEventTypes` has types.",
        what: "The type of the event must be one of them, in the same case.",
        source: Documented("subscription-creation-schema (2018-03-09): an exact match"),
    },
    TruthRule {
        id: "event-types-all",
        case: "`includedEventTypes` is null or missing, or has the word `All`.",
        what: "Every type matches.",
        source: Documented("event-filtering (2023-10-11) and the contract of Azure Resource Manager (2025)"),
    },
    TruthRule {
        id: "event-types-empty",
        case: "`includedEventTypes` is an empty list.",
        what: "Every type matches.",
        source: NotConfirmed("a subscription that never gets an event is useless"),
    },
    TruthRule {
        id: "subject",
        case: "`subjectBeginsWith` or `subjectEndsWith` is missing or empty.",
        what: "Every event matches, with any subject or none.",
        source: Documented("subscription-creation-schema (2018-03-09)"),
    },
    TruthRule {
        id: "subject-missing",
        case: "`subjectBeginsWith` or `subjectEndsWith` has text, and the event has no subject.",
        what: "It does not match.",
        source: NotConfirmed("as `StringBeginsWith` on a missing key"),
    },
    TruthRule {
        id: "subject-case",
        case: "`isSubjectCaseSensitive` is missing.",
        what: "Case is ignored when subjects are compared.",
        source: Documented("the contract of Azure Resource Manager (2025)"),
    },
    TruthRule {
        id: "case",
        case: "A clause compares strings.",
        what: "Case is ignored.",
        source: Documented("event-filtering (2023-10-11): no string comparison is case-sensitive"),
    },
    TruthRule {
        id: "case-beyond-ascii",
        case: "Strings have letters beyond ASCII.",
        what: "Two characters are equal if their upper-case forms are equal and each is a single character. None is equal \
               to an ASCII character.",
        source: NotConfirmed(
            "as .NET's ordinal comparison that ignores case; the service is written in .NET",
        ),
    },
    TruthRule {
        id: "numbers",
        case: "Two numbers are compared.",
        what: "They are compared as doubles: 9007199254740993 equals 9007199254740992.",
        source: Documented(
            "the contract of Azure Resource Manager (2025) has doubles; for Event Grid on IoT Edge, \
             edge/advanced-filtering (2021-05-10) has .NET's decimals",
        ),
    },
    TruthRule {
        id: "array-elements",
        case: "An array that is looked into is empty, or all its elements are of other types, null, arrays or objects.",
        what: "Only operators with `Not` match.",
        source: Documented("event-filtering (2023-10-11), the loop of each operator"),
    },
    TruthRule {
        id: "array-numbers-as-text",
        case: "An array that is looked into has numbers or booleans, and the operator is one for strings.",
        what: "They are ignored.",
        source: Documented(
            "event-filtering (2023-10-11): elements of another type than the operands are ignored",
        ),
    },
    TruthRule {
        id: "arrays-of-namespaces",
        case: "The filter of a namespace, which has no switch, meets an array.",
        what: "It is not looked into.",
        source: NotConfirmed(
            "the page on namespaces requires the switch, but their contract does not have it",
        ),
    },
    TruthRule {
        id: "keys",
        case: "A key has dots.",
        what: "Each dot leads into an object. There is no way to write a dot that is part of a name.",
        source: Documented("event-filtering (2023-10-11), Key and Limitations"),
    },
    TruthRule {
        id: "keys-case",
        case: "A key differs only in case from the name of a member.",
        what: "It names that member, unless another one has exactly the name.",
        source: NotConfirmed(
            "event-filtering (2023-10-11) writes `Subject` and `ID` for attributes; a simulator (pm7y) also prefers the \
             exact name",
        ),
    },
    TruthRule {
        id: "keys-twice",
        case: "An object has two members of the same name.",
        what: "The last one counts.",
        source: NotConfirmed("nearly every JSON reader keeps the last"),
    },
    TruthRule {
        id: "keys-event-type",
        case: "The key is `eventtype` or `eventid`.",
        what: "It names `type` or `id` of a CloudEvent, and `eventType` or `id` in the Event Grid schema.",
        source: Documented(
            "event-filtering (2023-10-11); for a user (azure-docs issue 86764) `type` worked and `eventtype` did not, \
             so write `type`",
        ),
    },
    TruthRule {
        id: "keys-source",
        case: "The key is `source`.",
        what: "It names the `source` of the event.",
        source: NotConfirmed(
            "for a user in 2019 (azure-docs issue 43421) it was compared with the id of the topic",
        ),
    },
    TruthRule {
        id: "keys-custom-schema",
        case: "The event is in the custom schema, and the key is `data.NAME`.",
        what: "It names the member `NAME` of the event as it was published.",
        source: Documented("event-filtering (2023-10-11), Key"),
    },
    TruthRule {
        id: "limits",
        case: "A filter has more than 25 clauses or more than 25 values in all its clauses, or a string of more than \
               512 characters.",
        what: "It is refused. A range counts as one value, and characters are Unicode characters.",
        source: Documented(
            "event-filtering (2023-10-11), Limitations; how ranges and characters are counted is not confirmed",
        ),
    },
    TruthRule {
        id: "no-values",
        case: "A clause has no values, an empty key, a range whose low end is above its high end, or a number that is not \
               finite.",
        what: "It is refused.",
        source: NotConfirmed("such a clause matches every event or none"),
    },
];
