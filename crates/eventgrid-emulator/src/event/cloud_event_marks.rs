//! Whether the members of an event make it a CloudEvent, noted while they are added.

/// The attributes that a CloudEvent must have.
const REQUIRED: u32 = 0b1111;

/// How deeply the members of an event may be nested, so that it can be read: as deeply as JSON may
/// be, but for the event itself.
const MAX_DEPTH: usize = 127;

/// Whether a value may be nested more deeply than that. With fewer brackets it is not.
fn may_be_too_deep(value: &str) -> bool {
    let brackets = || value.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
    value.starts_with(['[', '{']) && brackets() >= MAX_DEPTH
}

/// Which bit stands for a member that has a meaning of its own.
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

/// What is known of the members that were added so far.
#[derive(Debug, Default)]
pub(super) struct CloudEventMarks {
    seen: u32,
    /// Whether a member has a value that it cannot have, or is there twice.
    is_spoiled: bool,
}

impl CloudEventMarks {
    /// Notes a member with the JSON text of its value.
    pub(super) fn note(&mut self, name: &str, value: &str) {
        self.is_spoiled |= may_be_too_deep(value);
        let Some(bit) = bit(name) else { return };
        let is_valid = match name {
            "data" => true,
            "specversion" => value == "\"1.0\"",
            _ => value.starts_with('"'),
        };
        self.is_spoiled |= !is_valid || self.seen & bit != 0;
        self.seen |= bit;
    }

    /// Whether they are those of a CloudEvent 1.0 for sure. If not, its text has to be read to
    /// know.
    pub(super) fn are_of_cloud_event(&self) -> bool {
        !self.is_spoiled && self.seen & REQUIRED == REQUIRED
    }
}

#[cfg(test)]
mod tests {
    use eventgrid::event::CloudEventView;
    use eventgrid::json::RawJson;
    use proptest::prelude::*;

    use super::super::Event;

    const WHOLE: &str = r#"{"id":"a\n1","source":"/shop","specversion":"1.0","type":"Ordered"}"#;

    #[test]
    fn what_is_nested_too_deeply_is_not_known_to_be_one() {
        let depths = [(1, true), (126, true), (128, false)];
        for (name, (depth, is_known)) in
            ["data", "extension"].into_iter().flat_map(|name| depths.map(|it| (name, it)))
        {
            let value = "[".repeat(depth) + &"]".repeat(depth);
            let event = Event::canonical(&WHOLE.replace('}', &format!(",\"{name}\":{value}}}"))).unwrap();
            let is_read = RawJson::parse(event.json()).is_ok_and(|json| CloudEventView::parse(json).is_ok());
            assert_eq!((event.is_cloud_event(), is_read), (is_known, is_known), "{name} {depth}");
        }
    }

    #[test]
    fn an_event_that_was_published_is_known_to_be_one() {
        assert!(Event::canonical(WHOLE).unwrap().is_cloud_event());
        let event = Event::from_json(WHOLE.to_owned()).unwrap();
        assert!(!event.is_cloud_event(), "its members were not looked at");
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
                if event.is_cloud_event() {
                    let read = read.expect("reading comes to the same");
                    prop_assert_eq!(Some(read.id().raw()), event.raw_id());
                } else {
                    let is_plain = others.is_empty() && missing == 4;
                    prop_assert!(!is_plain, "{}", event.json());
                }
            }
        }
    }
}
