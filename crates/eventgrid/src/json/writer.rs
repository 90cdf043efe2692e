//! Compact JSON, written straight into a buffer.

use core::fmt::{self, Write as _};

use super::error::{Message, WriteError};
use super::escape::escape_into;
use super::lexer::plain_prefix;
use super::raw::RawJson;
use super::string::JsonStr;
use eventgrid_transport::{Buf, BufFull};

/// Writes JSON without whitespace into a [`Buf`].
///
/// Commas are the writer's business. That every container is closed, and every member has exactly
/// one value, is the caller's.
///
/// ```
/// use eventgrid::{Buf, json::JsonWriter};
///
/// let mut storage = [0; 64];
/// let mut buf = Buf::new(&mut storage);
/// let mut out = JsonWriter::new(&mut buf);
/// out.begin_object()?;
/// out.member("lockTokens")?;
/// out.begin_array()?;
/// out.string("one")?;
/// out.string("two")?;
/// out.end_array()?;
/// out.end_object()?;
/// assert_eq!(buf.filled(), br#"{"lockTokens":["one","two"]}"#);
/// # Ok::<(), eventgrid::json::WriteError>(())
/// ```
#[derive(Debug)]
pub struct JsonWriter<'w, 'b> {
    buf: &'w mut Buf<'b>,
    /// Whether a value was written last, so that the next one needs a comma before it.
    comma: bool,
}

/// What can write itself as one JSON value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON",
    note = "with feature `serde` of `eventgrid`, everything that is `serde::Serialize` can be written",
    note = "without it, implement `eventgrid::json::WriteJson` for the type"
)]
pub trait WriteJson {
    /// Writes exactly one value.
    ///
    /// # Errors
    /// [`WriteError`] if it does not fit, or cannot be JSON.
    fn write_json(&self, out: &mut JsonWriter<'_, '_>) -> Result<(), WriteError>;
}

/// Every method fails with [`WriteError::Full`] if the buffer cannot take what is to be written.
#[allow(clippy::missing_errors_doc)] // Said once, above.
impl<'w, 'b> JsonWriter<'w, 'b> {
    /// A writer of one value, behind what `buf` holds already.
    pub fn new(buf: &'w mut Buf<'b>) -> Self {
        Self { buf, comma: false }
    }

    /// Opens an object: members follow, then [`end_object`](Self::end_object).
    pub fn begin_object(&mut self) -> Result<(), WriteError> {
        self.begin(b"{")
    }

    /// Closes an object.
    pub fn end_object(&mut self) -> Result<(), WriteError> {
        self.end(b"}")
    }

    /// Opens an array: values follow, then [`end_array`](Self::end_array).
    pub fn begin_array(&mut self) -> Result<(), WriteError> {
        self.begin(b"[")
    }

    /// Closes an array.
    pub fn end_array(&mut self) -> Result<(), WriteError> {
        self.end(b"]")
    }

    /// Begins a member of an object; its value follows.
    pub fn member(&mut self, name: &str) -> Result<(), WriteError> {
        self.quoted(name, b"\":")?;
        self.comma = false;
        Ok(())
    }

    /// Begins a member of an object, its name exactly as it came; its value follows.
    #[cfg(feature = "heapless")]
    pub(crate) fn member_as_it_came(&mut self, name: JsonStr<'_>) -> Result<(), WriteError> {
        self.json_str(name)?;
        self.begin_member_value()
    }

    /// A string, escaped as needed.
    pub fn string(&mut self, text: &str) -> Result<(), WriteError> {
        self.quoted(text, b"\"")
    }

    /// A string, exactly as it came.
    pub fn json_str(&mut self, text: JsonStr<'_>) -> Result<(), WriteError> {
        self.value(b"\"")?;
        self.buf.extend(text.raw().as_bytes())?;
        Ok(self.buf.extend(b"\"")?)
    }

    /// The text that `value` displays, as a string, escaped as needed.
    ///
    /// Fails with [`WriteError::Custom`] if `value` fails to be displayed.
    pub fn display(&mut self, value: &dyn fmt::Display) -> Result<(), WriteError> {
        self.value(b"\"")?;
        let mut escaped = Escaped { buf: self.buf, full: false };
        if write!(escaped, "{value}").is_err() {
            return Err(if escaped.full {
                WriteError::Full
            } else {
                WriteError::Custom(Message::new("a value failed to be displayed"))
            });
        }
        Ok(self.buf.extend(b"\"")?)
    }

