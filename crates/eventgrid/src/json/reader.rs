//! A pull reader over JSON text.

use core::fmt;

use super::error::{Expected, JsonError, JsonErrorKind};
use super::nesting::{Container, MAX_DEPTH, Nesting};
use super::raw::{JsonNumber, RawJson};
use super::string::JsonStr;
use super::{lexer, utf8, walk};

/// Reads JSON text value by value, as its caller asks for them.
///
/// The text is UTF-8 before reading starts, so whatever is found in it is a view of that text. A
/// call that fails has moved the reader over whitespace at most.
#[derive(Clone)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    nesting: Nesting,
    /// Whether the innermost container was opened just now, so that no comma is due.
    fresh: bool,
}

/// The types of a JSON value.
// A value of JSON is one of these (RFC 8259, 3): another type would be another format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `{}`
    Object,
    /// `[]`
    Array,
    /// `""`
    String,
    /// `0`
    Number,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, nesting: Nesting::default(), fresh: false }
    }

    /// A reader at the start of `bytes`, after a byte order mark if there is one.
    ///
    /// # Errors
    /// [`JsonErrorKind::NotUtf8`] if any of the bytes is not UTF-8.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, JsonError> {
        utf8::check(bytes).map(Self::behind_byte_order_mark)
    }

    /// A reader at the start of `text`, after a byte order mark if there is one.
    pub(crate) fn behind_byte_order_mark(text: &'a str) -> Self {
        let at = if text.as_bytes().starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self { at, ..Self::new(text) }
    }

    /// The whole text, what was read and what was not.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// Where the reader is, in bytes from the start of the text.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The type of the next value, by its first character. Consumes only whitespace.
    ///
    /// # Errors
    /// [`JsonErrorKind::Syntax`] if no value starts here, [`JsonErrorKind::UnexpectedEnd`] if
    /// nothing is left.
    pub fn kind(&mut self) -> Result<Kind, JsonError> {
        self.at = lexer::skip_whitespace(self.bytes(), self.at);
        walk::kind(self.bytes(), self.at)
    }

    /// Steps into an object; [`next_member`](Self::next_member) then gives what is in it.
    ///
    /// # Errors
    /// [`JsonErrorKind::WrongType`] if the next value is not an object, [`JsonErrorKind::TooDeep`]
    /// if [`MAX_DEPTH`](super::MAX_DEPTH) containers are open, and those of [`kind`](Self::kind).
    pub fn begin_object(&mut self) -> Result<(), JsonError> {
        self.begin(Kind::Object, Container::Object)
    }

    /// Steps to the next member of the object: gives its name and stands at its value. `None` if
    /// there is none; then the object has been read.
    ///
    /// # Errors
    /// [`JsonError`] if there is neither a member nor the end of the object, or if the name has
    /// half of a surrogate pair. [`JsonErrorKind::WrongType`] if the innermost open container is
    /// not an object.
    pub fn next_member(&mut self) -> Result<Option<JsonStr<'a>>, JsonError> {
        let (at, expected) = match self.next(Container::Object, b'}', Expected::CommaOrBrace)? {
            Next::Closed => return Ok(None),
            Next::First(at) => (at, Expected::NameOrBrace),
            Next::BehindComma(at) => (at, Expected::Name),
        };
        let name = walk::name(self.bytes(), at, expected)?;
        let found = self.found_string(name.start, name.string)?;
        self.fresh = false;
        self.at = name.next;
        Ok(Some(found))
    }

    /// Steps into an array; [`next_element`](Self::next_element) then goes through it.
    ///
    /// # Errors
    /// [`JsonErrorKind::WrongType`] if the next value is not an array, [`JsonErrorKind::TooDeep`]
    /// if [`MAX_DEPTH`](super::MAX_DEPTH) containers are open, and those of [`kind`](Self::kind).
    pub fn begin_array(&mut self) -> Result<(), JsonError> {
        self.begin(Kind::Array, Container::Array)
    }

    /// Steps to the next element of the array. `false` if there is none; then the array is behind.
    ///
    /// # Errors
    /// [`JsonError`] if there is neither an element nor the end of the array.
    /// [`JsonErrorKind::WrongType`] if the innermost open container is not an array.
    pub fn next_element(&mut self) -> Result<bool, JsonError> {
        match self.next(Container::Array, b']', Expected::CommaOrBracket)? {
            Next::Closed => Ok(false),
            Next::First(at) | Next::BehindComma(at) => {
                self.fresh = false;
                self.at = at;
                Ok(true)
            }
        }
    }

    /// Reads a string.
    ///
    /// # Errors
    /// [`JsonErrorKind::WrongType`] if the next value is not a string, another [`JsonError`] if it
    /// is not a whole and valid one. Half of a surrogate pair is not valid here: it cannot be
    /// decoded.
    pub fn string(&mut self) -> Result<JsonStr<'a>, JsonError> {
        self.expect(Kind::String)?;
        let start = self.at + 1;
        let string = lexer::string(self.bytes(), start)?;
        let next = string.end() + 1;
        let found = self.found_string(start, string)?;
        self.at = next;
        Ok(found)
    }

    /// Reads a number.
    ///
    /// # Errors
    /// [`JsonErrorKind::WrongType`] if the next value is not a number, another [`JsonError`] if it
    /// is not a whole and valid one.
    pub fn number(&mut self) -> Result<JsonNumber<'a>, JsonError> {
        self.expect(Kind::Number)?;
        let end = lexer::number(self.bytes(), self.at)?;
        Ok(JsonNumber::found(self.take_to(end)))
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// [`JsonErrorKind::WrongType`] if the next value is not a boolean, another [`JsonError`] if it
    /// is misspelt.
    pub fn boolean(&mut self) -> Result<bool, JsonError> {
        self.expect(Kind::Boolean)?;
        let truth = self.bytes().get(self.at) == Some(&b't');
        let (word, expected) = if truth { ("true", Expected::True) } else { ("false", Expected::False) };
        self.at = lexer::word(self.bytes(), self.at, word, expected)?;
        Ok(truth)
    }

    /// Reads `null`.
    ///
    /// # Errors
    /// [`JsonErrorKind::WrongType`] if the next value is not null, another [`JsonError`] if it is
    /// misspelt.
    pub fn null(&mut self) -> Result<(), JsonError> {
        self.expect(Kind::Null)?;
        self.at = lexer::word(self.bytes(), self.at, "null", Expected::Null)?;
        Ok(())
    }

    /// Steps over one whole value of any type and gives its text.
    ///
    /// Its grammar is checked. Halves of surrogate pairs are let through: they matter only to who
    /// decodes the string.
    ///
    /// # Errors
    /// [`JsonErrorKind::TooDeep`] if containers within this value are nested more than
    /// [`MAX_DEPTH`](super::MAX_DEPTH) deep, another [`JsonError`] if it is not a whole and valid
    /// value.
    pub fn value(&mut self) -> Result<RawJson<'a>, JsonError> {
        self.at = lexer::skip_whitespace(self.bytes(), self.at);
        let end = walk::value(self.bytes(), self.at, MAX_DEPTH)?;
        Ok(RawJson::found(self.take_to(end)))
    }

    /// Reads a whole value, however deep it is. One that is too deep is stepped over by its
    /// brackets, and is an error of its own, so that what follows can still be read.
    pub(crate) fn value_of_any_depth(&mut self) -> Result<Result<RawJson<'a>, JsonError>, JsonError> {
        self.at = lexer::skip_whitespace(self.bytes(), self.at);
        let (end, too_deep) = walk::value_of_any_depth(self.bytes(), self.at)?;
        let value = RawJson::found(self.take_to(end));
        Ok(too_deep.map_or(Ok(value), Err))
    }

    /// Goes to the end of a value that was read from the text.
    pub(crate) fn go_to(&mut self, end: usize) {
        self.at = end;
    }

    /// Steps over an object or array of any depth, so that what follows can be read after
    /// [`value`](Self::value) failed with [`JsonErrorKind::TooDeep`].
    ///
    /// It counts brackets and no more, so the text it gives may not be valid JSON within.
    ///
    /// # Errors
    /// [`JsonErrorKind::WrongType`] if the next value is neither an object nor an array, another
    /// [`JsonError`] if it does not end or has a string that is not valid.
    pub fn skip_too_deep(&mut self) -> Result<RawJson<'a>, JsonError> {
        match self.kind()? {
            Kind::Object | Kind::Array => {}
            _ => return Err(JsonError::new(JsonErrorKind::WrongType, self.at)),
        }
        let end = walk::brackets(self.bytes(), self.at)?;
        Ok(RawJson::found(self.take_to(end)))
    }

    /// Checks that nothing but whitespace is left.
    ///
    /// # Errors
    /// [`JsonErrorKind::TrailingCharacters`] if something is.
    pub fn end(&mut self) -> Result<(), JsonError> {
        self.at = lexer::skip_whitespace(self.bytes(), self.at);
        if self.at < self.text.len() {
            return Err(JsonError::new(JsonErrorKind::TrailingCharacters, self.at));
        }
        Ok(())
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn expect(&mut self, kind: Kind) -> Result<(), JsonError> {
        if self.kind()? == kind { Ok(()) } else { Err(JsonError::new(JsonErrorKind::WrongType, self.at)) }
    }

    fn begin(&mut self, kind: Kind, container: Container) -> Result<(), JsonError> {
        self.expect(kind)?;
        if !self.nesting.open(container) {
            return Err(JsonError::new(JsonErrorKind::TooDeep, self.at));
        }
        self.at += 1;
        self.fresh = true;
        Ok(())
    }

    /// What comes next in the innermost container: its end, which is consumed, or the place of a
    /// member or an element, for the caller to go to.
    fn next(&mut self, container: Container, close: u8, expected: Expected) -> Result<Next, JsonError> {
        let at = lexer::skip_whitespace(self.bytes(), self.at);
        if self.nesting.innermost() != Some(container) {
            return Err(JsonError::new(JsonErrorKind::WrongType, at));
        }
        match self.bytes().get(at) {
            Some(&byte) if byte == close => {
                self.nesting.close();
                self.fresh = false;
                self.at = at + 1;
                Ok(Next::Closed)
            }
            Some(_) if self.fresh => Ok(Next::First(at)),
            Some(b',') => Ok(Next::BehindComma(lexer::skip_whitespace(self.bytes(), at + 1))),
            Some(_) => Err(JsonError::expected(expected, at)),
            None => Err(JsonError::new(JsonErrorKind::UnexpectedEnd, at)),
        }
    }

    fn found_string(&self, start: usize, string: lexer::StringEnd) -> Result<JsonStr<'a>, JsonError> {
        let text = self.text.get(start..string.end()).unwrap_or_default();
        if string.escaped() {
            JsonStr::found_escaped(text)
                .map_err(|at| JsonError::new(JsonErrorKind::LoneSurrogate, start + at))
        } else {
            Ok(JsonStr::found_plain(text))
        }
    }

    fn take_to(&mut self, end: usize) -> &'a str {
        // Tokens start and end at ASCII characters, so this is always some text.
        let text = self.text.get(self.at..end).unwrap_or_default();
        self.at = end;
        text
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// See [`Reader::next`].
enum Next {
    Closed,
    First(usize),
    BehindComma(usize),
}

