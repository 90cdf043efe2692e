//! Facts of events, wherever they are published, and of HTTP.

use super::Area::{Events, Http};
use super::Fact;
use super::Source::{Documented, NotConfirmed, Recorded, Standard};

/// The rows.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "extension-name-length",
        area: Events,
        case: "The name of an extension attribute has more than 20 characters.",
        strict: "It is refused.",
        relaxed: "It is accepted.",
        source: Documented("concepts-event-grid-namespaces (2023-11-02)"),
    },
    Fact {
        id: "extension-value-type",
        area: Events,
        case: "An extension attribute has a value that CloudEvents has no type for: an object, an array, or a number \
               that is not an integer of 32 bits.",
        strict: "It is refused.",
        relaxed: "It is accepted, and received as it was published.",
        source: Standard("CloudEvents 1.0.2, type system and JSON format"),
    },
    Fact::always(
        "extension-value-kept",
        Events,
        "An extension attribute is a number or a boolean.",
        "It is received as one.",
        NotConfirmed("the dead letter in namespace-delivery-retry (2024-05) has it as a string"),
    ),
    Fact {
        id: "source-uri-reference",
        area: Events,
        case: "`source` is not a URI reference.",
        strict: "It is refused.",
        relaxed: "It is accepted if it is not empty.",
        source: Standard("CloudEvents 1.0.2, `source`"),
    },
    Fact {
        id: "datacontenttype-data",
        area: Events,
        case: "`data` is neither a string nor null although `datacontenttype` is not JSON.",
        strict: "It is refused.",
        relaxed: "It is accepted.",
        source: Standard("CloudEvents 1.0.2, JSON format 3.1"),
    },
    Fact::always(
        "dataschema-any-string",
        Events,
        "`dataschema` is not a URI.",
        "It is accepted.",
        Recorded("events of Azure Storage itself have `#`"),
    ),
    Fact::always(
        "attribute-order",
        Events,
        "An event is received from a namespace.",
        "Its attributes are in a different order each time, with `data` or `data_base64` last, and the members of `data` \
         are sorted at every level.",
        Recorded("receive, api-version 2023-10-01-preview"),
    ),
    Fact::always(
        "data-text",
        Events,
        "`data` has numbers and strings that can be written in several ways.",
        "Numbers keep their digits; strings are written with no more escapes than they need.",
        NotConfirmed("no recording has a number or a string for which it matters"),
    ),
    Fact::always(
        "name-twice",
        Events,
        "An event, or an object in it, has two members of the same name.",
        "The event is refused if the name is that of an attribute. In `data` the last member is kept.",
        NotConfirmed("nearly every JSON reader keeps the last"),
    ),
    Fact::always(
        "data-unreadable",
        Events,
        "An event is nested more than 128 deep, or has half of a surrogate pair or a number that is too large for a \
         64-bit float.",
        "It is refused.",
        NotConfirmed("some consumers cannot read it, and would lose the good events beside it"),
    ),
    Fact::always(
        "null-attribute",
        Events,
        "An attribute is null.",
        "It is treated as missing.",
        Standard("CloudEvents 1.0.2, JSON format 2.2"),
    ),
    Fact::always(
        "null-data",
        Events,
        "`data` is null.",
        "It is received as null, unless the event also has `data_base64`.",
        NotConfirmed("CloudEvents 1.0.2 does not distinguish null data from no data"),
    ),
    Fact::always(
        "data-missing",
        Events,
        "A CloudEvent has no data.",
        "It is accepted.",
        NotConfirmed(
            "a namespace refused it in March 2024, there is no later recording, and `data` is optional in the contract",
        ),
    ),
    Fact::always(
        "time-format",
        Events,
        "`time` is in RFC 3339, perhaps with a space in place of the `T`.",
        "It is accepted, and received in UTC without trailing zeros, to the nanosecond. Any other form is refused.",
        Recorded("receive, api-version 2023-10-01-preview, with seven digits; more are not confirmed"),
    ),
    Fact {
        id: "time-range",
        area: Events,
        case: "`time` or `eventTime` is in a leap second, or in UTC in the year 0000 or after the year 9999.",
        strict: "It is refused.",
        relaxed: "It is accepted, and received as that time.",
        source: NotConfirmed(
            "Python's SDK cannot read the first two and loses the good events beside them; JavaScript's `Date` cannot \
             read the first",
        ),
    },
    Fact::always(
        "www-authenticate",
        Http,
        "A request has no credential, or one that is not accepted.",
        "`WWW-Authenticate` of the 401 names the schemes that are accepted there.",
        Standard("RFC 9110, 11.6.1"),
    ),
    Fact::always(
        "cors",
        Http,
        "A browser sends a request from a page of another origin.",
        "No header allows it, and OPTIONS is 405.",
        NotConfirmed("a page must not contain an access key"),
    ),
    Fact::always(
        "http-version",
        Http,
        "A client wants to use HTTP/2.",
        "Only HTTP/1.1 is supported.",
        NotConfirmed("every recording and every SDK uses HTTP/1.1"),
    ),
    Fact::always(
        "strict-transport-security",
        Http,
        "A response is sent over https.",
        "It has no `Strict-Transport-Security`: on `localhost` it would affect other programs. The service sends it for \
         basic topics.",
        Recorded("publish, api-version 2018-01-01"),
    ),
];
