//! The name of an attribute that an error is about.

use core::fmt;

/// The name of the attribute that an error is about, kept without what it was borrowed from.
///
/// It has at most 23 characters: a longer name is cut. What is not a letter, a digit or a sign of
/// ASCII is a question mark, so that it can go into any log.
///
/// ```
/// use eventgrid::CloudEvent;
/// use eventgrid::event::{Extension, InvalidEvent};
///
/// let extensions = [Extension::new("Region", "north")];
/// let event = CloudEvent::new("1", "urn:shop", "Order.Created").with_extensions(&extensions);
/// let Err(InvalidEvent::ExtensionName(name)) = event.check() else { panic!("a capital is refused") };
/// assert_eq!(name.as_str(), "Region");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AttributeName {
    characters: [u8; MAX_LEN],
    len: u8,
}

const MAX_LEN: usize = 23;

impl AttributeName {
    pub(crate) fn new(name: &str) -> Self {
        let mut characters = [0; MAX_LEN];
        let mut len = 0;
        // One byte for each character: all but the first of those that have more are left out.
        let first_bytes = name.bytes().filter(|byte| !matches!(byte, 0x80..0xc0));
        for (place, byte) in characters.iter_mut().zip(first_bytes) {
            *place = if byte.is_ascii_graphic() { byte } else { b'?' };
            len += 1;
        }
        Self { characters, len }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        let name = self.characters.get(..self.len.into()).unwrap_or_default();
        // All of them are ASCII.
        core::str::from_utf8(name).unwrap_or_default()
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    #[test]
    fn any_name_can_be_shown() {
        for (name, shown) in [
            ("", ""),
            ("kafkaheadercontenttype", "kafkaheadercontenttype"),
            ("With_Sign-s", "With_Sign-s"),
            ("a b\nc\u{1b}[31m", "a?b?c?[31m"),
            ("caf\u{e9}\u{1f600}", "caf??"),
            ("a2345678901234567890123456789012345", "a2345678901234567890123"),
        ] {
            let name = AttributeName::new(name);
            assert_eq!(name.as_str(), shown);
            assert_eq!(format!("{name} {name:?}"), format!("{shown} {shown:?}"));
        }
    }
}
