//! Requests in the form of HTTP, so that people can read the seeds.

/// `METHOD TARGET`, lines `name: value`, an empty line, and the body.
pub(crate) struct Message<'i> {
    pub(crate) method: &'i str,
    pub(crate) target: &'i str,
    pub(crate) headers: Vec<(&'i str, &'i [u8])>,
    pub(crate) body: &'i [u8],
}

impl<'i> Message<'i> {
    /// Takes whatever is there; what is missing is empty.
    pub(crate) fn read(input: &'i [u8]) -> Self {
        let (first, rest) = split(input, b"\n");
        let (headers, body) = match rest.strip_prefix(b"\n") {
            Some(body) => (&b""[..], body),
            None => split(rest, b"\n\n"),
        };
        let (method, target) = split(first, b" ");
        let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
        Self { method: text(method), target: text(target), headers: Self::headers_of(headers), body }
    }

    /// Lines `name: value`; those without a colon, or with a name that is not text, are left out.
    pub(crate) fn headers_of(lines: &'i [u8]) -> Vec<(&'i str, &'i [u8])> {
        let lines = lines.split(|byte| *byte == b'\n').filter(|line| line.contains(&b':'));
        lines
            .filter_map(|line| {
                let (name, value) = split(line, b":");
                Some((std::str::from_utf8(name).ok()?, value.strip_prefix(b" ").unwrap_or(value)))
            })
            .collect()
    }
}

/// What is before the first separator and what is after it; all of it and nothing, if
/// there is none.
pub(crate) fn split<'i>(input: &'i [u8], separator: &[u8]) -> (&'i [u8], &'i [u8]) {
    match input.windows(separator.len()).position(|window| window == separator) {
        Some(at) => (&input[..at], &input[at + separator.len()..]),
        None => (input, b""),
    }
}
