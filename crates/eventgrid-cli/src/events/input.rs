//! Input, cut into events: JSON lines, or one document.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

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

/// How input is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputForm {
    /// One JSON value a line; or, if the first line is not one, a document of JSON values one after
    /// the other. Arrays are taken apart if the schema has no array as an event.
    Json {
        /// Whether an array is several events.
        arrays_are_lists: bool,
    },
    /// One text a line.
    Text,
}

/// What stands for one event.
#[derive(Debug, Clone)]
pub(crate) struct InputItem {
    /// Its bytes, without the line break.
    pub(crate) bytes: Vec<u8>,
    /// Where it is.
    pub(crate) place: InputPlace,
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

/// How many items are handed over together at the most.
const MOST_TOGETHER: usize = 256;

/// How much is read from a file at once, in bytes.
const READ_SIZE: usize = 256 << 10;

/// What some editors write at the beginning of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Items on their way, or why there are no more.
pub(crate) type Handed = Result<Vec<InputItem>, Failure>;

/// Reads all sources, and hands over what came as soon as nothing more is there at once. Ends early
/// if nobody takes it any more.
pub(crate) fn read_inputs(sources: &[InputSource], form: InputForm, to: &SyncSender<Handed>) {
    for source in sources {
        let read = match source {
            InputSource::Stdin => read_one("stdin", io::stdin().lock(), form, to),
            InputSource::File(path) => match File::open(path) {
                Ok(file) => read_one(&path.display().to_string(), file, form, to),
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
                // Nobody may listen any more, which is no fault.
                let _ = to.send(Err(Failure::local(format!("cannot read {name}"), &error)));
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
    items: Vec<InputItem>,
}

impl Handing<'_> {
    fn add(&mut self, bytes: Vec<u8>, position: u64, is_in_document: bool) -> Result<(), Stop> {
        let place = if is_in_document { InputPlace::Value } else { InputPlace::Line };
        self.items.push(InputItem { bytes, place: place(position, Arc::clone(&self.file)) });
        if self.items.len() >= MOST_TOGETHER { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), Stop> {
        if self.items.is_empty() {
            return Ok(());
        }
        self.to.send(Ok(std::mem::take(&mut self.items))).map_err(|_| Stop::NobodyListens)
    }
}

fn read_one(name: &str, source: impl Read, form: InputForm, to: &SyncSender<Handed>) -> Result<(), Stop> {
    let mut handing = Handing { file: name.into(), to, items: Vec::new() };
    let mut reader = BufReader::with_capacity(READ_SIZE, source);
    let (mut number, mut is_first) = (0, true);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        let mut text = std::mem::take(&mut line);
        if number == 1 && text.starts_with(BYTE_ORDER_MARK) {
            text.drain(..BYTE_ORDER_MARK.len());
        }
        let end = text.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        text.truncate(end);
        let is_blank = text.trim_ascii().is_empty();
        match form {
            InputForm::Json { .. } if is_blank => {}
            InputForm::Json { arrays_are_lists } if is_first => {
                is_first = false;
                let is_list = arrays_are_lists && text.trim_ascii_start().starts_with(b"[");
                if is_list || serde_json::from_slice::<IgnoredAny>(&text).is_err() {
                    text.push(b'\n');
                    reader.read_to_end(&mut text)?;
                    document(&text, arrays_are_lists, &mut handing)?;
                    break;
                }
                handing.add(text, number, false)?;
            }
            InputForm::Text | InputForm::Json { .. } => handing.add(text, number, false)?,
        }
        // To read on may take until somebody writes more.
        if !reader.buffer().contains(&b'\n') {
            handing.hand_over()?;
        }
    }
    handing.hand_over()
}

/// Hands over the values of a document. What is no JSON is handed over as one item: whoever takes
/// it says what is wrong.
fn document(text: &[u8], arrays_are_lists: bool, handing: &mut Handing<'_>) -> Result<(), Stop> {
    let mut number = 0;
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    loop {
        let at = values.byte_offset();
        let value = match values.next() {
            None => return Ok(()),
            Some(Ok(value)) => value.get(),
            Some(Err(_)) => {
                let rest = text.get(at..).unwrap_or_default().trim_ascii();
                return handing.add(rest.to_vec(), number + 1, true);
            }
        };
        let list = arrays_are_lists.then(|| serde_json::from_str::<Vec<&RawValue>>(value).ok()).flatten();
        for value in list.map_or(vec![value], |list| list.into_iter().map(RawValue::get).collect()) {
            number += 1;
            handing.add(value.as_bytes().to_vec(), number, true)?;
        }
    }
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
    use std::sync::mpsc;

    use super::*;

    const LISTS: InputForm = InputForm::Json { arrays_are_lists: true };

    /// Each item with where it is.
    fn read(text: &str, form: InputForm) -> Vec<(String, String)> {
        let (to, from) = mpsc::sync_channel(1000);
        assert!(read_one("in", text.as_bytes(), form, &to).is_ok());
        drop(to);
        let items = from.iter().flat_map(|handed| handed.unwrap());
        items.map(|item| (item.place.to_string(), String::from_utf8(item.bytes).unwrap())).collect()
    }

    fn texts(text: &str, form: InputForm) -> Vec<String> {
        read(text, form).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn each_line_is_an_event() {
        assert_eq!(
            read("{\"a\":1}\r\n\n {\"a\":2}\nnot json", LISTS),
            [
                ("line 1 of in".to_owned(), "{\"a\":1}".to_owned()),
                ("line 3 of in".to_owned(), " {\"a\":2}".to_owned()),
                ("line 4 of in".to_owned(), "not json".to_owned()),
            ]
        );
        assert_eq!(texts("\u{feff}{}\n{}", LISTS), ["{}", "{}"]);
        assert!(texts("", LISTS).is_empty() && texts("\n\n", LISTS).is_empty());
    }

    #[test]
    fn an_array_is_a_list_of_events_unless_it_is_one() {
        let array = "[{\"a\":1},\n {\"a\":2}]";
        assert_eq!(texts(array, LISTS), ["{\"a\":1}", "{\"a\":2}"]);
        assert_eq!(read(array, LISTS)[1].0, "event 2 of in");
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
        assert_eq!(texts("nonsense\n{}", LISTS), ["nonsense\n{}"]);
    }

    #[test]
    fn a_line_of_text_is_taken_as_it_is() {
        assert_eq!(texts(" a \r\n\n[", InputForm::Text), [" a ", "", "["]);
    }
}
