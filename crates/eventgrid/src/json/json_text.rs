//! A whole value as text that is borrowed or owned.

use core::fmt;

use super::error::JsonError;
use super::raw::RawJson;
use crate::text::Text;

/// One whole JSON value as text, its grammar checked: the [`RawJson`] that, with feature `alloc`,
/// can own its text.
///
/// ```
/// use eventgrid::json::JsonText;
///
/// let json = JsonText::parse(r#" {"celsius":71} "#)?;
/// assert_eq!(json.as_str(), r#"{"celsius":71}"#);
/// # Ok::<(), eventgrid::json::JsonError>(())
/// ```
#[derive(Clone)]
pub struct JsonText<'a> {
    /// The value, perhaps with whitespace round it.
    text: Text<'a>,
}

impl<'a> JsonText<'a> {
    /// Checks that `text` is one JSON value, and disregards the whitespace round it.
    ///
    /// # Errors
    /// [`JsonError`] if it is not, or if it is nested more than [`MAX_DEPTH`](super::MAX_DEPTH)
    /// deep.
    pub fn parse(text: impl Into<Text<'a>>) -> Result<Self, JsonError> {
        let text = text.into();
        RawJson::parse(&text)?;
        Ok(Self { text })
    }

    /// Text that was found to be one JSON value, perhaps with whitespace around it.
    #[cfg(feature = "alloc")]
    pub(crate) fn found(text: Text<'a>) -> Self {
        Self { text }
    }

    /// What a value writes, checked.
    #[cfg(feature = "alloc")]
    pub(crate) fn written(
        value: &(impl super::WriteJson + ?Sized),
    ) -> Result<JsonText<'static>, super::WriteError> {
        Self::written_by(|out| value.write_json(out))
    }

    /// What a function writes, checked: it may be someone else's.
    #[cfg(feature = "alloc")]
    pub(crate) fn written_by<E: From<super::WriteError>>(
        write: impl FnOnce(&mut super::JsonWriter<'_, '_>) -> Result<(), E>,
    ) -> Result<JsonText<'static>, E> {
        use super::{Message, WriteError};

        let mut bytes = alloc::vec::Vec::new();
        let mut buf = eventgrid_transport::Buf::growable(&mut bytes, usize::MAX);
        write(&mut super::JsonWriter::new(&mut buf))?;
        let len = buf.len();
        bytes.truncate(len);
        let text = alloc::string::String::from_utf8(bytes)
            .map_err(|error| WriteError::Custom(Message::new(error)))?;
        Ok(JsonText::parse(text).map_err(|error| WriteError::Custom(Message::new(error)))?)
    }

    /// The value.
    pub fn as_raw(&self) -> RawJson<'_> {
        // The whitespace of ASCII that is none of JSON's cannot be there.
        RawJson::found(self.text.trim_ascii())
    }

    /// The text of the value.
    pub fn as_str(&self) -> &str {
        self.as_raw().as_str()
    }

    /// The same value, independent of what it was borrowed from.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> JsonText<'static> {
        JsonText { text: self.text.into_owned() }
    }
}

impl<'a> From<RawJson<'a>> for JsonText<'a> {
    fn from(json: RawJson<'a>) -> Self {
        Self { text: json.as_str().into() }
    }
}

/// Two of them are equal if their texts are, as those of [`RawJson`].
impl PartialEq for JsonText<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_raw() == other.as_raw()
    }
}

impl Eq for JsonText<'_> {}

impl fmt::Display for JsonText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_raw().fmt(f)
    }
}

impl fmt::Debug for JsonText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_raw(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitespace_round_it_is_disregarded() {
        let json = JsonText::parse(" \r\n\t[ 1 ]\n").unwrap();
        assert_eq!(json.as_str(), "[ 1 ]");
        assert_eq!(json, RawJson::parse("[ 1 ]").unwrap().into());
        assert_ne!(json, RawJson::parse("[1]").unwrap().into());
        assert_eq!(std::format!("{json} {json:?}"), "[ 1 ] [ 1 ]");
        assert!(JsonText::parse("\u{a0}1").is_err(), "JSON has its own idea of whitespace");
        assert!(JsonText::parse("1 2").is_err());
        assert!(JsonText::parse("").is_err());
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn what_someone_else_writes_is_checked() {
        let written = JsonText::written_by(|out| out.boolean(true)).unwrap();
        assert_eq!(written.as_str(), "true");
        for nothing_whole in [
            JsonText::written_by(|out| out.begin_array().and_then(|()| out.null())),
            JsonText::written_by(|_| Ok(())),
            JsonText::written_by(|out| out.null().and_then(|()| out.null())),
        ] {
            assert!(matches!(nothing_whole, Err(super::super::WriteError::Custom(_))));
        }
    }
}
