//! What nearly every message of the service ends with: a number and a time to report.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::time::UnixTime;

/// Whether a message asks for a report, and in which of the two forms that were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Report {
    /// It does not.
    None,
    /// By request id and time.
    Plain,
    /// With a number between them, of which nothing is known.
    Numbered,
}

impl Report {
    /// What to put behind a message.
    pub(super) fn suffix(self, request_id: Uuid, now: UnixTime) -> String {
        let number = match self {
            Self::None => return String::new(),
            Self::Plain => "",
            Self::Numbered => ":0",
        };
        let request_id = request_id.hyphenated();
        let time = american(now);
        format!(
            " Report '{request_id}{number}:{time} (UTC)' to our forums for assistance or raise a support ticket."
        )
    }
}

/// As `7/10/2023 6:01:16 PM`.
fn american(time: UnixTime) -> String {
    let timestamp = SignedDuration::try_from(time.as_duration())
        .ok()
        .and_then(|since| Timestamp::from_duration(since).ok())
        .unwrap_or(Timestamp::MAX);
    timestamp.to_zoned(TimeZone::UTC).strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_in_america() {
        assert_eq!(american(UnixTime::from_secs(1_689_012_076)), "7/10/2023 6:01:16 PM");
        assert_eq!(american(UnixTime::from_secs(0)), "1/1/1970 12:00:00 AM");
        assert_eq!(american(UnixTime::from_secs(12 * 60 * 60)), "1/1/1970 12:00:00 PM");
        assert!(american(UnixTime::from_secs(u64::MAX)).starts_with("12/30/9999 "));
    }

    #[test]
    fn a_message_may_ask_for_a_report() {
        let at = UnixTime::from_secs(1_689_012_076);
        assert_eq!(Report::None.suffix(Uuid::nil(), at), "");
        assert_eq!(
            Report::Plain.suffix(Uuid::nil(), at),
            " Report '00000000-0000-0000-0000-000000000000:7/10/2023 6:01:16 PM (UTC)' to our forums for assistance \
             or raise a support ticket."
        );
        assert!(Report::Numbered.suffix(Uuid::nil(), at).contains("-000000000000:0:7/10/2023 "));
    }
}
