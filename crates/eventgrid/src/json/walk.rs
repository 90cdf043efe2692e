//! Steps over whole values.

use super::error::{Expected, JsonError, JsonErrorKind};
use super::lexer;
use super::nesting::{Container, MAX_DEPTH, Nesting};
use super::reader::Kind;
use super::string::JsonStr;

/// Where the value that starts at `at` and is at most so deep ends. Its whole grammar is checked;
/// halves of surrogate pairs are let through, since they matter only to who decodes the string.
pub(crate) fn value(bytes: &[u8], mut at: usize, max_depth: usize) -> Result<usize, JsonError> {
    let mut nesting = Nesting::default();
    // What is expected where the name of a member is due.
    let mut name_due = None;
    loop {
        at = lexer::skip_whitespace(bytes, at);
        if let Some(expected) = name_due.take() {
            at = lexer::skip_whitespace(bytes, name(bytes, at, expected)?.next);
        }
        // A value is due. Those that open a container go round again for the first value in it.
        match bytes.get(at) {
            Some(b'"') => at = lexer::string(bytes, at + 1)?.end() + 1,
            Some(b'{') => {
                open(&mut nesting, Container::Object, max_depth, at)?;
                at = lexer::skip_whitespace(bytes, at + 1);
                if bytes.get(at) != Some(&b'}') {
                    name_due = Some(Expected::NameOrBrace);
                    continue;
                }
                nesting.close();
                at += 1;
            }
            Some(b'[') => {
                open(&mut nesting, Container::Array, max_depth, at)?;
                at = lexer::skip_whitespace(bytes, at + 1);
                if bytes.get(at) != Some(&b']') {
                    continue;
                }
                nesting.close();
                at += 1;
            }
            Some(b'-' | b'0'..=b'9') => at = lexer::number(bytes, at)?,
            Some(b't') => at = lexer::word(bytes, at, "true", Expected::True)?,
            Some(b'f') => at = lexer::word(bytes, at, "false", Expected::False)?,
            Some(b'n') => at = lexer::word(bytes, at, "null", Expected::Null)?,
            _ => return Err(unexpected(bytes, at, Expected::Value)),
        }
        // A value has ended, and with it perhaps the containers round it.
        while let Some(container) = nesting.innermost() {
            at = lexer::skip_whitespace(bytes, at);
            match (bytes.get(at), container) {
                (Some(b','), Container::Object) => {
                    name_due = Some(Expected::Name);
                    break;
                }
                (Some(b','), Container::Array) => break,
                (Some(b'}'), Container::Object) | (Some(b']'), Container::Array) => nesting.close(),
                (_, Container::Object) => return Err(unexpected(bytes, at, Expected::CommaOrBrace)),
                (_, Container::Array) => return Err(unexpected(bytes, at, Expected::CommaOrBracket)),
            }
            at += 1;
        }
        if nesting.depth() == 0 {
            return Ok(at);
        }
        at += 1;
    }
}

/// Something else is at `at` than what is expected there.
#[cold]
pub(super) fn unexpected(bytes: &[u8], at: usize, expected: Expected) -> JsonError {
    if at < bytes.len() {
        JsonError::expected(expected, at)
    } else {
        JsonError::new(JsonErrorKind::UnexpectedEnd, at)
    }
}

/// Where the container that starts at `at` ends, by its brackets alone, however deep they are
/// nested. Only strings are lexed, since there may be brackets in them.
pub(crate) fn brackets(bytes: &[u8], mut at: usize) -> Result<usize, JsonError> {
    let mut depth = 0_usize;
    loop {
        match bytes.get(at) {
            Some(b'"') => at = lexer::string(bytes, at + 1)?.end(),
            Some(b'[' | b'{') => depth += 1,
            Some(b']' | b'}') => depth = depth.saturating_sub(1),
            Some(_) => {}
            None => return Err(JsonError::new(JsonErrorKind::UnexpectedEnd, at)),
        }
        at += 1;
        if depth == 0 {
            return Ok(at);
        }
    }
}

