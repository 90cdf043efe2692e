//! Whether an event that is already JSON text can be sent unchanged.

use eventgrid_transport::date::Rfc3339Time;

use crate::event::attribute::CORE_NAMES;
use crate::json::{JsonError, Kind, MAX_DEPTH, TextRange, walk};

/// How many extension attributes are compared with each other. An event with more of them must be
/// parsed and encoded again.
const MOST_EXTENSIONS: usize = 16;

/// How deep the value of a member may be: the event is one level itself.
const WITHIN_DEPTH: usize = MAX_DEPTH - 1;

/// Whether the text is a single CloudEvent that the service would accept unchanged, checked in one
/// pass.
///
/// It is not if the service would refuse it, or if parsing and encoding would write it in another
/// way: with a member that is `null` and so counts as absent, a time that is not RFC 3339, another
/// `specversion`, a name with escapes, or bytes, whose base64 is then decoded.
pub(crate) fn is_sendable(text: &str) -> bool {
    let text = text.trim_ascii();
    read(text).is_ok_and(|end| end == text.len())
}

/// The text cannot be sent unchanged. It has no details, since parsing the event gives a better
/// error.
struct NotSendable;

impl From<JsonError> for NotSendable {
    fn from(_: JsonError) -> Self {
        Self
    }
}

/// Where the event ends.
fn read(text: &str) -> Result<usize, NotSendable> {
    let bytes = text.as_bytes();
    if walk::kind(bytes, 0)? != Kind::Object {
        return Err(NotSendable);
    }
    // A bit for each of the names.
    let mut seen = 0_u32;
    let mut extensions = [""; MOST_EXTENSIONS];
    let mut extension_count = 0;
    let end = walk::object(bytes, 0, |name, at| {
        if name.string.escaped() {
            return Err(NotSendable);
        }
        let Some(position) = name.position(text, &CORE_NAMES)? else {
            let name = text.get(name.start..name.string.end()).ok_or(NotSendable)?;
            if extensions.iter().take(extension_count).any(|earlier| *earlier == name)
                || walk::kind(bytes, at)? == Kind::Null
            {
                return Err(NotSendable);
            }
            *extensions.get_mut(extension_count).ok_or(NotSendable)? = name;
            extension_count += 1;
            return Ok(walk::value(bytes, at, WITHIN_DEPTH)?);
        };
        let before = seen;
        seen |= 1 << position;
        if seen == before {
            return Err(NotSendable);
        }
        match CORE_NAMES.get(position) {
            Some(&"data") => Ok(walk::value(bytes, at, WITHIN_DEPTH)?),
            Some(&"data_base64") | None => Err(NotSendable),
            Some(name) => attribute(name, text, at),
        }
    })?;
    let required = (0_u32..).zip(CORE_NAMES).filter(|(_, name)| REQUIRED.contains(name));
    let is_complete = required.map(|(position, _)| 1 << position).all(|bit: u32| seen & bit != 0);
    if is_complete { Ok(end) } else { Err(NotSendable) }
}

/// What every event has. What has no `specversion` gets one from who takes it apart.
const REQUIRED: [&str; 4] = ["id", "source", "specversion", "type"];

/// Where the text of the attribute ends that starts at `at`.
fn attribute(name: &str, text: &str, at: usize) -> Result<usize, NotSendable> {
    if walk::kind(text.as_bytes(), at)? != Kind::String {
        return Err(NotSendable);
    }
    let place = TextRange::of_string(text, at)?;
    let value = place.string(text);
    let is_valid = match name {
        "id" | "source" | "type" => !value.is_empty(),
        "specversion" => value.as_str() == Some("1.0"),
        "time" => value.as_str().is_some_and(Rfc3339Time::is_valid),
        _ => true,
    };
    // After its closing quote.
    if is_valid { Ok(place.end() + 1) } else { Err(NotSendable) }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    use super::*;
    use crate::event::CloudEventView;
    use crate::json::{JsonText, RawJson};

    fn event(more: &str) -> String {
        format!(r#"{{"specversion":"1.0","id":"1","source":"urn:shop","type":"Order.Created"{more}}}"#)
    }

    /// What is sent of an event that is taken apart.
    fn rewritten(text: &str) -> Option<String> {
        let event = CloudEventView::parse(RawJson::parse(text).ok()?).ok()?.to_event().ok()?;
        event.check().ok()?;
        let json = JsonText::written_by(|out| event.write_json(out)).ok()?;
        Some(json.as_str().into())
    }

    #[test]
    fn what_is_sent_as_it_came_would_be_written_just_so() {
        for more in [
            "",
            r#","subject":"","time":"2024-06-01T12:00:00Z","data":{"a":[1,"\ud800"]}"#,
            r#","datacontenttype":"text/plain","data":"text""#,
            r#","datacontenttype":"application/json","dataschema":"urn:s","data":null"#,
            r#","region":"north","floor":4,"open":true,"ratio":0.5,"With_Sign":{"a":1}"#,
        ] {
            let text = event(more);
            assert!(is_sendable(&text), "{text}");
            assert_eq!(rewritten(&text).as_deref(), Some(&*text));
        }
    }

    #[test]
    fn the_order_of_members_and_whitespace_do_not_matter() {
        assert!(is_sendable(
            " { \"data\" : 1 , \"type\" : \"T\", \"x\" : 1,\n\"source\":\"s\", \"id\":\"\\u0041\", \"specversion\":\"1.0\"}\r\n"
        ));
    }

    #[test]
    fn what_would_be_refused_or_written_anew_is_not_sent_as_it_came() {
        for text in [
            "",
            "[]",
            "{}",
            "\u{a0}{}",
            r#"{"id":"1","source":"s","type":"T"}"#,
            r#"{"specversion":"1.1","id":"1","source":"s","type":"T"}"#,
            r#"{"specversion":"1.0","id":"","source":"s","type":"T"}"#,
            r#"{"specversion":"1.0","id":"1","source":"s","type":7}"#,
            r#"{"specversion":"1.0","id":"\ud800","source":"s","type":"T"}"#,
            r#"{"specversion":"1.0","\u0069d":"1","source":"s","type":"T"}"#,
            &event(r#","id":"2""#),
            &event(r#","x":1,"x":2"#),
            &event(r#","x":null"#),
            &event(r#","subject":null"#),
            &event(r#","time":"2024-06-01 12:00Z""#),
            &event(r#","time":"now""#),
            &event(r#","data_base64":"AA==""#),
            &event(r#","data":{"a":01}"#),
            &event(r#","data":1 2"#),
            &format!("{} {{}}", event("")),
            &event("")[..40],
            &event(&format!(r#","data":{}{}"#, "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH))),
        ] {
            assert!(!is_sendable(text), "{text}");
        }
    }

    #[test]
    fn the_deepest_data_and_many_attributes_have_an_end() {
        let deep = |depth: usize| event(&format!(r#","data":{}{}"#, "[".repeat(depth), "]".repeat(depth)));
        assert!(is_sendable(&deep(MAX_DEPTH - 1)));
        assert!(!is_sendable(&deep(MAX_DEPTH)));
        let many =
            |count: usize| event(&(0..count).map(|n| format!(r#","x{n}":1"#)).collect::<Vec<_>>().concat());
        assert!(is_sendable(&many(MOST_EXTENSIONS)));
        assert!(!is_sendable(&many(MOST_EXTENSIONS + 1)));
    }
}
