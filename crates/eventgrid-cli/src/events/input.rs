//! Input, cut into events: JSON lines, or one document.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, IsTerminal as _, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::Utf8Error;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::failure::Failure;

/// Where input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InputSource {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl InputSource {
    /// Whether it is the file at that path, by whatever name.
    #[cfg(unix)]
    pub(crate) fn is_file_at(&self, path: &Path) -> bool {
        use std::os::fd::AsFd as _;
        use std::os::unix::fs::MetadataExt as _;
        let metadata = match self {
            Self::Stdin => {
                io::stdin().as_fd().try_clone_to_owned().and_then(|file| File::from(file).metadata())
            }
            // It is not opened: what writes into a pipe would see it closed again.
            Self::File(file) => fs::metadata(file),
        };
        matches!((metadata, fs::metadata(path)), (Ok(source), Ok(file))
            if file.is_file() && (source.dev(), source.ino()) == (file.dev(), file.ino()))
    }

    /// Whether it is the file at that path. Elsewhere what stdin is cannot be told.
    #[cfg(not(unix))]
    pub(crate) fn is_file_at(&self, path: &Path) -> bool {
        let Self::File(file) = self else { return false };
        matches!((fs::canonicalize(file), fs::canonicalize(path)), (Ok(source), Ok(file)) if source == file)
    }

    /// Whether it is typed at a terminal.
    pub(crate) fn is_typed(&self) -> bool {
        *self == Self::Stdin && io::stdin().is_terminal()
    }
}

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
enum Places {
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

/// The first line of some bytes.
struct Line {
    /// Where it is, without its line break, and without a byte order mark.
    item: Range<usize>,
    /// How many bytes it has, with all that.
    len: usize,
}

fn line_of(bytes: &[u8], is_first: bool) -> Line {
    let len = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    let start = if is_first && bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let line = bytes.get(start..len).unwrap_or_default();
    let end = line.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    Line { item: start..start + end, len }
}

fn is_blank(line: &[u8]) -> bool {
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

/// How much is read from a file at once, in bytes.
const READ_SIZE: usize = 256 << 10;

/// The largest memory that is used again, in bytes: a long line needs more.
const KEPT_SIZE: usize = 4 * READ_SIZE;

/// What some editors write at the beginning of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Items on their way, or why there are no more.
pub(crate) type Handed = Result<InputItems, Failure>;

/// Where items go, and where the memory that they were in comes back from.
#[derive(Debug)]
pub(crate) struct InputSender {
    to: SyncSender<Handed>,
    spare: Receiver<Vec<u8>>,
}

/// Where items come from, and where the memory that they were in may go.
#[derive(Debug)]
pub(crate) struct InputReceiver {
    /// Parts of the input.
    pub(crate) from: Receiver<Handed>,
    /// Takes [`InputItems::into_buffer`].
    pub(crate) used: Sender<Vec<u8>>,
}

/// A way for input, on which so many parts of it may wait.
pub(crate) fn input_channel(ahead: usize) -> (InputSender, InputReceiver) {
    let ((to, from), (used, spare)) = (mpsc::sync_channel(ahead), mpsc::channel());
    (InputSender { to, spare }, InputReceiver { from, used })
}

/// Reads all sources, and hands over what came as soon as nothing more is there at once. Ends early
/// if nobody takes it any more.
pub(crate) fn read_inputs(sources: &[InputSource], form: InputForm, sender: &InputSender) {
    for source in sources {
        let read = match source {
            InputSource::Stdin => read_one("stdin", io::stdin().lock(), form, sender),
            InputSource::File(path) => match File::open(path) {
                Ok(file) => read_one(&path.display().to_string(), file, form, sender),
                Err(error) => Err(Stop::Failed(error)),
            },
        };
        match read {
            Ok(()) => {}
            Err(Stop::NobodyListens) => return,
            Err(Stop::Failed(error)) => {
                let name = match source {
                    InputSource::Stdin => "stdin".to_owned(),
                    InputSource::File(path) => path.display().to_string(),
                };
                // Nobody may listen any more, which is not a fault.
                let _ = sender.to.send(Err(Failure::local(format!("cannot read {name}"), &error)));
                return;
            }
        }
    }
}

enum Stop {
    Failed(io::Error),
    NobodyListens,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

struct Handing<'t> {
    file: Arc<str>,
    to: &'t SyncSender<Handed>,
}

impl Handing<'_> {
    /// Hands over what is at these places of a part of the input.
    fn hand_over(&self, bytes: Vec<u8>, places: Places) -> Result<(), Stop> {
        let items = InputItems { bytes, file: Arc::clone(&self.file), places };
        self.to.send(Ok(items)).map_err(|_| Stop::NobodyListens)
    }
}

/// The lines of a source, as many at once as are there.
struct LineReader<'s, R> {
    source: R,
    spare: &'s Receiver<Vec<u8>>,
    /// The beginning of a line whose end was not read yet.
    begun: Vec<u8>,
}

