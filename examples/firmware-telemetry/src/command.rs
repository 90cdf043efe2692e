//! What the device can be told.

use embassy_time::Duration;
use eventgrid::event::CloudEventView;

/// A command, which comes as an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `Interval.Set` with data `{"milliseconds":1000}`: how often to measure, from every millisecond on.
    SetInterval(Duration),
    /// `Device.Restart`: start anew as soon as all readings are published.
    Restart,
}

impl Command {
    /// Reads a command; none if it is no command that this device knows.
    pub fn read(event: &CloudEventView<'_>) -> Option<Self> {
        let event_type = event.event_type();
        if event_type == *"Device.Restart" {
            return Some(Self::Restart);
        }
        if event_type != *"Interval.Set" {
            return None;
        }
        let mut data = event.data().as_json().ok()?.reader();
        data.begin_object().ok()?;
        let mut milliseconds = None;
        while let Some(name) = data.next_member().ok()? {
            if name == *"milliseconds" {
                milliseconds = data.number().ok()?.as_u32();
            } else {
                data.value().ok()?;
            }
        }
        let milliseconds = milliseconds.filter(|milliseconds| *milliseconds > 0)?;
        Some(Self::SetInterval(Duration::from_millis(milliseconds.into())))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use eventgrid::json::RawJson;

    use super::*;

    fn read(event_type: &str, data: &str) -> Option<Command> {
        let json = std::format!(
            r#"{{"specversion":"1.0","id":"1","source":"urn:s","type":"{event_type}","data":{data}}}"#
        );
        Command::read(&CloudEventView::parse(RawJson::parse(&json).unwrap()).unwrap())
    }

    #[test]
    fn known_commands_are_read() {
        let every_second = Some(Command::SetInterval(Duration::from_millis(1000)));
        assert_eq!(read("Interval.Set", r#"{"milliseconds":1000}"#), every_second);
        assert_eq!(read("Interval.Set", r#"{"why":[1],"milliseconds":1000}"#), every_second);
        assert_eq!(read("Device.Restart", "null"), Some(Command::Restart));
    }

    #[test]
    fn anything_else_is_no_command() {
        for data in [
            "null",
            "1000",
            "{}",
            r#"{"milliseconds":0}"#,
            r#"{"milliseconds":-1}"#,
            r#"{"milliseconds":"1"}"#,
        ] {
            assert_eq!(read("Interval.Set", data), None, "{data}");
        }
        assert_eq!(read("Interval.Get", "{}"), None);
    }
}
