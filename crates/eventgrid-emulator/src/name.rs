//! Names of topics, event subscriptions and channels: those that the service takes, and what more
//! relaxed limits take.

use crate::limits::Limits;

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// A topic of the namespace.
    Topic,
    /// An event subscription of a topic of the namespace.
    Subscription,
    /// A basic topic, a domain or a partner namespace. Its name is a segment of a path.
    Resource,
    /// A channel of a partner namespace. Its name is in a header.
    Channel,
}

/// What the paths of everything but basic topics, domains and partner namespaces begin with.
const RESERVED: [&str; 3] = ["api", "emulator", "topics"];

impl NameKind {
    /// What has such a name.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Topic => "a topic",
            Self::Subscription => "an event subscription",
            Self::Resource => "a basic topic, domain or partner namespace",
            Self::Channel => "a channel",
        }
    }

    /// Checks a name.
    ///
    /// # Errors
    /// What a name of this kind needs.
    pub(crate) fn check(self, name: &str, limits: Limits) -> Result<(), &'static str> {
        let (is_valid, expected) = match self {
            // "Naming rules and restrictions for Azure resources", Microsoft.EventGrid.
            Self::Topic | Self::Resource if limits.are_strict() => {
                (is_strict(name, 50), "3 to 50 letters, digits and hyphens")
            }
            Self::Subscription | Self::Channel if limits.are_strict() => {
                (is_strict(name, 64), "3 to 64 letters, digits and hyphens")
            }
            // A slash at the start is what other topics of the broker have.
            Self::Topic => (
                !name.is_empty() && !name.starts_with('/'),
                "one character or more, of which the first is not a slash",
            ),
            Self::Subscription => (!name.is_empty(), "one character or more"),
            Self::Resource => (!name.is_empty() && is_plain(name), "one or more letters, digits and hyphens"),
            Self::Channel => (
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()),
                "one or more printable characters of ASCII without spaces",
            ),
        };
        if is_valid { Ok(()) } else { Err(expected) }
    }
}

/// Checks a name; gives back what is wrong with it. A basic topic, domain or partner namespace must
/// not hide a path of something else.
pub(crate) fn check_name(name: &str, kind: NameKind, limits: Limits) -> Result<(), String> {
    let shown = shorten(name);
    if let Err(expected) = kind.check(name, limits) {
        return Err(format!("{shown:?} is not a name: it needs {expected}"));
    }
    if kind == NameKind::Resource && is_reserved(name) {
        return Err(format!(
            "the name {shown:?} is taken by the emulator itself: paths of other things begin with it"
        ));
    }
    Ok(())
}

/// At most 64 characters of a text.
fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Whether a path that begins with that name is one of something else.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name))
}

fn is_strict(name: &str, longest: usize) -> bool {
    (3..=longest).contains(&name.len()) && is_plain(name)
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::NameKind::{Channel, Resource, Subscription, Topic};
    use super::*;

    #[test]
    fn strict_names_are_those_of_the_service() {
        let check = |kind: NameKind, name: &str| kind.check(name, Limits::Strict).is_ok();
        for (kind, longest) in [(Topic, 50), (Resource, 50), (Subscription, 64), (Channel, 64)] {
            for name in ["abc", "A-1", "---", &"x".repeat(longest)] {
                assert!(check(kind, name), "{kind:?} {name}");
            }
            for name in ["", "ab", "a_b", "a b", "a/b", "é12", &"x".repeat(longest + 1)] {
                assert!(!check(kind, name), "{kind:?} {name}");
            }
        }
    }

    #[test]
    fn relaxed_names_are_those_that_a_request_can_carry() {
        let check = |kind: NameKind, name: &str| kind.check(name, Limits::Relaxed).is_ok();
        for (kind, name, is_valid) in [
            (Topic, "a", true),
            (Topic, "my topic/1", true),
            (Topic, "/grid/api/events", false),
            (Topic, "", false),
            (Subscription, "€", true),
            (Subscription, "", false),
            (Resource, "a", true),
            (Resource, "a_b", false),
            (Resource, "", false),
            (Channel, "a_b", true),
            (Channel, "a b", false),
            (Channel, "", false),
        ] {
            assert_eq!(check(kind, name), is_valid, "{kind:?} {name:?}");
        }
    }
}
