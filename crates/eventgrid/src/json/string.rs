//! JSON strings as they came, decoded on demand.

use core::{fmt, hash, str};

use super::lexer::plain_prefix;
use eventgrid_transport::BufFull;

/// The text of a JSON string as it came, without its quotes and with its escapes.
///
/// It is known to be valid. Comparing, hashing and showing it work on the decoded text.
#[derive(Clone, Copy)]
pub struct JsonStr<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> JsonStr<'a> {
    /// Text without escapes, as the reader found it.
    pub(crate) fn found_plain(raw: &'a str) -> Self {
        Self { raw, escaped: false }
    }

    /// Text that was found before, and known to be valid.
    pub(crate) fn found(raw: &'a str, escaped: bool) -> Self {
        Self { raw, escaped }
    }

    /// Text with valid escapes, as the reader found it. Fails with the offset of the first half of
    /// a surrogate pair that lacks the other half.
    pub(crate) fn found_escaped(raw: &'a str) -> Result<Self, usize> {
        let mut rest = raw;
        loop {
            let (_, escape) = rest.split_at_checked(plain_prefix(rest.as_bytes())).unwrap_or_default();
            let mut chars = escape.chars();
            match chars.next() {
                None => return Ok(Self { raw, escaped: true }),
                Some(_) if unescape(&mut chars).is_none() => return Err(raw.len() - escape.len()),
                Some(_) => rest = chars.as_str(),
            }
        }
    }

    /// The empty string.
    pub(crate) fn empty() -> Self {
        Self::found_plain("")
    }

    /// The text exactly as it came, with its escapes and without the quotes.
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// The decoded text, if it has no escapes and so needs no decoding.
    pub fn as_str(self) -> Option<&'a str> {
        (!self.escaped).then_some(self.raw)
    }

    /// The characters of the decoded text.
    pub fn chars(self) -> impl Iterator<Item = char> + Clone + fmt::Debug {
        self.unescaped()
    }

    fn unescaped(self) -> Unescaped<str::Chars<'a>> {
        Unescaped(self.raw.chars())
    }

    /// The part that is these bytes of the decoded text, which begin and end between characters.
    #[cfg(feature = "webhook")]
    pub(crate) fn part(self, decoded: core::ops::Range<usize>) -> Self {
        let raw_offset = |decoded: usize| {
            let mut chars = self.unescaped();
            let mut passed = 0;
            while passed < decoded {
                passed += chars.next().map_or(decoded, char::len_utf8);
            }
            self.raw.len() - chars.rest().len()
        };
        let raw = self.raw.get(raw_offset(decoded.start)..raw_offset(decoded.end)).unwrap_or_default();
        Self { raw, escaped: plain_prefix(raw.as_bytes()) < raw.len() }
    }

    /// How many bytes the decoded text has.
    pub fn len_decoded(self) -> usize {
        if self.escaped { self.chars().map(char::len_utf8).sum() } else { self.raw.len() }
    }

    /// Whether there is no text in it.
    pub fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// Decodes the text into `scratch`, from its start, and gives it from there.
    ///
    /// # Errors
    /// [`BufFull`] if `scratch` has fewer than [`len_decoded`](Self::len_decoded) bytes.
    pub fn decode_into(self, scratch: &mut [u8]) -> Result<&str, BufFull> {
        let mut len = 0;
        for (plain, escaped) in self.pieces() {
            let mut utf8 = [0; 4];
            let escaped: &str = escaped.map_or("", |c| c.encode_utf8(&mut utf8));
            for piece in [plain, escaped] {
                let end = len + piece.len();
                scratch.get_mut(len..end).ok_or(BufFull)?.copy_from_slice(piece.as_bytes());
                len = end;
            }
        }
        Ok(scratch.get(..len).and_then(|decoded| str::from_utf8(decoded).ok()).unwrap_or_default())
    }

    /// The decoded text, borrowed if it needs no decoding.
    #[cfg(feature = "alloc")]
    pub fn to_cow(self) -> alloc::borrow::Cow<'a, str> {
        match self.as_str() {
            Some(text) => text.into(),
            None => self.chars().collect::<alloc::string::String>().into(),
        }
    }

    /// The decoded text in pieces: what needs no decoding, then the one character that did.
    fn pieces(self) -> impl Iterator<Item = (&'a str, Option<char>)> {
        let mut rest = self.raw;
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (plain, escape) = rest.split_at_checked(plain_prefix(rest.as_bytes()))?;
            let mut chars = Unescaped(escape.chars());
            let escaped = chars.next();
            rest = chars.rest();
            Some((plain, escaped))
        })
    }
}

