//! The sample of a type, as the file has it.

use eventgrid::system_events::SystemEvent;
use serde::Deserialize;
use serde_json::Value;

/// A line for each type, in the order of the types.
const EVENTS: &str = include_str!("events.jsonl");

/// What `{group}` in the file stands for.
const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example-rg/providers";

/// A line of the file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Template {
    #[serde(rename = "type")]
    event_type: String,
    pub(super) topic: String,
    pub(super) subject: String,
    pub(super) data_version: String,
    pub(super) data: Value,
}

impl Template {
    /// The sample of a type. One that has no line, which a newer core may know, has no data.
    pub(super) fn of(event: SystemEvent) -> Self {
        let event_type = event.event_type();
        Self::find(event_type).unwrap_or_else(|| Self {
            event_type: event_type.to_owned(),
            topic: format!("{GROUP}/{}/example", event.service()),
            subject: "example".to_owned(),
            data_version: "1".to_owned(),
            data: Value::Object(serde_json::Map::new()),
        })
    }

    fn find(event_type: &str) -> Option<Self> {
        let start = format!("{{\"type\":\"{event_type}\",");
        let line = EVENTS.lines().find(|line| line.starts_with(&start))?;
        let template: Self = serde_json::from_str(&line.replace("{group}", GROUP)).ok()?;
        (template.event_type == event_type).then_some(template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_a_line_for_each_type_and_no_other() {
        let types: Vec<_> = EVENTS
            .lines()
            .map(|line| serde_json::from_str::<Template>(line).expect("a line is a template").event_type)
            .collect();
        assert!(types.iter().map(String::as_str).eq(SystemEvent::all().map(SystemEvent::event_type)));
        for event in SystemEvent::all() {
            let template = Template::find(event.event_type()).expect("each type is found");
            assert_eq!(template.event_type, event.event_type());
            assert!(template.data.as_object().is_some_and(|data| !data.is_empty()), "{event} has data");
        }
    }
}
