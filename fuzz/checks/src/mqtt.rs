//! The HTTP interface of an MQTT broker. Input: a topic or a filter on the first line, lines `name:
//! value`, an empty line, and a body.
//!
//! Topics are compared with regular expressions. The lines are the headers of a retained message,
//! and the user properties of a published one; the body is a page of a list, and correlation data.
//! Links to the next page are followed only on the same service.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use eventgrid::calls::{Call, RequestContext};
use eventgrid::json::MAX_DEPTH;
use eventgrid::mqtt::{
    InvalidTopic, ListRetained, MqttBroker, MqttMessage, NextPage, PublishMessage, Qos, RetainedMetadata,
    RetainedPage, Rfc3339Time, TopicFilter, TopicName,
};
use eventgrid::{Buf, RequestError};
use regex::Regex;
use serde_json::value::RawValue;

use crate::dates::time_of_event;
use crate::json_agrees::oracle::depth;
use crate::message::{Message, split};
use crate::responses::object;

/// Runs the check.
///
/// # Panics
/// If anything is read or sent otherwise than it should be.
pub fn check(input: &[u8]) {
    let (topic, rest) = split(input, b"\n");
    let (lines, body) = match rest.strip_prefix(b"\n") {
        Some(body) => (&b""[..], body),
        None => split(rest, b"\n\n"),
    };
    let lines = Message::headers_of(lines);
    let topic = std::str::from_utf8(topic).unwrap_or_default();
    check_topic(topic);
    check_headers(&lines);
    check_page(body);
    if let Ok(topic) = TopicName::new(topic) {
        check_publish(topic, &lines, body);
    }
}

fn shape(text: &str) -> Regex {
    Regex::new(text).expect("it is a regular expression")
}

fn check_topic(text: &str) {
    static NAME: LazyLock<Regex> = LazyLock::new(|| shape(r"^[^+#\x00]+$"));
    static FILTER: LazyLock<Regex> =
        LazyLock::new(|| shape(r"^(?:#|(?:\+|[^+#/\x00]*)(?:/(?:\+|[^+#/\x00]*))*(?:/#)?)$"));
    let fits = text.len() <= 256 && text.split('/').count() <= 8;
    let is_filter = !text.is_empty() && FILTER.is_match(text);
    let (name, filter) = (TopicName::new(text), TopicFilter::new(text));
    assert_eq!(name.is_ok(), NAME.is_match(text) && fits, "{name:?} of {text:?}");
    assert_eq!(filter.is_ok(), is_filter && fits, "{filter:?} of {text:?}");
    if text.len() <= 65_535 {
        assert_eq!(TopicName::without_limits(text).is_ok(), NAME.is_match(text), "{text:?}");
        assert_eq!(TopicFilter::without_limits(text).is_ok(), is_filter, "{text:?}");
    }
    let limited = [name.err(), filter.err()].into_iter().flatten();
    for error in limited {
        let is_limit = matches!(error, InvalidTopic::TooLong { .. } | InvalidTopic::TooManyLevels { .. });
        assert!(!is_limit || !fits, "{error:?} of {text:?}");
    }
}

/// What is known of a message by the word of this check.
#[derive(Debug, Default, PartialEq)]
struct Known {
    qos: Option<u8>,
    size: Option<u64>,
    /// Nanoseconds since 1970.
    expiry: Option<i128>,
    last_modified: Option<i128>,
}

impl Known {
    fn of(metadata: &RetainedMetadata) -> Self {
        let nanoseconds = |time: Rfc3339Time| {
            i128::from(time.unix_seconds()) * 1_000_000_000 + i128::from(time.nanosecond())
        };
        Self {
            qos: metadata.qos().map(Qos::number),
            size: metadata.size(),
            expiry: metadata.expiry().map(nanoseconds),
            last_modified: metadata.last_modified().map(nanoseconds),
        }
    }