/// The characters that the characters of a valid JSON string stand for.
#[derive(Debug, Clone)]
pub(crate) struct Unescaped<I>(pub(crate) I);

impl<'a> Unescaped<str::Chars<'a>> {
    /// What is not decoded yet.
    fn rest(&self) -> &'a str {
        self.0.as_str()
    }
}

impl<I: Iterator<Item = char> + Clone> Iterator for Unescaped<I> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self.0.next()? {
            // Every escape was checked when the string was found.
            '\\' => Some(unescape(&mut self.0).unwrap_or(char::REPLACEMENT_CHARACTER)),
            plain => Some(plain),
        }
    }
}

/// Decodes the JSON string that `json` is, in its quotes, to its start, and returns how many bytes
/// it has then. `None` if it is another value, or has half of a surrogate pair.
pub(crate) fn decode_string_in_place(json: &mut [u8]) -> Option<usize> {
    /// How long an escape is at most: two halves of a surrogate pair.
    const LONGEST_ESCAPE: usize = 12;

    let end = json.len().checked_sub(1)?;
    if json.first() != Some(&b'"') || end == 0 {
        return None;
    }
    let (mut read, mut written) = (1, 0);
    while read < end {
        let plain = plain_prefix(json.get(read..end)?);
        // An escape is never shorter than what it stands for, so nothing is overwritten that is yet
        // to be read. Not by `copy_within`, which has a way to panic.
        for _ in 0..plain {
            *json.get_mut(written)? = *json.get(read)?;
            read += 1;
            written += 1;
        }
        let rest = json.get(read..end)?;
        let mut chars = text_prefix(rest.get(..LONGEST_ESCAPE).unwrap_or(rest)).chars();
        let len = chars.as_str().len();
        if chars.next().is_none() {
            break;
        }
        let mut utf8 = [0; 4];
        let decoded = unescape(&mut chars)?.encode_utf8(&mut utf8);
        read += len.saturating_sub(chars.as_str().len());
        for byte in decoded.bytes() {
            *json.get_mut(written)? = byte;
            written += 1;
        }
    }
    Some(written)
}

/// What is text of bytes that may end within a character.
fn text_prefix(bytes: &[u8]) -> &str {
    let valid = match str::from_utf8(bytes) {
        Ok(text) => return text,
        Err(error) => error.valid_up_to(),
    };
    bytes.get(..valid).and_then(|valid| str::from_utf8(valid).ok()).unwrap_or_default()
}

/// Decodes an escape whose backslash was consumed. `None` if it is half of a surrogate pair.
fn unescape(rest: &mut (impl Iterator<Item = char> + Clone)) -> Option<char> {
    Some(match rest.next()? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let unit = code_unit(rest)?;
            if (0xd800..0xdc00).contains(&unit) {
                let mut second = rest.clone();
                if second.next()? != '\\' || second.next()? != 'u' {
                    return None;
                }
                let low = code_unit(&mut second).filter(|low| (0xdc00..0xe000).contains(low))?;
                *rest = second;
                char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))?
            } else {
                char::from_u32(unit)?
            }
        }
        itself => itself,
    })
}

/// The four hexadecimal digits of a `\u` escape.
fn code_unit(rest: &mut impl Iterator<Item = char>) -> Option<u32> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit << 4 | rest.next()?.to_digit(16)?;
    }
    Some(unit)
}

impl Default for JsonStr<'_> {
    fn default() -> Self {
        Self::empty()
    }
}

impl fmt::Display for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (plain, escaped) in self.pieces() {
            f.write_str(plain)?;
            if let Some(escaped) = escaped {
                fmt::Write::write_char(f, escaped)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for JsonStr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Write::write_char(f, '"')?;
        for c in self.chars().flat_map(char::escape_debug) {
            fmt::Write::write_char(f, c)?;
        }
        fmt::Write::write_char(f, '"')
    }
}

impl PartialEq for JsonStr<'_> {
    fn eq(&self, other: &JsonStr<'_>) -> bool {
        match (self.as_str(), other.as_str()) {
            (Some(one), Some(other)) => one == other,
            _ => self.chars().eq(other.chars()),
        }
    }
}

