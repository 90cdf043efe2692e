//! Events that are CloudEvents for sure, without their text being read again.

use eventgrid::json::{JsonStr, Reader};

use super::Event;

/// The attributes that a CloudEvent must have.
const REQUIRED: u32 = 0b1111;

/// Which bit stands for an attribute that has a meaning of its own.
fn bit(name: &str) -> Option<u32> {
    Some(match name {
        "id" => 1,
        "source" => 1 << 1,
        "specversion" => 1 << 2,
        "type" => 1 << 3,
        "subject" => 1 << 4,
        "time" => 1 << 5,
        "datacontenttype" => 1 << 6,
        "dataschema" => 1 << 7,
        // An event has one of them.
        "data" | "data_base64" => 1 << 8,
        _ => return None,
    })
}

/// What a request with such an event says of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CheckedCloudEvent<'a> {
    pub(crate) id: JsonStr<'a>,
    pub(crate) spec_version: JsonStr<'a>,
}

impl Event {
    /// The id and the version, if this is a CloudEvent for sure; `None` if its text has to be read
    /// to know.
    ///
    /// Only the beginnings of members are looked at, which is enough where the places of all
    /// members are known: then the text is one of this emulator's own.
    pub(crate) fn as_checked_cloud_event(&self) -> Option<CheckedCloudEvent<'_>> {
        let (mut id, mut spec_version) = (None, None);
        let mut seen = 0;
        for member in self.members().0 {
            // A name that is cut off at an escaped quote is none of these.
            let (name, value) = member.strip_prefix('"')?.split_once('"')?;
            let Some(bit) = bit(name) else { continue };
            let value = value.strip_prefix(':')?;
            if seen & bit != 0 || name != "data" && !value.starts_with('"') {
                return None;
            }
            seen |= bit;
            match name {
                "id" => id = Some(value),
                "specversion" => spec_version = Some(value),
                _ => {}
            }
        }
        if seen & REQUIRED != REQUIRED {
            return None;
        }
        let spec_version = spec_version.filter(|version| *version == "\"1.0\"")?;
        let text = |value| Reader::new(value).string().ok();
        Some(CheckedCloudEvent { id: text(id?)?, spec_version: text(spec_version)? })
    }
}

#[cfg(test)]
mod tests {
    use eventgrid::event::CloudEventView;
    use eventgrid::json::RawJson;
    use proptest::prelude::*;

    use super::*;

    const WHOLE: &str = r#"{"id":"a\n1","source":"/shop","specversion":"1.0","type":"Ordered"}"#;

    #[test]
    fn an_event_that_was_published_is_known_to_be_one() {
        let event = Event::canonical(WHOLE).unwrap();
        let known = event.as_checked_cloud_event().unwrap();
        assert_eq!((&*known.id.to_cow(), known.spec_version.raw()), ("a\n1", "1.0"));
        let event = Event::from_json(WHOLE.to_owned()).unwrap();
        assert!(event.as_checked_cloud_event().is_none(), "the places of its members are not known");
    }

    fn member() -> impl Strategy<Value = String> {
        let names = [
            "id",
            "source",
            "specversion",
            "type",
            "subject",
            "time",
            "datacontenttype",
            "dataschema",
            "data",
            "data_base64",
        ];
        let name =
            prop_oneof![8 => prop::sample::select(names.to_vec()), 1 => Just("i\\u0064"), 1 => Just("x\\\"")];
        let values =
            ["\"1.0\"", "\"1.1\"", "\"2.0\"", "\"a\\\\\"", "\"\"", "null", "1", "{\"id\":1}", "[\"}\"]"];
        (name, prop::sample::select(values.to_vec())).prop_map(|(name, value)| format!("\"{name}\":{value}"))
    }

    proptest! {
        #[test]
        fn what_is_known_is_what_reading_finds(others in prop::collection::vec(member(), 0..4)) {
            let members = WHOLE.trim_matches(['{', '}']).split(',').map(str::to_owned);
            for missing in 0..5 {
                let kept = members.clone().enumerate().filter(|(index, _)| *index != missing);
                let members: Vec<_> = others.iter().cloned().chain(kept.map(|(_, member)| member)).collect();
                let event = Event::canonical(&format!("{{{}}}", members.join(","))).unwrap();
                let read = RawJson::parse(event.json()).ok().and_then(|json| CloudEventView::parse(json).ok());
                if let Some(known) = event.as_checked_cloud_event() {
                    let read = read.expect("reading comes to the same");
                    prop_assert_eq!(read.id(), known.id);
                } else {
                    let is_plain = others.is_empty() && missing == 4;
                    prop_assert!(!is_plain, "{}", event.json());
                }
            }
        }
    }
}
