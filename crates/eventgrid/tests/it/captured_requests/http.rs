//! A request, without what makes no difference to the service.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What makes a request what it is. How headers are spelled, the order of the query's parameters
/// and the spelling of JSON do not matter, and neither does who says to have sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HttpRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeSet<String>,
    /// Content type, credentials, channel, and attributes of events.
    pub(crate) headers: BTreeMap<String, String>,
    /// None if it is empty.
    pub(crate) body: Option<Value>,
}

impl HttpRequest {
    pub(crate) fn new<'h>(
        method: &str,
        target: &str,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
        body: &str,
    ) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.split('&').filter(|parameter| !parameter.is_empty()).map(str::to_owned).collect(),
            headers: headers.into_iter().filter_map(|(name, value)| header(name, value)).collect(),
            body: (!body.is_empty()).then(|| serde_json::from_str(body).unwrap()),
        }
    }

    /// From what HTTP/1.1 sends: request line, headers, an empty line, body.
    pub(crate) fn parse(wire: &str) -> Self {
        let (head, body) = wire.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        let mut request_line = lines.next().unwrap().split(' ');
        let (method, target) = (request_line.next().unwrap(), request_line.next().unwrap());
        Self::new(method, target, lines.map(|line| line.split_once(": ").unwrap()), body)
    }

    pub(crate) fn set_content_type(&mut self, content_type: &str) {
        self.headers.insert("content-type".to_owned(), normal_content_type(content_type));
    }

    /// A member of the first event of the body.
    pub(crate) fn member(&mut self, name: &str) -> &mut Value {
        &mut self.body.as_mut().unwrap()[0][name]
    }
}

/// Those headers that matter, their names in lower case.
fn header(name: &str, value: &str) -> Option<(String, String)> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "content-type" => Some((name, normal_content_type(value))),
        "authorization" => Some((name, value.to_owned())),
        _ if name.starts_with("aeg-") || name.starts_with("ce-") => Some((name, value.to_owned())),
        _ => None,
    }
}

/// The media type and the charset, without the freedoms that HTTP leaves in writing them.
fn normal_content_type(value: &str) -> String {
    value.split(';').map(|part| part.trim().to_ascii_lowercase()).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_difference_in_any_part_is_seen() {
    let wire = "POST /a?x=1&y=2 HTTP/1.1\ncontent-type: application/json; charset=utf-8\naeg-sas-key: k\n\n[{\"a\":1}]";
    let request = HttpRequest::parse(wire);
    for (part, other) in [
        ("POST", "PUT"),
        ("/a", "/b"),
        ("x=1", "x=2"),
        ("?x=1&y=2", ""),
        ("; charset=utf-8", ""),
        ("json", "json-seq"),
        ("aeg-sas-key: k", "aeg-sas-key: l"),
        ("aeg-sas-key: k", "aeg-sas-token: k"),
        ("aeg-sas-key: k", "authorization: k"),
        ("\naeg-sas-key: k", ""),
        ("\naeg-sas-key: k", "\naeg-sas-key: k\naeg-channel-name: c"),
        ("\naeg-sas-key: k", "\naeg-sas-key: k\nce-id: 1"),
        ("[{\"a\":1}]", "[{\"a\":1.5}]"),
        ("[{\"a\":1}]", "{\"a\":1}"),
        ("[{\"a\":1}]", ""),
    ] {
        assert!(wire.contains(part));
        assert_ne!(HttpRequest::parse(&wire.replace(part, other)), request, "{other} for {part}");
    }
    for (part, other) in [
        ("x=1&y=2", "y=2&x=1"),
        ("content-type", "Content-Type"),
        ("; charset=utf-8", ";charset=UTF-8"),
        ("\naeg-sas-key", "\naccept: */*\naeg-sas-key"),
        ("{\"a\":1}", "{ \"\\u0061\" : 1 }"),
    ] {
        assert!(wire.contains(part));
        assert_eq!(HttpRequest::parse(&wire.replace(part, other)), request, "{other} for {part}");
    }
}