/// Shows the place alone: the text may be anything, and long.
impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("offset", &self.at)
            .field("depth", &self.nesting.depth())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T>(result: Result<T, JsonError>) -> Option<JsonErrorKind> {
        result.err().map(JsonError::kind)
    }

    #[test]
    fn a_value_of_another_type_stays_where_it_is() {
        for text in ["{}", "[]", "\"\"", "0", "true", "null"] {
            let mut reader = Reader::new(text);
            let found = reader.kind().unwrap();
            let check = |wanted, error| {
                assert_eq!(
                    error,
                    (wanted != found).then_some(JsonErrorKind::WrongType),
                    "{wanted:?} of {text}"
                );
            };
            check(Kind::Object, kind(reader.clone().begin_object()));
            check(Kind::Array, kind(reader.clone().begin_array()));
            check(Kind::String, kind(reader.clone().string()));
            check(Kind::Number, kind(reader.clone().number()));
            check(Kind::Boolean, kind(reader.clone().boolean()));
            check(Kind::Null, kind(reader.clone().null()));
            if found != Kind::Number {
                assert!(reader.number().is_err());
                assert_eq!(reader.offset(), 0);
                assert_eq!(reader.value().unwrap().as_str(), text);
            }
        }
    }

    #[test]
    fn a_call_that_fails_can_be_made_up_for() {
        let mut reader = Reader::new(r#"[ "\ud800" , {"\ud800":1}]"#);
        reader.begin_array().unwrap();
        assert!(reader.next_element().unwrap());
        assert_eq!(kind(reader.string()), Some(JsonErrorKind::LoneSurrogate));
        assert_eq!(reader.value().unwrap().as_str(), r#""\ud800""#);
        assert!(reader.next_element().unwrap());
        let whole = reader.clone().value().unwrap();
        assert_eq!(whole.as_str(), r#"{"\ud800":1}"#);
        reader.begin_object().unwrap();
        assert_eq!(kind(reader.next_member()), Some(JsonErrorKind::LoneSurrogate));
        assert_eq!(kind(reader.next_member()), Some(JsonErrorKind::LoneSurrogate), "and it has not moved");
    }

    #[test]
    fn the_ways_through_a_container_fit_what_was_opened() {
        let mut reader = Reader::new("[{}]");
        assert_eq!(kind(reader.next_element()), Some(JsonErrorKind::WrongType), "nothing is open");
        reader.begin_array().unwrap();
        assert_eq!(kind(reader.next_member()), Some(JsonErrorKind::WrongType));
        assert!(reader.next_element().unwrap());
        reader.begin_object().unwrap();
        assert_eq!(kind(reader.next_element()), Some(JsonErrorKind::WrongType));
        assert!(reader.next_member().unwrap().is_none());
        assert!(!reader.next_element().unwrap());
        reader.end().unwrap();
    }

    #[test]
    fn a_value_that_is_left_out_is_an_error() {
        let mut reader = Reader::new(r#"{"a":1,"b":2}"#);
        reader.begin_object().unwrap();
        assert_eq!(reader.next_member().unwrap().unwrap(), "a");
        let error = reader.next_member().unwrap_err();
        assert_eq!(std::format!("{error}"), "expected a comma or a closing brace at byte 5");
        assert_eq!(reader.number().unwrap().as_str(), "1");
        assert_eq!(reader.next_member().unwrap().unwrap(), "b");
    }

    #[test]
    fn it_shows_where_it_is_and_not_what_it_reads() {
        let mut reader = Reader::new(r#"["key"]"#);
        reader.begin_array().unwrap();
        assert_eq!(std::format!("{reader:?}"), "Reader { offset: 1, depth: 1, .. }");
    }

    #[test]
    fn what_is_skipped_by_its_brackets_must_have_some() {
        assert_eq!(kind(Reader::new("1").skip_too_deep()), Some(JsonErrorKind::WrongType));
        assert_eq!(Reader::new(" [1, }] 2").skip_too_deep().map(RawJson::as_str), Ok("[1, }"));
    }
}
