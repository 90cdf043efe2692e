//! Names and filters of topics (MQTT 5.0, 4.7).

use crate::limits::Limits;

/// The longest topic, in bytes ("quotas-limits" of the service's documentation, 2025-11: topic
/// size).
const MAX_BYTES: usize = 256;

/// The most levels of a topic, which the service calls segments.
const MAX_LEVELS: usize = 8;

/// What a text is that is neither a name nor a filter, whatever the limits.
const MAX_STRING: usize = u16::MAX as usize;

/// Why a text is not a topic, or not the filter of topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidTopic {
    #[error("a topic has one character or more")]
    Empty,
    #[error("a topic has at most {0} bytes")]
    Length(usize),
    #[error("a topic has at most {MAX_LEVELS} levels between slashes")]
    Levels,
    #[error("a topic has no U+0000")]
    Null,
    #[error("the topic of a message has no wildcards: leave out + and #")]
    Wildcard,
    #[error("+ stands for one level and is alone in it, and # is the last level of a filter and alone in it")]
    MisplacedWildcard,
}

fn check(text: &str, limits: Limits) -> Result<(), InvalidTopic> {
    let longest = limits.of(MAX_BYTES).min(MAX_STRING);
    if text.is_empty() {
        Err(InvalidTopic::Empty)
    } else if text.contains('\0') {
        Err(InvalidTopic::Null)
    } else if text.len() > longest {
        Err(InvalidTopic::Length(longest))
    } else if text.split('/').count() > limits.of(MAX_LEVELS) {
        Err(InvalidTopic::Levels)
    } else {
        Ok(())
    }
}

/// Checks the topic of a message.
pub(crate) fn check_name(name: &str, limits: Limits) -> Result<(), InvalidTopic> {
    check(name, limits)?;
    if name.contains(['+', '#']) { Err(InvalidTopic::Wildcard) } else { Ok(()) }
}

/// Which topics are meant: a topic in which `+` stands for any level, and `#` at the end for all
/// that follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TopicFilter(String);

impl TopicFilter {
    pub(crate) fn new(text: &str, limits: Limits) -> Result<Self, InvalidTopic> {
        check(text, limits)?;
        let mut levels = text.split('/').rev();
        let last = levels.next().unwrap_or_default();
        let is_whole = |level: &str| level == "+" || !level.contains(['+', '#']);
        if (last == "#" || is_whole(last)) && levels.all(is_whole) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidTopic::MisplacedWildcard)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a topic is one of those. A topic that begins with `$` is none of those that a
    /// wildcard at the start stands for (MQTT 5.0, 4.7.2), and `a/#` stands for `a`, too (4.7.1.2).
    pub(crate) fn matches(&self, topic: &str) -> bool {
        if topic.starts_with('$') && self.0.starts_with(['+', '#']) {
            return false;
        }
        let mut levels = topic.split('/');
        for part in self.0.split('/') {
            if part == "#" {
                return true;
            }
            match levels.next() {
                Some(level) if part == "+" || part == level => {}
                _ => return false,
            }
        }
        levels.next().is_none()
    }

    /// The text that all these topics begin with.
    pub(crate) fn prefix(&self) -> &str {
        let end = self.0.find(['+', '#']).unwrap_or(self.0.len());
        // `a/#` also stands for `a`.
        self.0[..end].trim_end_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> TopicFilter {
        TopicFilter::new(text, Limits::Strict).unwrap()
    }

    #[test]
    fn a_filter_matches_what_mqtt_says() {
        for (text, yes, no) in [
            ("a/b", &["a/b"][..], &["a", "a/b/c", "A/b", "a/b/", "/a/b"][..]),
            ("#", &["a", "a/b", "/", "/a"], &["$a", "$SYS/b"]),
            ("a/#", &["a", "a/", "a/b", "a/b/c"], &["ab", "b/a", "$a"]),
            ("+", &["a"], &["a/b", "/a", "$a"]),
            ("+/+", &["a/b", "/a", "a/"], &["a", "a/b/c", "$a/b"]),
            ("/+", &["/a", "/"], &["a", "//"]),
            ("a/+/c", &["a/b/c", "a//c"], &["a/c", "a/b/c/d"]),
            ("a/+/#", &["a/b", "a/b/c", "a/"], &["a"]),
            ("$a/#", &["$a", "$a/b"], &["a"]),
            ("$a/+", &["$a/b"], &["$a"]),
        ] {
            let filter = filter(text);
            for topic in yes {
                assert!(filter.matches(topic) && topic.starts_with(filter.prefix()), "{text} {topic}");
            }
            for topic in no {
                assert!(!filter.matches(topic), "{text} {topic}");
            }
        }
    }

    #[test]
    fn what_is_neither_a_topic_nor_a_filter_is_refused() {
        for (text, error) in [
            ("", InvalidTopic::Empty),
            ("a\0b", InvalidTopic::Null),
            (&"a".repeat(257), InvalidTopic::Length(256)),
            (&"ü".repeat(129), InvalidTopic::Length(256)),
            ("1/2/3/4/5/6/7/8/9", InvalidTopic::Levels),
        ] {
            assert_eq!(check_name(text, Limits::Strict), Err(error), "{text}");
            assert_eq!(TopicFilter::new(text, Limits::Strict), Err(error), "{text}");
        }
        for text in ["a/+", "#", "a#", "+"] {
            assert_eq!(check_name(text, Limits::Relaxed), Err(InvalidTopic::Wildcard), "{text}");
        }
        for text in ["a#", "#/a", "a/#/b", "a+", "+a/b", "a/##", "++"] {
            let filter = TopicFilter::new(text, Limits::Relaxed);
            assert_eq!(filter, Err(InvalidTopic::MisplacedWildcard), "{text}");
        }
        let longest = format!("1/2/3/4/5/6/7/{}", "a".repeat(242));
        assert_eq!(check_name(&longest, Limits::Strict), Ok(()));
        let longer = format!("{longest}/9");
        assert_eq!(check_name(&longer, Limits::Relaxed), Ok(()));
        assert_eq!(check_name(&"a".repeat(65_536), Limits::Relaxed), Err(InvalidTopic::Length(65_535)));
    }
}
