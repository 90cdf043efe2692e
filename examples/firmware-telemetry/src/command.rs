//! The commands for the device.

use core::num::NonZeroU32;

use embassy_time::Duration;
use eventgrid::event::CloudEventView;
use serde::Deserialize;

/// A command, which comes as an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `Interval.Set` with data `{"milliseconds":1000}`: how often to measure, from every
    /// millisecond on.
    SetInterval(Duration),
    /// `Device.Restart`: start anew as soon as all readings are published.
    Restart,
}

/// The data of `Interval.Set`. Other members are ignored.
#[derive(Deserialize)]
struct Interval {
    milliseconds: NonZeroU32,
}

/// Enough to decode the name of a member that comes with escapes. A longer name is not one of a
/// command, and the command is then unknown.
const SCRATCH: usize = 16;

impl Command {
    /// Reads a command; `None` if this device does not know it.
    pub fn read(event: &CloudEventView<'_>) -> Option<Self> {
        let event_type = event.event_type();
        if event_type == *"Device.Restart" {
            return Some(Self::Restart);
        }
        if event_type != *"Interval.Set" {
            return None;
        }
        let interval: Interval = event.data().deserialize_in(&mut [0; SCRATCH]).ok()?;
        Some(Self::SetInterval(Duration::from_millis(interval.milliseconds.get().into())))
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
        assert_eq!(read("Interval.Set", r#"{"milli\u0073econds":1000}"#), every_second);
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
