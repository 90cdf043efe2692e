//! Input, read part by part and cut into events: JSON lines, or one document.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::mem;
use std::ops::Range;
use std::sync::Arc;
use std::vec;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::items::{InputItems, Line, Places, is_blank, line_of};
use super::source::InputSource;
use crate::failure::Failure;

/// How input is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputForm {
    /// One JSON value a line; or, if the first line is the beginning of one or has several of them,
    /// a document of JSON values one after the other. Arrays are taken apart if the schema has no
    /// array as an event.
    Json {
        /// Whether an array is several events.
        arrays_are_lists: bool,
    },
    /// One text a line.
    Text,
}

/// How much is read from a file at once, in bytes.
const READ_SIZE: usize = 256 << 10;

/// The largest memory that is used again, in bytes: a long line needs more.
const KEPT_SIZE: usize = 4 * READ_SIZE;

/// The parts of the input, one after the other.
pub(crate) struct InputParts {
    sources: vec::IntoIter<InputSource>,
    form: InputForm,
    open: Option<OpenSource<Box<dyn Read + Send>>>,
}

impl fmt::Debug for InputParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputParts")
            .field("sources", &self.sources)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

impl InputParts {
    /// Of sources that are opened when it is their turn.
    pub(crate) fn new(sources: Vec<InputSource>, form: InputForm) -> Self {
        Self { sources: sources.into_iter(), form, open: None }
    }

    /// Of no source.
    pub(super) fn none() -> Self {
        Self::new(Vec::new(), InputForm::Text)
    }

    /// What is there at once, or what comes first; none at the end. `spare` is memory to read into,
    /// whose content means nothing.
    ///
    /// # Errors
    /// [`Failure`] if a source cannot be read. That ends the input.
    pub(crate) fn next_part(&mut self, mut spare: Vec<u8>) -> Result<Option<InputItems>, Failure> {
        loop {
            match self.next_step(spare)? {
                InputStep::Part(items) => return Ok(Some(items)),
                InputStep::Long => spare = Vec::new(),
                InputStep::End => return Ok(None),
            }
        }
    }

    /// The same, but it stops before it reads a document or the rest of a long line, which may take
    /// long.
    ///
    /// # Errors
    /// As for [`next_part`](Self::next_part).
    pub(super) fn next_step(&mut self, mut spare: Vec<u8>) -> Result<InputStep, Failure> {
        loop {
            let source = if let Some(source) = &mut self.open {
                source
            } else {
                let Some(source) = self.sources.next() else { return Ok(InputStep::End) };
                let name = source.to_string();
                match source.open() {
                    Ok(source) => self.open.insert(OpenSource::new(&name, source)),
                    Err(error) => return Err(self.end_at(&name, &error)),
                }
            };
            match source.next_step(self.form, spare) {
                Ok(InputStep::End) => (self.open, spare) = (None, Vec::new()),
                Ok(step) => return Ok(step),
                Err(error) => {
                    let name = Arc::clone(&source.name);
                    return Err(self.end_at(&name, &error));
                }
            }
        }
    }

    /// Reads no more.
    fn end_at(&mut self, name: &str, error: &io::Error) -> Failure {
        (self.sources, self.open) = (Vec::new().into_iter(), None);
        Failure::local(format!("cannot read {name}"), error)
    }
}

/// What comes next.
pub(super) enum InputStep {
    /// A part of the input.
    Part(InputItems),
    /// A document or a long line, which the next step reads.
    Long,
    /// Nothing more.
    End,
}

/// A source that is read.
struct OpenSource<R> {
    name: Arc<str>,
    lines: LineReader<R>,
    /// Whether nothing of it was cut yet.
    is_new: bool,
    /// Whether it is known if it has lines or is a document.
    is_decided: bool,
    /// The beginning of a document whose rest the next step reads.
    document: Option<Vec<u8>>,
    /// Whether the next step reads a long line to its end.
    is_line_long: bool,
}

impl<R: Read> OpenSource<R> {
    fn new(name: &str, source: R) -> Self {
        let lines = LineReader::new(source);
        Self {
            name: name.into(),
            lines,
            is_new: true,
            is_decided: false,
            document: None,
            is_line_long: false,
        }
    }