/// Where the value that starts at `at` ends, however deep it is: with the error that tells so, only
/// the brackets of one that is too deep are matched.
pub(crate) fn value_of_any_depth(bytes: &[u8], at: usize) -> Result<(usize, Option<JsonError>), JsonError> {
    match value(bytes, at, MAX_DEPTH) {
        Ok(end) => Ok((end, None)),
        Err(error) if error.kind() == JsonErrorKind::TooDeep => {
            Ok((brackets(bytes, lexer::skip_whitespace(bytes, at))?, Some(error)))
        }
        Err(error) => Err(error),
    }
}

/// Goes through the members of the object that starts at `at`, and gives where it ends. `member` is
/// given the name and where the value starts, and gives where that ends.
#[inline]
pub(crate) fn object<E: From<JsonError>>(
    bytes: &[u8],
    at: usize,
    mut member: impl FnMut(&Name, usize) -> Result<usize, E>,
) -> Result<usize, E> {
    let mut at = lexer::skip_whitespace(bytes, at + 1);
    let mut expected = Expected::NameOrBrace;
    if let Some(b'}') = bytes.get(at) {
        return Ok(at + 1);
    }
    loop {
        let name = name(bytes, at, expected)?;
        let end = member(&name, lexer::skip_whitespace(bytes, name.next))?;
        at = lexer::skip_whitespace(bytes, end);
        match bytes.get(at) {
            Some(b',') => at = lexer::skip_whitespace(bytes, at + 1),
            Some(b'}') => return Ok(at + 1),
            _ => return Err(unexpected(bytes, at, Expected::CommaOrBrace).into()),
        }
        expected = Expected::Name;
    }
}

/// The type of the value at `at`, by its first character.
#[inline]
pub(crate) fn kind(bytes: &[u8], at: usize) -> Result<Kind, JsonError> {
    match bytes.get(at) {
        Some(b'{') => Ok(Kind::Object),
        Some(b'[') => Ok(Kind::Array),
        Some(b'"') => Ok(Kind::String),
        Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
        Some(b't' | b'f') => Ok(Kind::Boolean),
        Some(b'n') => Ok(Kind::Null),
        _ => Err(unexpected(bytes, at, Expected::Value)),
    }
}

/// The name of a member, by its offsets.
pub(crate) struct Name {
    /// Where its text starts, behind the opening quote.
    pub(crate) start: usize,
    /// Where it ends, and whether there is an escape in it.
    pub(crate) string: lexer::StringEnd,
    /// What comes behind the colon.
    pub(crate) next: usize,
}

impl Name {
    /// Which of these names it is, if any. Fails if it has half of a surrogate pair.
    #[cfg_attr(
        feature = "std",
        inline(always),
        expect(clippy::inline_always, reason = "names that are constants are compared without a call")
    )]
    pub(crate) fn position(&self, text: &str, names: &[&str]) -> Result<Option<usize>, JsonError> {
        if !self.string.escaped() {
            // By its bytes, since nobody has to know that they are whole characters.
            let name = text.as_bytes().get(self.start..self.string.end()).unwrap_or_default();
            return Ok(names.iter().position(|known| known.as_bytes() == name));
        }
        let name = JsonStr::found_escaped(text.get(self.start..self.string.end()).unwrap_or_default())
            .map_err(|at| JsonError::new(JsonErrorKind::LoneSurrogate, self.start + at))?;
        Ok(names.iter().position(|known| name == **known))
    }
}

/// Steps over the name of a member at `at` and the colon behind it.
#[inline]
pub(crate) fn name(bytes: &[u8], at: usize, expected: Expected) -> Result<Name, JsonError> {
    if bytes.get(at) != Some(&b'"') {
        return Err(unexpected(bytes, at, expected));
    }
    let string = lexer::string(bytes, at + 1)?;
    let colon = lexer::skip_whitespace(bytes, string.end() + 1);
    if bytes.get(colon) != Some(&b':') {
        return Err(unexpected(bytes, colon, Expected::Colon));
    }
    Ok(Name { start: at + 1, string, next: colon + 1 })
}

fn open(nesting: &mut Nesting, container: Container, max_depth: usize, at: usize) -> Result<(), JsonError> {
    if nesting.depth() < max_depth && nesting.open(container) {
        Ok(())
    } else {
        Err(JsonError::new(JsonErrorKind::TooDeep, at))
    }
}
