//! What stands for events in a part of the input, one after the other.

use std::fmt;
use std::ops::Range;
use std::str::Utf8Error;
use std::sync::Arc;

/// What stands for several events, one after the other.
#[derive(Debug)]
pub(crate) struct InputItems {
    /// The part of the input that they are in, and perhaps bytes that mean nothing.
    bytes: Vec<u8>,
    file: Arc<str>,
    places: Places,
}

/// Where the items of a part are.
#[derive(Debug)]
pub(super) enum Places {
    /// Each line of the first `len` bytes, unless it is blank and that is not an item.
    Lines { len: usize, blank_ones_count: bool, begin_source: bool },
    /// At those places: values of a document.
    Values(Vec<Range<usize>>),
}

/// How many lines of a source were passed. It goes on from one part of the input to the next.
#[derive(Debug, Default)]
pub(crate) struct InputPosition(u64);

/// What stands for one event.
#[derive(Debug, Clone)]
pub(crate) struct InputItem<'i> {
    /// Its bytes, without the line break.
    pub(crate) bytes: &'i [u8],
    /// The same, if all around it is text as well.
    text: Option<&'i str>,
    /// Where it is.
    pub(crate) place: InputPlace,
}

impl<'i> InputItem<'i> {
    /// Its text.
    ///
    /// # Errors
    /// [`Utf8Error`] if it is none.
    pub(crate) fn text(&self) -> Result<&'i str, Utf8Error> {
        self.text.map_or_else(|| std::str::from_utf8(self.bytes), Ok)
    }
}

impl InputItems {
    pub(super) fn new(file: &Arc<str>, bytes: Vec<u8>, places: Places) -> Self {
        Self { bytes, file: Arc::clone(file), places }
    }

    /// Has `take` take each of them, until it fails.
    pub(crate) fn try_for_each<E>(
        &self,
        position: &mut InputPosition,
        mut take: impl FnMut(InputItem<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (len, blank_ones_count, begin_source) = match self.places {
            Places::Values(ref places) => {
                return (1..).zip(places).try_for_each(|(number, range)| {
                    let bytes = self.bytes.get(range.clone()).unwrap_or_default();
                    take(InputItem { bytes, text: None, place: InputPlace::Value(number, self.file()) })
                });
            }
            Places::Lines { len, blank_ones_count, begin_source } => (len, blank_ones_count, begin_source),
        };
        if begin_source {
            position.0 = 0;
        }
        let part = self.bytes.get(..len).unwrap_or_default();
        // Once for all of them.
        let text = std::str::from_utf8(part).ok();
        let mut start = 0;
        while let Some(rest) = part.get(start..).filter(|rest| !rest.is_empty()) {
            position.0 += 1;
            let line = line_of(rest, position.0 == 1);
            if blank_ones_count || !is_blank(&rest[line.item.clone()]) {
                let place = start + line.item.start..start + line.item.end;
                let text = text.and_then(|text| text.get(place.clone()));
                let bytes = part.get(place).unwrap_or_default();
                take(InputItem { bytes, text, place: InputPlace::Line(position.0, self.file()) })?;
            }
            start += line.len;
        }
        Ok(())
    }

    fn file(&self) -> Arc<str> {
        Arc::clone(&self.file)
    }

    /// The memory that they were in, for others.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }
}

/// What some editors write at the beginning of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The first line of some bytes.
pub(super) struct Line {
    /// Where it is, without its line break, and without a byte order mark.
    pub(super) item: Range<usize>,
    /// How many bytes it has, with all that.
    pub(super) len: usize,
}

pub(super) fn line_of(bytes: &[u8], is_first: bool) -> Line {
    let len = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    let start = if is_first && bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let line = bytes.get(start..len).unwrap_or_default();
    let end = line.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    Line { item: start..start + end, len }
}

pub(super) fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

/// Where an event is in the input.
#[derive(Debug, Clone)]
pub(crate) enum InputPlace {
    /// A line of a file, from 1.
    Line(u64, Arc<str>),
    /// A value of a document, from 1.
    Value(u64, Arc<str>),
    /// It is made of arguments, with this number.
    Made(u64),
}

impl fmt::Display for InputPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line, file) => write!(f, "line {line} of {file}"),
            Self::Value(number, file) => write!(f, "event {number} of {file}"),
            Self::Made(number) => write!(f, "event {number}"),
        }
    }
}