    /// A value, exactly as it came.
    pub fn raw(&mut self, value: RawJson<'_>) -> Result<(), WriteError> {
        self.value(value.as_str().as_bytes())
    }

    /// A number.
    pub fn u64(&mut self, number: u64) -> Result<(), WriteError> {
        self.integer(number)
    }

    /// A number.
    pub fn i64(&mut self, number: i64) -> Result<(), WriteError> {
        self.signed(number)
    }

    /// A number.
    pub fn i32(&mut self, number: i32) -> Result<(), WriteError> {
        self.i64(number.into())
    }

    /// A number.
    pub fn u32(&mut self, number: u32) -> Result<(), WriteError> {
        self.u64(number.into())
    }

    /// A number with a point or an exponent, and no more digits than tell it from every other
    /// `f32`: `21.6`, where
    /// [`f64`](Self::f64) has `21.600000381469727`. `null` if it is not finite.
    pub fn f32(&mut self, number: f32) -> Result<(), WriteError> {
        if number.is_finite() { self.float(number) } else { self.null() }
    }

    /// A number with a point or an exponent; `null` if it is not finite, since JSON has no such
    /// numbers.
    pub fn f64(&mut self, number: f64) -> Result<(), WriteError> {
        if number.is_finite() { self.float(number) } else { self.null() }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, truth: bool) -> Result<(), WriteError> {
        self.value(if truth { b"true" } else { b"false" })
    }

    /// `null`.
    pub fn null(&mut self) -> Result<(), WriteError> {
        self.value(b"null")
    }

    /// Binary data as a string, in the standard alphabet of base64 with padding.
    #[cfg(feature = "base64")]
    pub fn base64(&mut self, data: &[u8]) -> Result<(), WriteError> {
        use base64::{Engine as _, prelude::BASE64_STANDARD};

        self.value(b"\"")?;
        let mut encoded = [0; 64];
        // A multiple of three bytes at a time, so that only the last piece is padded.
        for piece in data.chunks(encoded.len() / 4 * 3) {
            let len = BASE64_STANDARD.encode_slice(piece, &mut encoded).map_err(|_| WriteError::Full)?;
            self.buf.extend(encoded.get(..len).unwrap_or_default())?;
        }
        Ok(self.buf.extend(b"\"")?)
    }

    /// A value of which `text` is the start, or all of it.
    #[inline]
    pub(super) fn value(&mut self, text: &[u8]) -> Result<(), WriteError> {
        if self.comma {
            self.buf.extend(b",")?;
        }
        self.comma = true;
        Ok(self.buf.extend(text)?)
    }

    /// A string, escaped as needed, with what follows its text.
    #[inline]
    fn quoted<const N: usize>(&mut self, text: &str, end: &[u8; N]) -> Result<(), WriteError> {
        self.value(b"")?;
        let text = text.as_bytes();
        let (plain, special) = text.split_at_checked(plain_prefix(text)).unwrap_or_default();
        if special.is_empty() {
            return Ok(self.buf.extend_between(b'"', plain, end)?);
        }
        self.buf.extend_between(b'"', plain, b"")?;
        escape_into(self.buf, special)?;
        Ok(self.buf.extend(end)?)
    }

    fn begin(&mut self, bracket: &[u8]) -> Result<(), WriteError> {
        self.value(bracket)?;
        self.comma = false;
        Ok(())
    }

    fn end(&mut self, bracket: &[u8]) -> Result<(), WriteError> {
        self.comma = false;
        self.value(bracket)
    }

    /// The colon behind a name that was written as a value.
    #[cfg(any(feature = "serde", feature = "heapless"))]
    pub(super) fn begin_member_value(&mut self) -> Result<(), WriteError> {
        self.comma = false;
        Ok(self.buf.extend(b":")?)
    }

    /// A value that needs no escapes, formatted.
    #[cfg(any(feature = "serde", not(feature = "std")))]
    pub(super) fn formatted(&mut self, value: fmt::Arguments<'_>) -> Result<(), WriteError> {
        self.value(b"")?;
        self.buf.write_fmt(value).map_err(|_| WriteError::Full)
    }
}

