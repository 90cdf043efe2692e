//! The events that scenarios publish.

use crate::namespace::Namespace;

/// An event as JSON, of this run: `members` are further ones, such as `"data":5`, and may replace
/// nothing.
pub(crate) fn event(namespace: &Namespace, id: &str, members: &str) -> String {
    let comma = if members.is_empty() { "" } else { "," };
    let source = namespace.source();
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"{source}","type":"Comparison"{comma}{members}}}"#)
}