    fn next_step(&mut self, form: InputForm, spare: Vec<u8>) -> io::Result<InputStep> {
        if let (Some(mut text), InputForm::Json { arrays_are_lists }) = (self.document.take(), form) {
            self.lines.read_to_end(&mut text)?;
            let values = Places::Values(values_of(&text, arrays_are_lists));
            return Ok(InputStep::Part(InputItems::new(&self.name, text, values)));
        }
        let most = if mem::take(&mut self.is_line_long) { usize::MAX } else { KEPT_SIZE };
        let Some((mut lines, len)) = self.lines.next_lines(spare, most)? else {
            self.is_line_long = true;
            return Ok(InputStep::Long);
        };
        if len == 0 {
            return Ok(InputStep::End);
        }
        if let (InputForm::Json { arrays_are_lists }, false) = (form, self.is_decided) {
            if let Some(first) = first_item(&lines[..len], self.is_new) {
                self.is_decided = true;
                let end =
                    memchr::memchr(b'\n', &lines[first.end..len]).map_or(len, |end| first.end + end + 1);
                let line = &lines[first.start..end];
                let is_list = arrays_are_lists && line.trim_ascii_start().starts_with(b"[");
                if is_list || begins_document(line) {
                    lines.truncate(len);
                    lines.drain(..first.start);
                    self.document = Some(lines);
                    return Ok(InputStep::Long);
                }
            }
        }
        let begin_source = mem::replace(&mut self.is_new, false);
        let places = Places::Lines { len, blank_ones_count: form == InputForm::Text, begin_source };
        Ok(InputStep::Part(InputItems::new(&self.name, lines, places)))
    }
}

/// The lines of a source, as many at once as are there.
struct LineReader<R> {
    source: R,
    /// The beginning of a line whose end was not read yet.
    begun: Vec<u8>,
    /// A terminal would begin anew.
    is_at_end: bool,
}

impl<R: Read> LineReader<R> {
    fn new(source: R) -> Self {
        Self { source, begun: Vec::new(), is_at_end: false }
    }

