//! Names and filters of MQTT topics (MQTT 5.0, 4.7), and the service's limits for them.

use core::fmt;

/// The longest topic that the service accepts, in bytes.
const MAX_BYTES: usize = 256;

/// The most levels that the service takes, which it calls segments.
const MAX_LEVELS: usize = 8;

/// The longest string of MQTT, in bytes (MQTT 5.0, 1.5.4).
pub(super) const MAX_STRING: usize = 65_535;

/// The name of an MQTT topic, to which a message is published.
///
/// It has no wildcard, is not empty and has no U+0000 (MQTT 5.0, 4.7). The service accepts at most
/// 256 bytes and 8 levels.
///
/// ```
/// use eventgrid::mqtt::{InvalidTopic, TopicName};
///
/// assert_eq!(TopicName::new("devices/17/state")?.as_str(), "devices/17/state");
/// assert_eq!(TopicName::new("devices/+/state"), Err(InvalidTopic::Wildcard));
/// # Ok::<(), InvalidTopic>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TopicName<'t>(&'t str);

impl<'t> TopicName<'t> {
    /// Checks a name by the rules of MQTT and the limits of the service.
    ///
    /// # Errors
    /// [`InvalidTopic`] says which rule or limit it breaks.
    pub fn new(name: &'t str) -> Result<Self, InvalidTopic> {
        let name = Self::without_limits(name)?;
        check_limits(name.0)?;
        Ok(name)
    }

    /// Checks a name by the rules of MQTT only, for a service with other limits.
    ///
    /// # Errors
    /// [`InvalidTopic`] says which rule it breaks.
    pub fn without_limits(name: &'t str) -> Result<Self, InvalidTopic> {
        check_string(name)?;
        if name.bytes().any(|byte| matches!(byte, b'+' | b'#')) {
            return Err(InvalidTopic::Wildcard);
        }
        Ok(Self(name))
    }

    /// Its text.
    pub const fn as_str(self) -> &'t str {
        self.0
    }
}

/// A filter of MQTT topics, which selects the retained messages to list.
///
/// `+` matches any single level and must be alone in its level. `#` matches all further levels, and
/// must be the last level. The service accepts at most 256 bytes and 8 levels.
///
/// ```
/// use eventgrid::mqtt::{InvalidTopic, TopicFilter};
///
/// for filter in ["#", "devices/#", "devices/+/state", "devices/17/state"] {
///     assert_eq!(TopicFilter::new(filter)?.as_str(), filter);
/// }
/// assert_eq!(TopicFilter::new("devices/#/state"), Err(InvalidTopic::MultiLevelWildcard));
/// assert_eq!(TopicFilter::new("devices/1+"), Err(InvalidTopic::SingleLevelWildcard));
/// # Ok::<(), InvalidTopic>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TopicFilter<'t>(&'t str);

impl<'t> TopicFilter<'t> {
    /// Checks a filter by the rules of MQTT and the limits of the service.
    ///
    /// # Errors
    /// [`InvalidTopic`] says which rule or limit it breaks.
    pub fn new(filter: &'t str) -> Result<Self, InvalidTopic> {
        let filter = Self::without_limits(filter)?;
        check_limits(filter.0)?;
        Ok(filter)
    }

    /// Checks a filter by the rules of MQTT only, for a service with other limits.
    ///
    /// # Errors
    /// [`InvalidTopic`] says which rule it breaks.
    pub fn without_limits(filter: &'t str) -> Result<Self, InvalidTopic> {
        check_string(filter)?;
        let mut levels = filter.as_bytes().split(|byte| *byte == b'/').peekable();
        while let Some(level) = levels.next() {
            let is_last = levels.peek().is_none();
            if level.contains(&b'#') && !(is_last && level.len() == 1) {
                return Err(InvalidTopic::MultiLevelWildcard);
            }
            if level.contains(&b'+') && level.len() > 1 {
                return Err(InvalidTopic::SingleLevelWildcard);
            }
        }
        Ok(Self(filter))
    }

    /// Its text.
    pub const fn as_str(self) -> &'t str {
        self.0
    }
}

/// The filter that only this topic matches.
impl<'t> From<TopicName<'t>> for TopicFilter<'t> {
    fn from(name: TopicName<'t>) -> Self {
        Self(name.0)
    }
}

impl fmt::Display for TopicName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for TopicFilter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What holds for every topic of MQTT.
fn check_string(text: &str) -> Result<(), InvalidTopic> {
    if text.is_empty() {
        Err(InvalidTopic::Empty)
    } else if text.as_bytes().contains(&0) {
        Err(InvalidTopic::NullCharacter)
    } else if text.len() > MAX_STRING {
        Err(InvalidTopic::TooLong { bytes: text.len(), limit: MAX_STRING })
    } else {
        Ok(())
    }
}

fn check_limits(text: &str) -> Result<(), InvalidTopic> {
    if text.len() > MAX_BYTES {
        return Err(InvalidTopic::TooLong { bytes: text.len(), limit: MAX_BYTES });
    }
    let levels = text.bytes().filter(|byte| *byte == b'/').count() + 1;
    if levels > MAX_LEVELS { Err(InvalidTopic::TooManyLevels { levels }) } else { Ok(()) }
}