impl<'s, R: Read> LineReader<'s, R> {
    fn new(source: R, spare: &'s Receiver<Vec<u8>>) -> Self {
        Self { source, spare, begun: Vec::new() }
    }

    /// Whole lines with their line breaks, and how many bytes they have; the last one may have no
    /// line break. None at the end.
    fn next_lines(&mut self) -> io::Result<(Vec<u8>, usize)> {
        let spare = self.spare.try_recv().ok().filter(|spare| spare.len() <= KEPT_SIZE);
        let mut buffer = spare.unwrap_or_else(|| vec![0; READ_SIZE]);
        let mut len = self.begun.len();
        if buffer.len() < len + READ_SIZE / 2 {
            buffer.resize(len + READ_SIZE, 0);
        }
        buffer[..len].copy_from_slice(&self.begun);
        self.begun.clear();
        loop {
            let read = match self.source.read(&mut buffer[len..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            if read == 0 {
                return Ok((buffer, len));
            }
            let last = memchr::memrchr(b'\n', &buffer[len..len + read]);
            if let Some(last) = last {
                let end = len + last + 1;
                self.begun.extend_from_slice(&buffer[end..len + read]);
                return Ok((buffer, end));
            }
            len += read;
            if len == buffer.len() {
                buffer.resize(2 * len, 0);
            }
        }
    }

    /// Appends all that is left.
    fn read_to_end(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        text.append(&mut self.begun);
        self.source.read_to_end(text).map(drop)
    }
}

fn read_one(name: &str, source: impl Read, form: InputForm, sender: &InputSender) -> Result<(), Stop> {
    let handing = Handing { file: name.into(), to: &sender.to };
    let mut reader = LineReader::new(source, &sender.spare);
    let (mut begin_source, mut is_decided) = (true, form == InputForm::Text);
    loop {
        let (mut lines, len) = reader.next_lines()?;
        if len == 0 {
            return Ok(());
        }
        let first = if is_decided { None } else { first_item(&lines[..len], begin_source) };
        if let (Some(first), InputForm::Json { arrays_are_lists }) = (first, form) {
            is_decided = true;
            let end = memchr::memchr(b'\n', &lines[first.end..len]).map_or(len, |end| first.end + end + 1);
            let line = &lines[first.start..end];
            let is_list = arrays_are_lists && line.trim_ascii_start().starts_with(b"[");
            if is_list || begins_document(line) {
                lines.truncate(len);
                lines.drain(..first.start);
                reader.read_to_end(&mut lines)?;
                return document(lines, arrays_are_lists, &handing);
            }
        }
        // To read on may take until somebody writes more.
        let blank_ones_count = form == InputForm::Text;
        handing.hand_over(lines, Places::Lines { len, blank_ones_count, begin_source })?;
        begin_source = false;
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

/// Hands over the values of a document. What is not JSON is handed over as one item: whoever takes
/// it says what is wrong.
fn document(text: Vec<u8>, arrays_are_lists: bool, handing: &Handing<'_>) -> Result<(), Stop> {
    let mut items = Vec::new();
    let mut add = |range: Range<usize>| items.push(range);
    let mut values = serde_json::Deserializer::from_slice(&text).into_iter::<&RawValue>();
    loop {
        let at = values.byte_offset();
        let value = match values.next() {
            None => break,
            Some(Ok(value)) => value.get(),
            Some(Err(_)) => {
                add(range_within(&text, text.get(at..).unwrap_or_default().trim_ascii()));
                break;
            }
        };
        let list = arrays_are_lists.then(|| serde_json::from_str::<Vec<&RawValue>>(value).ok()).flatten();
        match list {
            Some(list) => list.iter().for_each(|value| add(range_within(&text, value.get().as_bytes()))),
            None => add(range_within(&text, value.as_bytes())),
        }
    }
    handing.hand_over(text, Places::Values(items))
}

/// Where a part of a text is in it.
fn range_within(text: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + part.len()
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

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: InputForm = InputForm::Json { arrays_are_lists: true };

    /// Each item with where it is.
    fn read(source: impl Read, form: InputForm) -> Vec<(String, String)> {
        let (sender, InputReceiver { from, used }) = input_channel(1000);
        // What was in it before must not come back.
        used.send(vec![b'7'; READ_SIZE]).unwrap();
        assert!(read_one("in", source, form, &sender).is_ok());
        drop(sender);
        let (mut position, mut read) = (InputPosition::default(), Vec::new());
        for items in from {
            let taken = items.unwrap().try_for_each(&mut position, |item| {
                assert_eq!(item.text().unwrap().as_bytes(), item.bytes);
                read.push((item.place.to_string(), item.text().unwrap().to_owned()));
                Ok::<(), ()>(())
            });
            assert!(taken.is_ok());
        }
        read
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
