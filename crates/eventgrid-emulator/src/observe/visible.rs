//! The parts of a request that may be shown: without secrets, and so that they cannot be taken for
//! anything else.

use std::fmt::{self, Write};

use http::Uri;

/// The query parameters whose values are shown. All others may hold a credential.
const PARAMETERS: [&str; 10] = [
    "api-version",
    "maxevents",
    "maxwaittime",
    "releasedelayinseconds",
    "topic",
    "qos",
    "retain",
    "topicfilter",
    "maxresults",
    "continuationtoken",
];

/// A path and its query. A parameter that is not of the service is `***`, its name included.
pub(super) fn path_and_query(uri: &Uri) -> String {
    let mut shown = uri.path().to_owned();
    for (index, parameter) in uri.query().iter().flat_map(|query| query.split('&')).enumerate() {
        shown.push(if index == 0 { '?' } else { '&' });
        let name = parameter.split('=').next().unwrap_or_default();
        let is_known = PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(name));
        shown.push_str(if is_known { parameter } else { "***" });
    }
    shown
}

/// Text of a request as it is shown in a line: no longer than `max` characters, and without any
/// that end the line or change how it looks.
pub(super) struct Escaped<'a> {
    pub(super) text: &'a str,
    pub(super) max: usize,
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.text.chars();
        for character in characters.by_ref().take(self.max) {
            match character {
                // These are escaped by the function for the sake of a literal, which this is not.
                '\'' | '"' => f.write_char(character)?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        if characters.next().is_some() { f.write_char('…') } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_shows_what_the_service_knows_and_hides_all_else() {
        for (given, shown) in [
            ("/topics/orders:publish", "/topics/orders:publish"),
            ("/a?api-version=2024-06-01&aeg-sas-key=secret", "/a?api-version=2024-06-01&***"),
            ("/a?AEG-SAS-KEY=secret&maxEvents=5", "/a?***&maxEvents=5"),
            ("/a?maxevents=5&MAXWAITTIME=10", "/a?maxevents=5&MAXWAITTIME=10"),
            ("/a?aeg-sas-key%3Dsecret", "/a?***"),
            ("/a?secret", "/a?***"),
            ("https://emulator:6500/a?api-version=1", "/a?api-version=1"),
        ] {
            assert_eq!(path_and_query(&given.parse().unwrap()), shown, "{given}");
        }
    }

    #[test]
    fn text_cannot_end_a_line_or_change_how_it_looks() {
        let escaped = |text, max| Escaped { text, max }.to_string();
        assert_eq!(escaped("it's \"so\"", 100), "it's \"so\"");
        assert_eq!(escaped("a\nb\r\u{1b}[31m\u{202e}\0", 100), "a\\nb\\r\\u{1b}[31m\\u{202e}\\0");
        assert_eq!(escaped("back\\slash é €", 100), "back\\\\slash é €");
        assert_eq!(escaped("12345", 5), "12345");
        assert_eq!(escaped("123456", 5), "12345…");
    }
}
