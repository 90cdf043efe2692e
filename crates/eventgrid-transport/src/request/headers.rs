//! The headers of a request.

use core::fmt;

use crate::bytes::position;

/// The headers of a [`Request`](crate::Request).
#[derive(Clone)]
pub struct Headers<'a> {
    /// Lines of `name: value\r\n`.
    public: &'a str,
    credential: &'a str,
}

impl<'a> Headers<'a> {
    pub(super) fn new(public: &'a str, credential: &'a str) -> Self {
        Self { public, credential }
    }
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        let sensitive = self.public.is_empty();
        let lines = if sensitive { &mut self.credential } else { &mut self.public };
        let (line, rest) = lines.split_at_checked(end_of_line(lines)?)?;
        *lines = rest;
        let colon = position(line.as_bytes(), b':')?;
        let value = line.get(colon + ": ".len()..line.len() - "\r\n".len())?;
        Some(Header { name: line.get(..colon)?, value, sensitive })
    }
}

/// Whether one of these lines is a header of that name.
pub(super) fn has_header(mut lines: &[u8], name: &str) -> bool {
    while let Some((start, rest)) = lines.split_at_checked(name.len()) {
        if matches!(rest, [b':', ..]) && start.eq_ignore_ascii_case(name.as_bytes()) {
            return !name.is_empty();
        }
        let Some(end) = position(lines, b'\n') else { break };
        lines = lines.get(end + 1..).unwrap_or_default();
    }
    false
}

/// Where the next line begins. It is searched by bytes, since a pattern of `str` costs a device 300
/// bytes of flash.
fn end_of_line(lines: &str) -> Option<usize> {
    Some(position(lines.as_bytes(), b'\n')? + 1)
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// One header of a [`Request`](crate::Request).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    name: &'a str,
    value: &'a str,
    sensitive: bool,
}

impl<'a> Header<'a> {
    /// The name, in lower case.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The value: printable ASCII, spaces and tabs.
    pub fn value(&self) -> &'a str {
        self.value
    }

    /// Whether the value is a credential, which must not be logged, indexed or shown.
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.sensitive { "(redacted)" } else { self.value };
        write!(f, "{}: {value}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credential_comes_last_and_is_sensitive() {
        let headers = Headers::new("a: 1\r\nb: \r\n", "c: key:x\r\n");
        let seen = headers.map(|header| (header.name(), header.value(), header.is_sensitive()));
        assert!(seen.eq([("a", "1", false), ("b", "", false), ("c", "key:x", true)]));
    }

    #[test]
    fn lines_that_are_none_end_the_headers() {
        for lines in ["", "a", "a\r\n", "a:\n", ": \n", "a:\r\n"] {
            assert_eq!(Headers::new(lines, "").next(), None, "{lines:?}");
        }
    }
}