    fn set(&mut self, field: &str, text: &str) {
        let text = text.trim_matches([' ', '\t']);
        let time = || time_of_event(text).map(|time| time.nanoseconds);
        match field {
            "qos" => self.qos = text.parse().ok().filter(|_| matches!(text, "0" | "1")),
            "size" => self.size = text.parse().ok().filter(|_| !text.starts_with('+')),
            "expiry" => self.expiry = time(),
            _ => self.last_modified = time(),
        }
    }
}

fn check_headers(lines: &[(&str, &[u8])]) {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| shape(r"^(?i-u)(?:x-|x-ms-)?mqtt-(qos|size|expiry|last-modified(?:-time)?)$"));
    let (mut metadata, mut expected) = (RetainedMetadata::default(), Known::default());
    for (name, value) in lines {
        metadata.header(name, value);
        if let (Some(parts), Ok(value)) = (NAME.captures(name), std::str::from_utf8(value)) {
            expected.set(&parts[1].to_ascii_lowercase(), value);
        }
    }
    assert_eq!(Known::of(&metadata), expected);
}

fn check_page(body: &[u8]) {
    let json = document(body);
    let page = RetainedPage::parse(body);
    let expected = json.map(listed);
    if let Some(expected) = &expected {
        assert_eq!(page.is_ok(), expected.is_some(), "{page:?} of {}", String::from_utf8_lossy(body));
    }
    let Ok(page) = page else { return };
    let _ = format!("{page:?}");
    let next = page.next_page();
    if let Some(Some((entries, link))) = expected {
        let ours: Vec<_> =
            page.iter().map(|entry| (entry.topic().to_string(), Known::of(entry.metadata()))).collect();
        assert_eq!(ours, entries);
        assert_eq!(next.map(|next| next.to_string()), link);
    }
    if let Some(next) = next {
        let mut storage = vec![0; body.len()];
        let copy = next.copied_into(&mut storage).expect("a link is no longer than its page");
        assert_eq!(copy, next);
        assert_eq!(followed(copy), followed(next));
        check_link(next);
    }
}

/// The body by the word of `serde_json`, unless it is so deep that ours may differ.
fn document(body: &[u8]) -> Option<&RawValue> {
    let text = std::str::from_utf8(body).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).ok().filter(|json: &&RawValue| depth(json.get()) <= MAX_DEPTH)
}

/// Topics, and what is known of the message of each.
type Entries = Vec<(String, Known)>;

/// The messages and the link; none if it is not a page. Of two members with one name, the first
/// counts.
fn listed(json: &RawValue) -> Option<(Entries, Option<String>)> {
    let (mut entries, mut link) = (None, None);
    for (name, value) in object(json)? {
        if name == "retainedMessages" && value.get() != "null" {
            let list: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
            let list: Option<Vec<_>> = list.into_iter().map(entry).collect();
            entries = entries.or(Some(list?));
        } else if name == "nextLink" && value.get().starts_with('"') {
            let text: String = serde_json::from_str(value.get()).ok()?;
            link = link.or(Some(text));
        }
    }
    Some((entries.unwrap_or_default(), link.filter(|link| !link.is_empty())))
}

fn entry(element: &RawValue) -> Option<(String, Known)> {
    let (mut topic, mut known) = (String::new(), Known::default());
    for (name, value) in object(element)? {
        let json = value.get();
        let is_field = matches!(&*name, "qos" | "size" | "expiry" | "lastModifiedTime");
        if json.starts_with('"') && (is_field || name == "topic") {
            let text: String = serde_json::from_str(json).ok()?;
            if name == "topic" {
                topic = text;
            } else {
                // What has escapes is decoded into so much room.
                known.set(&name, if json.contains('\\') && text.len() > 64 { "" } else { &text });
            }
        } else if is_field && json.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            known.set(&name, json);
        }
    }
    Some((topic, known))
}

const BROKER: &str = "https://h.example:8443/base";