/// Why a text is not the name or the filter of an MQTT topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTopic {
    /// It is empty (MQTT 5.0, 4.7.3).
    Empty,
    /// It has the character U+0000 (MQTT 5.0, 4.7.3).
    NullCharacter,
    /// It is a name, and has a wildcard (MQTT 5.0, 3.3.2.1).
    Wildcard,
    /// It has a `#` that is not the last character, or not alone in its level (MQTT 5.0, 4.7.1.2).
    MultiLevelWildcard,
    /// It has a `+` that is not alone in its level (MQTT 5.0, 4.7.1.3).
    SingleLevelWildcard,
    /// It is longer than the service takes, or than any string of MQTT may be.
    TooLong {
        /// How many bytes it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
    },
    /// It has more levels than the service takes, which are 8.
    TooManyLevels {
        /// How many it has.
        levels: usize,
    },
}

impl fmt::Display for InvalidTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the topic is empty: write levels between slashes, such as devices/17/state",
            Self::NullCharacter => {
                "the topic has the character U+0000, which no topic of MQTT may have: leave it out"
            }
            Self::Wildcard => {
                "the name of a topic must not have `+` or `#`, which are wildcards of filters: name one topic"
            }
            Self::MultiLevelWildcard => {
                "`#` must be the last character of a filter and alone in its level, as in devices/#"
            }
            Self::SingleLevelWildcard => "`+` must be alone in its level of a filter, as in devices/+/state",
            Self::TooLong { bytes, limit } => {
                return write!(f, "the topic has {bytes} bytes, and may have {limit}: shorten it");
            }
            Self::TooManyLevels { levels } => {
                return write!(
                    f,
                    "the topic has {levels} levels, and may have {MAX_LEVELS}: use fewer slashes"
                );
            }
        })
    }
}

impl core::error::Error for InvalidTopic {}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_name_has_no_wildcard_and_a_filter_has_them_in_their_places() {
        use InvalidTopic::{Empty, MultiLevelWildcard, NullCharacter, SingleLevelWildcard, Wildcard};
        for (text, name, filter) in [
            ("a", Ok(()), Ok(())),
            ("/", Ok(()), Ok(())),
            ("//a b/ü/", Ok(()), Ok(())),
            ("$SYS/a", Ok(()), Ok(())),
            ("", Err(Empty), Err(Empty)),
            ("a\0b", Err(NullCharacter), Err(NullCharacter)),
            ("#", Err(Wildcard), Ok(())),
            ("+", Err(Wildcard), Ok(())),
            ("a/#", Err(Wildcard), Ok(())),
            ("/#", Err(Wildcard), Ok(())),
            ("+/+/+", Err(Wildcard), Ok(())),
            ("+/a/#", Err(Wildcard), Ok(())),
            ("#/", Err(Wildcard), Err(MultiLevelWildcard)),
            ("a#", Err(Wildcard), Err(MultiLevelWildcard)),
            ("a/#b", Err(Wildcard), Err(MultiLevelWildcard)),
            ("a/#/b", Err(Wildcard), Err(MultiLevelWildcard)),
            ("##", Err(Wildcard), Err(MultiLevelWildcard)),
            ("a/+b", Err(Wildcard), Err(SingleLevelWildcard)),
            ("++", Err(Wildcard), Err(SingleLevelWildcard)),
            ("+/#+", Err(Wildcard), Err(MultiLevelWildcard)),
        ] {
            assert_eq!(TopicName::new(text).map(drop), name, "{text:?}");
            assert_eq!(TopicFilter::new(text).map(drop), filter, "{text:?}");
        }
    }

    #[test]
    fn the_limits_of_the_service_can_be_left_to_it() {
        let longest = "ü".repeat(128);
        assert!(TopicName::new(&longest).is_ok());
        assert!(TopicName::new("1/2/3/4/5/6/7/8").is_ok());
        let longer = longest + "a";
        for (text, error) in [
            (&*longer, InvalidTopic::TooLong { bytes: 257, limit: 256 }),
            ("1/2/3/4/5/6/7/8/", InvalidTopic::TooManyLevels { levels: 9 }),
        ] {
            assert_eq!(TopicName::new(text), Err(error));
            assert_eq!(TopicFilter::new(text), Err(error));
            assert_eq!(TopicName::without_limits(text).unwrap().as_str(), text);
            assert_eq!(TopicFilter::without_limits(text).unwrap().as_str(), text);
        }
        let too_long = "a".repeat(65_536);
        let error = InvalidTopic::TooLong { bytes: 65_536, limit: 65_535 };
        assert_eq!(TopicName::without_limits(&too_long), Err(error));
        assert_eq!(TopicFilter::without_limits(&too_long), Err(error));
    }

    #[test]
    fn an_error_says_what_to_write_instead() {
        for (text, words) in [
            ("a/+b", "`+` must be alone in its level of a filter, as in devices/+/state"),
            ("a/#/b", "`#` must be the last character of a filter and alone in its level, as in devices/#"),
            ("1/2/3/4/5/6/7/8/9", "the topic has 9 levels, and may have 8: use fewer slashes"),
        ] {
            assert_eq!(TopicFilter::new(text).unwrap_err().to_string(), words);
        }
    }
}
