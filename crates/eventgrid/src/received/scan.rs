//! The scan of a receive body for what the broker says of each delivery:
//! `{"value":[{"brokerProperties":{`.

use crate::json::{Reader, plain_prefix};

/// How deep the members of `brokerProperties` are.
const BROKER_PROPERTIES: usize = 4;

/// A scan, byte by byte, that knows brackets, quotes, colons and commas alone. So it goes through
/// any body, broken or in pieces.
#[derive(Clone, Default)]
pub(crate) struct Scan {
    within: Within,
    /// How many brackets are open.
    depth: usize,
    /// How many of them, from the outermost, are on the way.
    followed: usize,
    /// The string that was read last, which is a name if a colon follows.
    text: Option<Name>,
    /// The name of the member whose value is due.
    name: Option<Name>,
}

/// What the scan is within.
#[derive(Clone, Copy, Default, PartialEq)]
enum Within {
    #[default]
    Structure,
    String,
    Escape,
}

/// What a byte was to the scan.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Step {
    /// A bracket, a colon, a comma, or any other byte outside of strings.
    Structure,
    /// The opening quote of a string.
    StringBegins,
    /// A byte of a string.
    String,
    /// The closing quote of a string. [`Scan::string`] must be told of the string now.
    StringEnds,
}

/// The names that matter.
#[derive(Clone, Copy, PartialEq)]
enum Name {
    Value,
    BrokerProperties,
    LockToken,
    Other,
}

impl Name {
    /// That of a string with its quotes, whatever is in it.
    fn read(quoted: &[u8]) -> Self {
        let text = core::str::from_utf8(quoted).ok().and_then(|text| Reader::new(text).string().ok());
        match text {
            Some(text) if text == *"value" => Self::Value,
            Some(text) if text == *"brokerProperties" => Self::BrokerProperties,
            Some(text) if text == *"lockToken" => Self::LockToken,
            _ => Self::Other,
        }
    }
}

impl Scan {
    /// Takes note of the next byte.
    pub(crate) fn step(&mut self, byte: u8) -> Step {
        let (within, step) = match (self.within, byte) {
            (Within::Structure, b'"') => (Within::String, Step::StringBegins),
            (Within::Structure, _) => {
                self.structure(byte);
                (Within::Structure, Step::Structure)
            }
            (Within::String, b'"') => (Within::Structure, Step::StringEnds),
            (Within::String, b'\\') => (Within::Escape, Step::String),
            (Within::String | Within::Escape, _) => (Within::String, Step::String),
        };
        self.within = within;
        step
    }

    /// How many bytes of the rest need no step, since they are plain text of a string.
    pub(crate) fn plain_prefix(&self, rest: &[u8]) -> usize {
        if self.within == Within::String { plain_prefix(rest) } else { 0 }
    }

    /// Whether the scan is within `brokerProperties`, however deep.
    pub(crate) fn is_in_broker_properties(&self) -> bool {
        self.followed == BROKER_PROPERTIES
    }

    /// Whether a string that begins here may be a name on the way.
    pub(crate) fn awaits_name(&self) -> bool {
        self.is_followed() && self.depth < BROKER_PROPERTIES && self.name.is_none()
    }

    /// Takes note of a string with its quotes. Whether it is the value of `lockToken`.
    pub(crate) fn string(&mut self, quoted: &[u8]) -> bool {
        if !self.is_followed() {
            return false;
        }
        let name = self.name.take();
        if name.is_none() {
            self.text = Some(Name::read(quoted));
        }
        name == Some(Name::LockToken) && self.depth == BROKER_PROPERTIES
    }

    fn structure(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' => self.open(byte),
            b'}' | b']' => self.close(),
            b':' => self.name = self.text.take(),
            b',' => self.forget_member(),
            _ => {}
        }
    }

    /// Whether all brackets that are open are on the way.
    fn is_followed(&self) -> bool {
        self.depth == self.followed
    }

    fn open(&mut self, bracket: u8) {
        let follows = self.is_followed()
            && match (self.depth, bracket) {
                (0 | 2, b'{') => true,
                (1, b'[') => self.name == Some(Name::Value),
                (3, b'{') => self.name == Some(Name::BrokerProperties),
                _ => false,
            };
        self.depth += 1;
        if follows {
            self.followed = self.depth;
        }
        self.forget_member();
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.followed = self.followed.min(self.depth);
        self.forget_member();
    }

    fn forget_member(&mut self) {
        self.text = None;
        self.name = None;
    }
}
