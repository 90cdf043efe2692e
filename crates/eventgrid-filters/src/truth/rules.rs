//! The rules beside the truth table.

use super::TruthRule;
use super::TruthSource::{Documented, NotConfirmed};

/// The rows.
pub(super) const RULES: &[TruthRule] = &[
    TruthRule {
        id: "and-or",
        case: "A filter has several clauses, and a clause several values.",
        what: "All clauses must match; for one clause, one of its values is enough. With `Not`, none of its values \
               must be found.",
        source: Documented("event-filtering (2023-10-11), OR and AND; the loop of each operator"),
    },
    TruthRule {
        id: "event-types",
        case: "`includedEventTypes` has types.",
        what: "The type of the event is one of them, compared with case.",
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
        source: NotConfirmed("a subscription that gets no event at all is of no use"),
    },
    TruthRule {
        id: "subject",
        case: "`subjectBeginsWith` or `subjectEndsWith` is missing or empty.",
        what: "Every subject matches, and an event without one.",
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
        what: "Subjects are compared without case.",
        source: Documented("the contract of Azure Resource Manager (2025)"),
    },
    TruthRule {
        id: "case",
        case: "A clause compares strings.",
        what: "They are compared without case.",
        source: Documented("event-filtering (2023-10-11): no string comparison is case-sensitive"),
    },
    TruthRule {
        id: "case-beyond-ascii",
        case: "Strings have letters beyond ASCII.",
        what: "Two characters are the same if their upper-case forms of one character are; none of them is the same \
               as one of ASCII.",
        source: NotConfirmed("the ordinal comparison without case of .NET, which the service is written in"),
    },
    TruthRule {
        id: "numbers",
        case: "Two numbers are compared.",
        what: "As doubles: 9007199254740993 is 9007199254740992.",
        source: Documented(
            "the contract of Azure Resource Manager (2025) has doubles; edge/advanced-filtering (2021-05-10) has \
             decimals of .NET for Event Grid on IoT Edge",
        ),
    },
    TruthRule {
        id: "array-elements",
        case: "An array that is looked into is empty, or all its elements are of other types, null, arrays or objects.",
        what: "Operators with `Not` match, and no other.",
        source: Documented("event-filtering (2023-10-11), the loop of each operator"),
    },
    TruthRule {
        id: "array-numbers-as-text",
        case: "An operator of strings finds numbers or booleans in an array that is looked into.",
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
            "the page of namespaces requires the switch, and their contract does not have it",
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
        case: "A key differs from the name of a member in case.",
        what: "It is that member, unless another one has exactly that name.",
        source: NotConfirmed(
            "event-filtering (2023-10-11) writes `Subject` and `ID` for attributes; exact names first is a \
             simulator's reading (pm7y)",
        ),
    },
    TruthRule {
        id: "keys-twice",
        case: "An object has a name twice.",
        what: "The last one counts.",
        source: NotConfirmed("nearly every JSON reader keeps the last"),
    },
    TruthRule {
        id: "keys-event-type",
        case: "The key is `eventtype` or `eventid`.",
        what: "It is `type` or `id` of a CloudEvent; in the Event Grid schema it is `eventType`, or `id`.",
        source: Documented(
            "event-filtering (2023-10-11); a user's report (azure-docs issue 86764) has `type` work and `eventtype` \
             not, so write `type`",
        ),
    },
    TruthRule {
        id: "keys-source",
        case: "The key is `source`.",
        what: "It is the `source` of the event.",
        source: NotConfirmed(
            "a user's report of 2019 (azure-docs issue 43421) has it compared with the id of the topic",
        ),
    },
    TruthRule {
        id: "keys-custom-schema",
        case: "The event is in the custom schema, and the key is `data.NAME`.",
        what: "It is the member `NAME` of the event as it was published.",
        source: Documented("event-filtering (2023-10-11), Key"),
    },
    TruthRule {
        id: "limits",
        case: "A filter has more than 25 clauses or more than 25 values in all its clauses, or a string of more than \
               512 characters.",
        what: "It is refused. A range counts as one value, and a character is one of Unicode.",
        source: Documented(
            "event-filtering (2023-10-11), Limitations; how ranges and characters count is not confirmed",
        ),
    },
    TruthRule {
        id: "no-values",
        case: "A clause has an empty list of values, an empty key, a range whose low end is above its high end, or a \
               number that is not finite.",
        what: "It is refused.",
        source: NotConfirmed("such a clause matches every event or none"),
    },
];