/// What the request for the next page has after the host; none if it is refused.
fn followed(next: NextPage<'_>) -> Option<String> {
    let broker = MqttBroker::new(BROKER).expect("it is an endpoint");
    let mut storage = Vec::new();
    let mut tx = Buf::growable(&mut storage, usize::MAX);
    match ListRetained::next(&broker, next).encode(&RequestContext::default(), &mut tx) {
        Ok(encoded) => {
            let request = encoded.request(&tx);
            assert_eq!((request.method(), request.authority()), ("GET", "h.example:8443"));
            Some(request.path_and_query().to_owned())
        }
        Err(RequestError::NextPage) => None,
        Err(other) => panic!("{other:?}"),
    }
}

fn check_link(next: NextPage<'_>) {
    static WHOLE: LazyLock<Regex> =
        LazyLock::new(|| shape("^(?i-u:https://h[.]example:0*8443)(/[!-\"$-~]*)$"));
    static PATH: LazyLock<Regex> = LazyLock::new(|| shape("^(/(?:[!-\"$-.0-~][!-\"$-~]*)?)$"));
    static VERSION: LazyLock<Regex> = LazyLock::new(|| shape("(?i-u)[?&]api-version="));
    let link = next.to_string();
    let path = WHOLE.captures(&link).or_else(|| PATH.captures(&link)).map(|parts| parts[1].to_owned());
    let expected = path.map(|path| {
        let separator = if path.contains('?') { '&' } else { '?' };
        if VERSION.is_match(&path) {
            path
        } else {
            format!("{path}{separator}api-version=2025-11-16-preview")
        }
    });
    assert_eq!(followed(next), expected, "{link:?}");
}

fn check_publish(topic: TopicName<'_>, lines: &[(&str, &[u8])], body: &[u8]) {
    let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
    let properties: Vec<_> = lines.iter().map(|(name, value)| (*name, text(value))).collect();
    let message = MqttMessage::new(topic, body)
        .with_response_topic(topic)
        .with_correlation_data(body)
        .with_user_properties(&properties);
    let broker = MqttBroker::new(BROKER).expect("it is an endpoint");
    let call = PublishMessage::new(&broker, &message);
    let mut storage = Vec::new();
    let mut tx = Buf::growable(&mut storage, usize::MAX);
    let encoded = match call.encode(&RequestContext::default(), &mut tx) {
        Ok(encoded) => encoded,
        Err(RequestError::UserProperty { index }) => {
            let (name, value) = properties[index];
            let is_refused = |text: &str| text.contains('\0') || text.len() > 65_535;
            assert!(is_refused(name) || is_refused(value));
            return;
        }
        Err(other) => panic!("{other:?}"),
    };
    let mut counted = Buf::counting();
    call.encode(&RequestContext::default(), &mut counted).expect("it was encoded before");
    assert_eq!(counted.len(), tx.len());
    let request = encoded.request(&tx);
    assert_eq!(request.body(), body);
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let query = request.path_and_query().split_once('?').map(|(_, query)| query).unwrap_or_default();
    let parameters: BTreeMap<_, _> = query.split('&').filter_map(|part| part.split_once('=')).collect();
    assert_eq!(decoded(parameters["topic"]), topic.as_str());
    let header = |name| request.headers().find(|header| header.name() == name).map(|header| header.value());
    assert_eq!(header("mqtt-response-topic").map(decoded).as_deref(), Some(topic.as_str()));
    let bytes = |text| BASE64_STANDARD.decode(text).expect("it is base64");
    assert_eq!(header("mqtt-correlation-data").map(bytes).as_deref(), Some(body));
    let sent: Vec<BTreeMap<String, String>> = header("mqtt-user-properties")
        .map_or_else(Vec::new, |header| {
            serde_json::from_slice(&bytes(header)).expect("they are an array of objects")
        });
    let sent: Vec<_> = sent.iter().flatten().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(sent, properties);
}