    /// Whole lines with their line breaks, and how many bytes they have; the last one may have no
    /// line break. None at the end. They are in `spare`, if it is large enough and not too large.
    /// Returns `None` if the first line has more than `most` bytes, and goes on with it later.
    fn next_lines(&mut self, spare: Vec<u8>, most: usize) -> io::Result<Option<(Vec<u8>, usize)>> {
        let mut len = self.begun.len();
        let mut buffer = if spare.len() <= KEPT_SIZE { spare } else { Vec::new() };
        if buffer.len() < len + READ_SIZE / 2 {
            buffer.resize(len + READ_SIZE, 0);
        }
        buffer[..len].copy_from_slice(&self.begun);
        self.begun.clear();
        while !self.is_at_end {
            let read = match self.source.read(&mut buffer[len..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            self.is_at_end = read == 0;
            let last = memchr::memrchr(b'\n', &buffer[len..len + read]);
            if let Some(last) = last {
                let end = len + last + 1;
                self.begun.extend_from_slice(&buffer[end..len + read]);
                return Ok(Some((buffer, end)));
            }
            len += read;
            if len > most {
                buffer.truncate(len);
                self.begun = buffer;
                return Ok(None);
            }
            if len == buffer.len() {
                buffer.resize(2 * len, 0);
            }
        }
        Ok(Some((buffer, len)))
    }

    /// Appends all that is left.
    fn read_to_end(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        text.append(&mut self.begun);
        if !mem::replace(&mut self.is_at_end, true) {
            self.source.read_to_end(text)?;
        }
        Ok(())
    }
}

/// Whether a line with its line break has several JSON values, or ends within one. Otherwise it is
/// one value, or not JSON: the next line is an event of its own all the same.
fn begins_document(line: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(line).into_iter::<IgnoredAny>();
    let first = values.next();
    match (first, values.next()) {
        (Some(Ok(_)), None) | (None, _) => false,
        (Some(Ok(_)), Some(next)) => next.map_or_else(|error| error.is_eof(), |_| true),
        (Some(Err(error)), _) => error.is_eof(),
    }
}

/// Where the first line is that is not blank.
fn first_item(lines: &[u8], begin_source: bool) -> Option<Range<usize>> {
    let (mut start, mut is_first) = (0, begin_source);
    while let Some(rest) = lines.get(start..).filter(|rest| !rest.is_empty()) {
        let Line { item, len } = line_of(rest, is_first);
        if !is_blank(&rest[item.clone()]) {
            return Some(start + item.start..start + item.end);
        }
        start += len;
        is_first = false;
    }
    None
}

/// Where the values of a document are. What is not JSON is one of them: whoever takes it says what
/// is wrong.
fn values_of(text: &[u8], arrays_are_lists: bool) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut add = |range: Range<usize>| places.push(range);
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    loop {
        let at = values.byte_offset();
        let value = match values.next() {
            None => break,
            Some(Ok(value)) => value.get(),
            Some(Err(_)) => {
                add(range_within(text, text.get(at..).unwrap_or_default().trim_ascii()));
                break;
            }
        };
        let list = arrays_are_lists.then(|| serde_json::from_str::<Vec<&RawValue>>(value).ok()).flatten();
        match list {
            Some(list) => list.iter().for_each(|value| add(range_within(text, value.get().as_bytes()))),
            None => add(range_within(text, value.as_bytes())),
        }
    }
    places
}

/// Where a part of a text is in it.
fn range_within(text: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::InputPosition;

    const LISTS: InputForm = InputForm::Json { arrays_are_lists: true };

    /// Each item with where it is.
    fn read(source: impl Read, form: InputForm) -> Vec<(String, String)> {
        let mut open = OpenSource::new("in", source);
        let (mut position, mut read) = (InputPosition::default(), Vec::new());
        // What was in the memory before must not come back.
        loop {
            let items = match open.next_step(form, vec![b'7'; READ_SIZE]).unwrap() {
                InputStep::Part(items) => items,
                InputStep::Long => continue,
                InputStep::End => return read,
            };
            let taken = items.try_for_each(&mut position, |item| {
                assert_eq!(item.text().unwrap().as_bytes(), item.bytes);
                read.push((item.place.to_string(), item.text().unwrap().to_owned()));
                Ok::<(), ()>(())
            });
            assert!(taken.is_ok());
        }
    }

    fn texts(text: &str, form: InputForm) -> Vec<String> {
        read(text.as_bytes(), form).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn each_line_is_an_event() {
        assert_eq!(
            read("{\"a\":1}\r\n\n {\"a\":2}\nnot json".as_bytes(), LISTS),
            [
                ("line 1 of in".to_owned(), "{\"a\":1}".to_owned()),
                ("line 3 of in".to_owned(), " {\"a\":2}".to_owned()),
                ("line 4 of in".to_owned(), "not json".to_owned()),
            ]
        );
        assert_eq!(texts("\u{feff}{}\n{}", LISTS), ["{}", "{}"]);
        assert!(texts("", LISTS).is_empty() && texts("\n\n", LISTS).is_empty());
    }

    /// Three bytes at a time, as a pipe may hand them over.
    struct Trickle<'t>(&'t [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let few = to.len().min(3);
            self.0.read(&mut to[..few])
        }
    }

    #[test]
    fn a_line_may_come_in_pieces() {
        for (text, form) in [
            ("{\"a\":1}\r\n\n {\"a\":2}\n{\n\n{}", LISTS),
            ("{\"a\":\n1} {\"b\":2}", LISTS),
            ("first line\n\nlast one", InputForm::Text),
        ] {
            assert_eq!(read(Trickle(text.as_bytes()), form), read(text.as_bytes(), form));
        }
    }

    #[test]
    fn a_long_line_is_one_event() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(3 * KEPT_SIZE));
        assert_eq!(texts(&format!("{long}\n{{}}\n{long}"), LISTS), [&*long, "{}", &*long]);
        assert_eq!(texts(&format!("[{long},{{}}]"), LISTS), [&*long, "{}"]);
    }

    #[test]
    fn an_array_is_a_list_of_events_unless_it_is_one() {
        let array = "[{\"a\":1},\n {\"a\":2}]";
        assert_eq!(texts(array, LISTS), ["{\"a\":1}", "{\"a\":2}"]);
        assert_eq!(read(array.as_bytes(), LISTS)[1].0, "event 2 of in");
        assert_eq!(texts("[1,2]\n[3]", LISTS), ["1", "2", "3"]);
        assert_eq!(texts("[1,2]\n[3]", InputForm::Json { arrays_are_lists: false }), ["[1,2]", "[3]"]);
    }

    #[test]
    fn an_event_may_have_several_lines() {
        assert_eq!(texts("{\n \"a\": 1\n}\n{\"b\":2}\n", LISTS), ["{\n \"a\": 1\n}", "{\"b\":2}"]);
    }

    #[test]
    fn what_is_no_json_is_not_lost() {
        assert_eq!(texts("{\"a\":\n1} {\"b\":", LISTS), ["{\"a\":\n1}", "{\"b\":"]);
        assert_eq!(texts("[{},\n{}", LISTS), ["[{},\n{}"]);
    }

    #[test]
    fn a_first_line_that_is_not_json_spoils_no_other() {
        for first in ["nonsense", "{broken", r#"{"a":"x"#, "{\"a\":1} x", "{\"a\":1}]"] {
            let input = format!("\n{first}\r\n{{\"a\":2}}\n");
            let expected = [
                ("line 2 of in".to_owned(), first.to_owned()),
                ("line 3 of in".to_owned(), "{\"a\":2}".to_owned()),
            ];
            assert_eq!(read(input.as_bytes(), LISTS), expected);
        }
        for document in ["{\n\"a\":1}", "{\"a\":1} {\"a\":2}\n{\"a\":3}", "{\"a\":1} {\n\"a\":2}"] {
            assert!(read(document.as_bytes(), LISTS)[0].0.starts_with("event 1"), "{document}");
        }
    }

    #[test]
    fn a_line_of_text_is_taken_as_it_is() {
        assert_eq!(texts(" a \r\n\n[", InputForm::Text), [" a ", "", "["]);
    }
}
