//! Texts with placeholders, which are filled in anew for each event.

use std::error::Error;
use std::fmt;

use jiff::{Timestamp, Unit};
use uuid::Uuid;

/// A text with the placeholders `{{n}}`, `{{uuid}}` and `{{now}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(Placeholder),
}

/// What is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    Number,
    Uuid,
    Now,
}

/// What is filled in for one event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TemplateValues {
    /// Its number, from 1.
    pub(crate) number: u64,
    /// The current time.
    pub(crate) now: Timestamp,
}

impl TemplateValues {
    /// The time to the microsecond, as RFC 3339 writes it: the service keeps seven digits, and most
    /// of those who read them know six.
    pub(crate) fn now_text(&self) -> String {
        self.now.round(Unit::Microsecond).unwrap_or(self.now).to_string()
    }
}

impl Template {
    /// A text in which nothing is filled in.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// Reads a text. `{{` without `}}` after it stays as it is.
    ///
    /// # Errors
    /// [`UnknownPlaceholder`] if there is a placeholder of another name.
    pub(crate) fn parse(text: &str) -> Result<Self, UnknownPlaceholder> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, (name, after))) =
            rest.split_once("{{").and_then(|(before, after)| Some((before, after.split_once("}}")?)))
        {
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Placeholder(placeholder(name)?));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// Whether each event gets another text: the time may be the same for several.
    pub(crate) fn is_unique(&self) -> bool {
        let is_unique =
            |part: &Part| matches!(part, Part::Placeholder(Placeholder::Number | Placeholder::Uuid));
        self.0.iter().any(is_unique)
    }

    /// The text for one event. Each `{{uuid}}` is another one.
    pub(crate) fn expand(&self, values: &TemplateValues) -> String {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Placeholder(Placeholder::Number) => text.push_str(&values.number.to_string()),
                Part::Placeholder(Placeholder::Uuid) => text.push_str(&Uuid::new_v4().to_string()),
                Part::Placeholder(Placeholder::Now) => text.push_str(&values.now_text()),
            }
        }
        text
    }
}

fn placeholder(name: &str) -> Result<Placeholder, UnknownPlaceholder> {
    match name.trim() {
        "n" => Ok(Placeholder::Number),
        "uuid" => Ok(Placeholder::Uuid),
        "now" => Ok(Placeholder::Now),
        other => Err(UnknownPlaceholder(other.chars().take(64).collect())),
    }
}

/// A placeholder that stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownPlaceholder(String);

impl fmt::Display for UnknownPlaceholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no placeholder {{{{{}}}}}", self.0.escape_debug())
    }
}

impl Error for UnknownPlaceholder {}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: TemplateValues = TemplateValues { number: 17, now: Timestamp::UNIX_EPOCH };

    fn expanded(text: &str) -> String {
        Template::parse(text).unwrap().expand(&VALUES)
    }

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(expanded("order {{n}} at {{ now }}"), "order 17 at 1970-01-01T00:00:00Z");
        let uuids = expanded("{{uuid}}{{uuid}}");
        assert_eq!(uuids.len(), 72);
        assert_ne!(uuids[..36], uuids[36..]);
    }

    #[test]
    fn a_text_without_placeholders_stays_as_it_is() {
        for text in ["", "a", "{", "}}", "{{", "a {{n", r#"{"a":{"b":1}}"#, "{{n}", "{ {n}}"] {
            assert_eq!(expanded(text), text);
            assert_eq!(Template::plain(text).expand(&VALUES), text);
        }
        assert_eq!(Template::plain("{{n}}").expand(&VALUES), "{{n}}");
    }

    #[test]
    fn another_placeholder_is_refused() {
        for text in ["{{}}", "{{N}}", "{{count}}", "{{n}} {{{n}}}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
