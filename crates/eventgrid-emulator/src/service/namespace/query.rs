//! The query parameters of a namespace, and what each API version has. Unknown ones are ignored.

use std::time::Duration;

use super::error::ServiceError;
use crate::service::query::parameter;

/// The versions of the data plane whose requests and responses are spoken here, the oldest first.
const API_VERSIONS: [&str; 4] = [FIRST_PREVIEW, "2023-10-01-preview", "2023-11-01", "2024-06-01"];

/// The one without renewing of locks and without release delays, whose failed lock tokens have a
/// shape of their own.
const FIRST_PREVIEW: &str = "2023-06-01-preview";

/// How long an event can be held back on release, in seconds ("releaseDelayInSeconds", api-version
/// 2024-06-01).
const RELEASE_DELAYS: [u64; 5] = [0, 10, 60, 600, 3600];

/// The query of one request, its API version checked.
#[derive(Debug)]
pub(super) struct Query<'q> {
    text: &'q str,
    version: &'static str,
}

impl<'q> Query<'q> {
    /// What the service says to a missing or unknown version is unconfirmed.
    pub(super) fn parse(query: Option<&'q str>) -> Result<Self, ServiceError> {
        let text = query.unwrap_or_default();
        let asked = parameter(text, "api-version")
            .ok_or_else(|| ServiceError::bad_request("`api-version` query parameter is required"))?;
        let known = API_VERSIONS.iter().find(|version| **version == asked);
        let version = known.ok_or_else(|| {
            let known = API_VERSIONS.join(", ");
            ServiceError::bad_request(format!("Unsupported `api-version` '{asked}', supported are {known}"))
        })?;
        Ok(Self { text, version })
    }

    /// The API version that was asked for.
    pub(super) fn version(&self) -> &'static str {
        self.version
    }

    /// Whether locks can be renewed in this version.
    pub(super) fn has_renew_lock(&self) -> bool {
        self.version != FIRST_PREVIEW
    }

    /// Whether a failed lock token says what failed in members of its own, not in one object.
    pub(super) fn has_flat_failures(&self) -> bool {
        self.version == FIRST_PREVIEW
    }

    /// 1 to 100, 1 by default.
    pub(super) fn max_events(&self) -> Result<usize, ServiceError> {
        let value = self.number("maxEvents", 1, |value| (1..=100).contains(&value))?;
        Ok(usize::try_from(value).expect("100 at the most"))
    }

    /// 10 to 120 seconds, 60 by default.
    pub(super) fn max_wait_time(&self) -> Result<Duration, ServiceError> {
        self.number("maxWaitTime", 60, |value| (10..=120).contains(&value)).map(Duration::from_secs)
    }

    /// One of five delays, none by default. The first version does not know the parameter and
    /// ignores it.
    pub(super) fn release_delay(&self) -> Result<Duration, ServiceError> {
        if self.version == FIRST_PREVIEW {
            return Ok(Duration::ZERO);
        }
        self.number("releaseDelayInSeconds", 0, |value| RELEASE_DELAYS.contains(&value))
            .map(Duration::from_secs)
    }

    fn number(&self, name: &str, default: u64, is_valid: impl Fn(u64) -> bool) -> Result<u64, ServiceError> {
        let Some(text) = parameter(self.text, name) else { return Ok(default) };
        // A sign is not a digit, though Rust reads `+5` as a number.
        let digits = if text.starts_with('+') { "+" } else { &*text };
        let value = digits.parse().map_err(|error| match self.version {
            FIRST_PREVIEW => ServiceError::query_because(&error),
            _ => ServiceError::query(),
        })?;
        if is_valid(value) { Ok(value) } else { Err(ServiceError::argument(name)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(rest: &str) -> String {
        format!("api-version=2024-06-01{rest}")
    }

    #[test]
    fn defaults_are_the_services() {
        let query = Query::parse(Some("api-version=2023-11-01")).unwrap();
        assert_eq!(query.max_events().unwrap(), 1);
        assert_eq!(query.max_wait_time().unwrap(), Duration::from_secs(60));
        assert_eq!(query.release_delay().unwrap(), Duration::ZERO);
    }

    #[test]
    fn ranges_end_where_the_contract_says() {
        for (events, good) in
            [("0", false), ("1", true), ("100", true), ("101", false), ("-20", false), ("", false)]
        {
            let text = query(&format!("&maxEvents={events}"));
            assert_eq!(Query::parse(Some(&text)).unwrap().max_events().is_ok(), good, "{events}");
        }
        for (seconds, good) in [("9", false), ("10", true), ("120", true), ("121", false), ("1e1", false)] {
            let text = query(&format!("&maxWaitTime={seconds}"));
            assert_eq!(Query::parse(Some(&text)).unwrap().max_wait_time().is_ok(), good, "{seconds}");
        }
        for (seconds, good) in
            [("0", true), ("10", true), ("60", true), ("600", true), ("3600", true), ("7", false)]
        {
            let text = query(&format!("&releaseDelayInSeconds={seconds}"));
            assert_eq!(Query::parse(Some(&text)).unwrap().release_delay().is_ok(), good, "{seconds}");
        }
    }

    #[test]
    fn the_first_preview_has_neither_renewing_nor_delays_and_tells_more_of_what_it_cannot_read() {
        let first = Query::parse(Some("api-version=2023-06-01-preview&releaseDelayInSeconds=7")).unwrap();
        assert!(first.has_flat_failures() && !first.has_renew_lock());
        assert_eq!(first.release_delay().unwrap(), Duration::ZERO);
        let text = query("");
        let newest = Query::parse(Some(&text)).unwrap();
        assert!(!newest.has_flat_failures() && newest.has_renew_lock());
    }

    #[test]
    fn the_version_is_required_and_known() {
        for bad in
            [None, Some(""), Some("api-version="), Some("api-version=2018-01-01"), Some("version=2024-06-01")]
        {
            assert!(Query::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Query::parse(Some("maxEvents=1&api%2Dversion=2024%2D06%2D01")).is_ok());
    }
}
