//! Durations as text of ISO 8601, as Azure Resource Manager has them.

use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};

/// The longest time to live: a hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Reads an ISO 8601 duration above zero. Days are 24 hours; months and years have no fixed length.
pub(crate) fn read_duration(text: &str) -> Result<Duration, String> {
    let duration = Some(text)
        // Without this, other notations would do as well.
        .filter(|text| text.starts_with('P'))
        .and_then(|text| text.parse::<Span>().ok())
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|duration| !duration.is_zero() && *duration <= LONGEST);
    duration.ok_or_else(|| {
        let shown: String = text.chars().take(64).collect();
        format!(
            "{shown:?} is not an ISO 8601 duration of at most 100 years: write P1D for a day, PT1H for an hour, \
             PT90S for 90 seconds"
        )
    })
}

pub(crate) fn write_duration(duration: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    if duration.subsec_nanos() == 0 && duration.as_secs() % DAY == 0 {
        return format!("P{}D", duration.as_secs() / DAY);
    }
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX).to_string()
}
