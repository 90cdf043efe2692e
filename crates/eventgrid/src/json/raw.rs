//! Whole values and numbers, as they came.

use core::fmt;

use super::error::JsonError;
use super::reader::{Kind, Reader};

/// One whole JSON value as text, its grammar checked, without whitespace around it.
///
/// Two of them are equal if their texts are: `1.0` is not `1`, and `{"a":1}` is not `{ "a": 1 }`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RawJson<'a> {
    text: &'a str,
}

impl<'a> RawJson<'a> {
    /// The text of a value, as the reader found it.
    pub(crate) fn found(text: &'a str) -> Self {
        Self { text }
    }

    /// Checks that `text` is one JSON value, and drops the whitespace around it.
    ///
    /// # Errors
    /// [`JsonError`] if it is not, or if it is nested more than [`MAX_DEPTH`](super::MAX_DEPTH)
    /// deep.
    pub fn parse(text: &'a str) -> Result<Self, JsonError> {
        let mut reader = Reader::new(text);
        let value = reader.value()?;
        reader.end()?;
        Ok(value)
    }

    /// The text of the value, exactly as it came.
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// Which type of value it is.
    pub fn kind(self) -> Kind {
        // What was found as a value starts like one.
        self.reader().kind().unwrap_or(Kind::Null)
    }

    /// Reads the value into a type of yours without a heap.
    ///
    /// Strings without escapes are borrowed from the text. `scratch` is where the others are
    /// decoded, one at a time, so it needs as many bytes as the longest of them has when it is
    /// decoded. A type that borrows (`&str`) takes only strings without escapes.
    ///
    /// ```
    /// use eventgrid::json::RawJson;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Reading<'a> {
    ///     sensor: &'a str,
    ///     celsius: f32,
    /// }
    ///
    /// # #[cfg(feature = "serde")] {
    /// let json = RawJson::parse(r#"{"sensor": "roof", "celsius": 21.5, "\u0074rend": null}"#).unwrap();
    /// let reading: Reading<'_> = json.deserialize_in(&mut [0; 32]).unwrap();
    /// assert_eq!((reading.sensor, reading.celsius), ("roof", 21.5));
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`DeserializeError`](super::DeserializeError) if the value is not one of the type, if a
    /// string has half of a surrogate pair, or if `scratch` is too small.
    #[cfg(feature = "serde")]
    pub fn deserialize_in<T: serde::Deserialize<'a>>(
        self,
        scratch: &mut [u8],
    ) -> Result<T, super::DeserializeError> {
        super::deserializer::from_str(self.text, scratch)
    }

    /// A reader at the start of the value.
    pub fn reader(self) -> Reader<'a> {
        Reader::new(self.text)
    }
}

impl fmt::Display for RawJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl fmt::Debug for RawJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// A JSON number as text, its grammar checked.
///
/// Two of them are equal if their texts are: `1.0` is not `1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct JsonNumber<'a> {
    text: &'a str,
}

impl<'a> JsonNumber<'a> {
    /// The text of a number, as the reader found it.
    pub(crate) fn found(text: &'a str) -> Self {
        Self { text }
    }

    /// The text of the number, exactly as it came.
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// The number, if it is written as an integer (not `1.0`, not `1e0`) and fits.
    pub fn as_i64(self) -> Option<i64> {
        self.text.parse().ok()
    }

    /// The number, if it is written as an integer (not `1.0`, not `1e0`) without a sign and fits.
    pub fn as_u64(self) -> Option<u64> {
        self.text.parse().ok()
    }

    /// The number, if it is written as an integer (not `1.0`, not `1e0`) and fits.
    pub fn as_i32(self) -> Option<i32> {
        self.text.parse().ok()
    }

    /// The number, if it is written as an integer (not `1.0`, not `1e0`) without a sign and fits.
    pub fn as_u32(self) -> Option<u32> {
        self.text.parse().ok()
    }

    /// The floating point number closest to it, if there is a finite one: `1e999` is beyond them
    /// all.
    pub fn as_f64(self) -> Option<f64> {
        self.text.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

impl fmt::Display for JsonNumber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl fmt::Debug for JsonNumber<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> JsonNumber<'_> {
        Reader::new(text).number().unwrap()
    }

    #[test]
    fn integers_are_exact_or_none() {
        assert_eq!(number("-2147483648").as_i32(), Some(i32::MIN));
        assert_eq!(number("2147483648").as_i32(), None);
        assert_eq!(number("4294967295").as_u32(), Some(u32::MAX));
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
        assert_eq!(number("18446744073709551616").as_u64(), None);
        assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
        for text in ["1.0", "1e0", "1E2"] {
            assert_eq!(number(text).as_i64(), None, "{text}");
        }
        assert_eq!(number("-1").as_u32(), None);
    }

    #[test]
    fn what_came_is_shown_as_it_came() {
        let value = RawJson::parse(r#" ["\u0061", 1.0] "#).unwrap();
        assert_eq!(std::format!("{value} {value:?}"), r#"["\u0061", 1.0] ["\u0061", 1.0]"#);
        assert_eq!(std::format!("{0} {0:?}", number("1.0")), "1.0 1.0");
    }

    #[test]
    fn floats_are_finite_or_none() {
        assert_eq!(number("-1.5e3").as_f64(), Some(-1500.0));
        assert_eq!(number("1e-999").as_f64(), Some(0.0));
        assert_eq!(number("1e999").as_f64(), None);
    }

    #[test]
    fn a_raw_value_is_trimmed_and_whole() {
        let value = RawJson::parse(" \t[1, {\"a\" :null}]\r\n").unwrap();
        assert_eq!(value.as_str(), "[1, {\"a\" :null}]");
        assert_eq!(value.kind(), Kind::Array);
        assert!(RawJson::parse("1 2").is_err());
        assert!(RawJson::parse("").is_err());
    }
}