impl Eq for JsonStr<'_> {}

impl PartialEq<str> for JsonStr<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.as_str() {
            Some(text) => text == other,
            None => self.chars().eq(other.chars()),
        }
    }
}

impl PartialEq<&str> for JsonStr<'_> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl hash::Hash for JsonStr<'_> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        // By character: how a text is escaped must not show.
        for c in self.chars() {
            c.hash(state);
        }
        state.write_u8(0xff);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Reader;

    fn string(text: &str) -> JsonStr<'_> {
        Reader::new(text).string().unwrap()
    }

    #[test]
    fn escapes_are_decoded_on_demand() {
        let escaped = string(r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z""#);
        let decoded = "a\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600}z";
        assert_eq!(escaped.raw(), r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z"#);
        assert_eq!(escaped.as_str(), None);
        assert_eq!(escaped, decoded);
        assert!(escaped.chars().eq(decoded.chars()));
        assert_eq!(escaped.len_decoded(), decoded.len());
        let mut scratch = [0; 32];
        assert_eq!(escaped.decode_into(&mut scratch), Ok(decoded));
        assert_eq!(escaped.decode_into(&mut scratch[..decoded.len()]), Ok(decoded));
        assert_eq!(escaped.decode_into(&mut scratch[..decoded.len() - 1]), Err(BufFull));
    }

    #[test]
    fn a_string_is_decoded_where_it_is() {
        for (json, decoded) in [
            (r#""""#, Some("")),
            ("\"h\u{e9}llo\"", Some("h\u{e9}llo")),
            (r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z""#, Some("a\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600}z")),
            // The window that an escape is looked for in may end within a character.
            ("\"\\n123456789\u{1f600}\\u0041\"", Some("\n123456789\u{1f600}A")),
            (r#""\\u0041""#, Some(r"\u0041")),
            (r#""\ud800""#, None),
            (r#""\udc00\ud800""#, None),
            ("{}", None),
            ("5", None),
            ("", None),
            ("\"", None),
        ] {
            let mut bytes = std::vec::Vec::from(json);
            let len = decode_string_in_place(&mut bytes);
            assert_eq!(len.map(|len| &bytes[..len]), decoded.map(str::as_bytes), "{json}");
        }
    }

    #[test]
    fn plain_text_is_borrowed() {
        let plain = string("\"h\u{e9}llo\"");
        assert_eq!(plain.as_str(), Some("h\u{e9}llo"));
        assert_eq!(plain.decode_into(&mut [0; 6]), Ok("h\u{e9}llo"));
        assert!(JsonStr::empty().is_empty());
    }

    #[test]
    fn equal_texts_are_equal_however_they_are_escaped() {
        assert_eq!(string(r#""\u0061b""#), string(r#""a\u0062""#));
        assert_eq!(string(r#""\u0061b""#), string(r#""ab""#));
        assert_ne!(string(r#""\u0061b""#), string(r#""abc""#));
        assert_ne!(string(r#""\u0061b""#), "a");
    }

    #[test]
    fn equal_texts_are_hashed_and_shown_alike() {
        use std::hash::{BuildHasher, RandomState};

        let hasher = RandomState::new();
        let [escaped, plain] = [string(r#""\u0061\nb""#), string(r#""a\nb""#)];
        assert_eq!(hasher.hash_one(escaped), hasher.hash_one(plain));
        assert_ne!(hasher.hash_one(escaped), hasher.hash_one(string(r#""a\nc""#)));
        for text in [escaped, plain] {
            assert_eq!(std::format!("{text:?}, {text}"), "\"a\\nb\", a\nb");
        }
    }

    #[test]
    fn halves_of_surrogate_pairs_are_refused_where_they_are() {
        for (text, at) in [
            (r#""ab\ud800""#, 3),
            (r#""\udc00""#, 1),
            (r#""\ud800\ud800\udc00""#, 1),
            (r#""\ud800\n""#, 1),
            (r#""\ud800x""#, 1),
            (r#""\ud83d\ude00\ude00""#, 13),
        ] {
            let error = Reader::new(text).string().unwrap_err();
            assert_eq!(error.kind(), crate::json::JsonErrorKind::LoneSurrogate, "{text}");
            assert_eq!(error.offset(), at, "{text}");
        }
    }
}