/// Escapes what is formatted into it.
struct Escaped<'w, 'b> {
    buf: &'w mut Buf<'b>,
    /// Whether it was the buffer that failed.
    full: bool,
}

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape_into(self.buf, text.as_bytes()).map_err(|BufFull| {
            self.full = true;
            fmt::Error
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut JsonWriter<'_, '_>) -> Result<(), WriteError>, expected: &str) {
        let mut storage = [0; 256];
        let mut buf = Buf::new(&mut storage);
        write(&mut JsonWriter::new(&mut buf)).unwrap();
        assert_eq!(core::str::from_utf8(buf.filled()), Ok(expected));
    }

    #[test]
    fn commas_are_put_where_they_are_due() {
        written(
            |out| {
                out.begin_object()?;
                out.member("a")?;
                out.begin_array()?;
                out.u64(1)?;
                out.begin_array()?;
                out.end_array()?;
                out.begin_object()?;
                out.end_object()?;
                out.null()?;
                out.end_array()?;
                out.member("\"")?;
                out.boolean(true)?;
                out.end_object()
            },
            r#"{"a":[1,[],{},null],"\"":true}"#,
        );
    }

    #[test]
    fn only_what_must_be_is_escaped() {
        written(
            |out| out.string("\"\\/\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}\u{e9}\u{1f600}"),
            "\"\\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}\u{e9}\u{1f600}\"",
        );
        written(|out| out.display(&format_args!("{}\n{}", 1, "\"")), r#""1\n\"""#);
    }

    #[test]
    fn what_came_goes_back_as_it_came() {
        let mut reader = crate::json::Reader::new(r#"["\u0061\/", { "a" : 1.0 }]"#);
        reader.begin_array().unwrap();
        assert!(reader.next_element().unwrap());
        let string = reader.string().unwrap();
        assert!(reader.next_element().unwrap());
        let value = reader.value().unwrap();
        written(|out| out.json_str(string), r#""\u0061\/""#);
        written(|out| out.raw(value), r#"{ "a" : 1.0 }"#);
    }

    #[test]
    fn numbers_are_written_in_full() {
        written(|out| out.u64(u64::MAX), "18446744073709551615");
        written(|out| out.i64(i64::MIN), "-9223372036854775808");
        written(|out| out.i32(-1), "-1");
        written(|out| out.u32(u32::MAX), "4294967295");
        written(|out| out.f32(21.6), "21.6");
        written(|out| out.f64(21.6_f32.into()), "21.600000381469727");
        written(|out| out.f32(-0.0), "-0.0");
        written(|out| out.f32(1e-7), "1e-7");
        written(|out| out.f32(16_777_216.0), "16777216.0");
        written(|out| out.f32(f32::MIN_POSITIVE), "1.1754944e-38");
        written(|out| out.f32(f32::INFINITY), "null");
        written(|out| out.f64(1.0), "1.0");
        written(|out| out.f64(-1e-7), "-1e-7");
        written(|out| out.f64(f64::NAN), "null");
    }

    #[test]
    fn a_full_buffer_is_told_from_a_value_that_fails() {
        struct Failing;
        impl fmt::Display for Failing {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        let mut storage = [0; 4];
        let mut buf = Buf::new(&mut storage);
        assert_eq!(JsonWriter::new(&mut buf).string("abc"), Err(WriteError::Full));
        buf.clear();
        assert_eq!(JsonWriter::new(&mut buf).display(&"abcde"), Err(WriteError::Full));
        buf.clear();
        assert!(matches!(JsonWriter::new(&mut buf).display(&Failing), Err(WriteError::Custom(_))));
    }

    #[cfg(feature = "base64")]
    #[test]
    fn base64_is_padded_at_its_end_alone() {
        written(|out| out.base64(b""), r#""""#);
        written(|out| out.base64(b"f"), r#""Zg==""#);
        written(|out| out.base64(&[0xff; 3]), r#""////""#);
        let mut storage = [0; 256];
        let mut buf = Buf::new(&mut storage);
        JsonWriter::new(&mut buf).base64(&[0; 100]).unwrap();
        assert_eq!(buf.len(), 138);
        assert!(buf.filled()[1..135].iter().all(|&byte| byte == b'A'));
        assert!(buf.filled().ends_with(b"A==\""));
    }
}
