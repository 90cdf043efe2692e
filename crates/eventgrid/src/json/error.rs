//! What can go wrong with JSON, read and written.

use core::fmt;

use eventgrid_transport::BufFull;

/// A text that is not the JSON that was expected: what is wrong with it, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonError {
    fault: Fault,
    offset: usize,
}

/// The kind of an error, with what the grammar asks for, in one byte: results of reading are then
/// small enough for registers, which saves a device 0.9 kB of flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Syntax(Expected),
    UnexpectedEnd,
    NotUtf8,
    ControlCharacter,
    BadEscape,
    LoneSurrogate,
    BadNumber,
    TooDeep,
    WrongType,
    TrailingCharacters,
}

impl JsonError {
    pub(crate) fn new(kind: JsonErrorKind, offset: usize) -> Self {
        let fault = match kind {
            JsonErrorKind::Syntax => Fault::Syntax(Expected::Value),
            JsonErrorKind::UnexpectedEnd => Fault::UnexpectedEnd,
            JsonErrorKind::NotUtf8 => Fault::NotUtf8,
            JsonErrorKind::ControlCharacter => Fault::ControlCharacter,
            JsonErrorKind::BadEscape => Fault::BadEscape,
            JsonErrorKind::LoneSurrogate => Fault::LoneSurrogate,
            JsonErrorKind::BadNumber => Fault::BadNumber,
            JsonErrorKind::TooDeep => Fault::TooDeep,
            JsonErrorKind::WrongType => Fault::WrongType,
            JsonErrorKind::TrailingCharacters => Fault::TrailingCharacters,
        };
        Self { fault, offset }
    }

    pub(crate) fn expected(expected: Expected, offset: usize) -> Self {
        Self { fault: Fault::Syntax(expected), offset }
    }

    /// What is wrong.
    pub fn kind(self) -> JsonErrorKind {
        match self.fault {
            Fault::Syntax(_) => JsonErrorKind::Syntax,
            Fault::UnexpectedEnd => JsonErrorKind::UnexpectedEnd,
            Fault::NotUtf8 => JsonErrorKind::NotUtf8,
            Fault::ControlCharacter => JsonErrorKind::ControlCharacter,
            Fault::BadEscape => JsonErrorKind::BadEscape,
            Fault::LoneSurrogate => JsonErrorKind::LoneSurrogate,
            Fault::BadNumber => JsonErrorKind::BadNumber,
            Fault::TooDeep => JsonErrorKind::TooDeep,
            Fault::WrongType => JsonErrorKind::WrongType,
            Fault::TrailingCharacters => JsonErrorKind::TrailingCharacters,
        }
    }

    /// Where it is wrong, in bytes from the start of the text.
    pub fn offset(self) -> usize {
        self.offset
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::Syntax(expected) => write!(f, "expected {expected} at byte {}", self.offset),
            _ => write!(f, "{} at byte {}", self.kind(), self.offset),
        }
    }
}

impl core::error::Error for JsonError {}

/// The ways in which a text is not the JSON that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Something else than the grammar of JSON asks for. The error says what that is.
    Syntax,
    /// The text ends before the value does.
    UnexpectedEnd,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// A control character (below U+0020) in a string, where only its escape is allowed.
    ControlCharacter,
    /// A backslash in a string that is followed by no escape of JSON.
    BadEscape,
    /// Half of a surrogate pair (`\ud800` to `\udfff`), which is not a character.
    LoneSurrogate,
    /// A number against the grammar, such as `01`, `+1`, `1.` or `.5`.
    BadNumber,
    /// Arrays and objects nested more than [`MAX_DEPTH`](super::MAX_DEPTH) deep.
    TooDeep,
    /// A value of another type than asked for. The reader has not moved.
    WrongType,
    /// Something other than whitespace after the end of the value.
    TrailingCharacters,
}

/// What the grammar of JSON asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A value of any type.
    Value,
    /// The name of a member.
    Name,
    /// The name of a member, or the end of the object.
    NameOrBrace,
    /// The colon after a name.
    Colon,
    /// What follows a member of an object.
    CommaOrBrace,
    /// What follows an element of an array.
    CommaOrBracket,
    /// The word `true`.
    True,
    /// The word `false`.
    False,
    /// The word `null`.
    Null,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => "a value",
            Self::Name => "a name",
            Self::NameOrBrace => "a name or a closing brace",
            Self::Colon => "a colon",
            Self::CommaOrBrace => "a comma or a closing brace",
            Self::CommaOrBracket => "a comma or a closing bracket",
            Self::True => "true",
            Self::False => "false",
            Self::Null => "null",
        })
    }
}

impl fmt::Display for JsonErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "text against the grammar",
            Self::UnexpectedEnd => "unexpected end of the text",
            Self::NotUtf8 => "invalid UTF-8",
            Self::ControlCharacter => "unescaped control character in a string",
            Self::BadEscape => "invalid escape in a string",
            Self::LoneSurrogate => "lone surrogate in a string",
            Self::BadNumber => "invalid number",
            Self::TooDeep => "too deeply nested value",
            Self::WrongType => "value of an unexpected type",
            Self::TrailingCharacters => "trailing characters",
        })
    }
}

/// Why a value could not be written as JSON. What was written of it before stays in the buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The buffer is full: lend a larger one.
    Full,
    /// A map has a key that cannot be the name of a member, such as an array.
    KeyNotString,
    /// The value itself refused to be written.
    Custom(Message),
}

impl From<BufFull> for WriteError {
    fn from(_: BufFull) -> Self {
        Self::Full
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the value does not fit into the buffer"),
            Self::KeyNotString => f.write_str("a map key must be a string, a number or a boolean"),
            Self::Custom(message) => write!(f, "the value cannot be written as JSON: {message}"),
        }
    }
}

impl core::error::Error for WriteError {}

/// What someone else's code said about its failure. The text is kept with the feature `alloc` only;
/// without a heap there is no place for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    #[cfg(feature = "alloc")]
    text: alloc::boxed::Box<str>,
}

impl Message {
    #[cfg_attr(not(feature = "alloc"), allow(unused_variables, clippy::needless_pass_by_value))]
    pub(crate) fn new(text: impl fmt::Display) -> Self {
        Self {
            #[cfg(feature = "alloc")]
            text: alloc::string::ToString::to_string(&text).into(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[cfg(feature = "alloc")]
        let text = &self.text;
        #[cfg(not(feature = "alloc"))]
        let text = "the feature `alloc` shows the details";
        f.write_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_and_where() {
        let mut storage = [0; 64];
        let mut buf = eventgrid_transport::Buf::new(&mut storage);
        let mut out = crate::json::JsonWriter::new(&mut buf);
        out.display(&JsonError::expected(Expected::Colon, 7)).unwrap();
        assert_eq!(buf.filled(), b"\"expected a colon at byte 7\"");
    }

    #[test]
    fn an_error_of_writing_says_what_is_wrong() {
        let said = |error: WriteError| std::format!("{error}");
        assert_eq!(said(WriteError::Full), "the value does not fit into the buffer");
        assert_eq!(said(WriteError::KeyNotString), "a map key must be a string, a number or a boolean");
        let custom = said(WriteError::Custom(Message::new("it is secret")));
        let reason =
            if cfg!(feature = "alloc") { "it is secret" } else { "the feature `alloc` shows the details" };
        assert_eq!(custom, std::format!("the value cannot be written as JSON: {reason}"));
    }
}
