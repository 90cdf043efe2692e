//! Query parameters in general.

use std::borrow::Cow;

/// The value of a parameter; of a repeated one, the first.
pub(super) fn parameter<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    form_urlencoded::parse(query.as_bytes()).find(|(other, _)| other == name).map(|(_, value)| value)
}
