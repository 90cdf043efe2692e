//! Texts in the data of an event that Event Grid itself sends.

use core::fmt;

use crate::event::DataView;
use crate::json::{JsonStr, Kind, RawJson, walk};

/// A text in the data of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataText<'a> {
    /// Data is JSON, and this is a string in it.
    InJson(JsonStr<'a>),
    /// Data is a string that is JSON itself. This is the part of it between the quotes of a string
    /// there, so that its text, decoded, is the other string with its escapes.
    InString(JsonStr<'a>),
}

impl DataText<'_> {
    /// How many bytes it has between the quotes of a JSON string, which is what `Display` writes.
    pub(super) fn json_len(self) -> usize {
        match self {
            Self::InJson(text) => text.raw().len(),
            Self::InString(text) => text.len_decoded(),
        }
    }
}

/// Writes it as it stands between the quotes of a JSON string.
impl fmt::Display for DataText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InJson(text) => f.write_str(text.raw()),
            Self::InString(text) => text.fmt(f),
        }
    }
}

/// Finds the texts of these names in data that is an object: for each name the first one. The
/// object may be JSON, text that is JSON, or the bytes of JSON.
pub(super) fn find<'a, const N: usize>(data: DataView<'a>, names: [&str; N]) -> [Option<DataText<'a>>; N] {
    match data {
        DataView::Json(json) if json.kind() == Kind::String => match json.reader().string() {
            Ok(text) => in_string(text, names),
            Err(_) => [None; N],
        },
        DataView::Json(json) => {
            strings(json, names).map(|found| found.map(|(_, text)| DataText::InJson(text)))
        }
        DataView::Bytes(bytes) => {
            let json = core::str::from_utf8(bytes).ok().and_then(|text| RawJson::parse(text).ok());
            json.map_or([None; N], |json| find(DataView::Json(json), names))
        }
        DataView::Absent | DataView::Base64(_) => [None; N],
    }
}

/// What Event Grid sends is a tenth of that.
#[cfg(not(feature = "alloc"))]
const MAX_LEN: usize = 4096;

fn in_string<'a, const N: usize>(text: JsonStr<'a>, names: [&str; N]) -> [Option<DataText<'a>>; N] {
    #[cfg(feature = "alloc")]
    let decoded = text.to_cow();
    #[cfg(feature = "alloc")]
    let decoded = &*decoded;
    #[cfg(not(feature = "alloc"))]
    let mut scratch = [0; MAX_LEN];
    #[cfg(not(feature = "alloc"))]
    let decoded = text.decode_into(&mut scratch).unwrap_or_default();

    // Its offsets are those of the whole text if it starts there.
    let json = decoded.trim_ascii_start();
    let skipped = decoded.len() - json.len();
    let Ok(json) = RawJson::parse(json) else { return [None; N] };
    strings(json, names).map(|found| {
        let (start, string) = found?;
        let start = skipped + start;
        Some(DataText::InString(text.part(start..start + string.raw().len())))
    })
}

/// The strings of these names in an object, each with the offset of its text.
fn strings<'a, const N: usize>(json: RawJson<'a>, names: [&str; N]) -> [Option<(usize, JsonStr<'a>)>; N] {
    let mut found = [None; N];
    if json.kind() != Kind::Object {
        return found;
    }
    let text = json.as_str();
    let bytes = text.as_bytes();
    let end = walk::object(bytes, 0, |name, at| {
        let end = walk::value(bytes, at, crate::json::MAX_DEPTH)?;
        // A name with half of a surrogate pair is none of these.
        let position = name.position(text, &names).unwrap_or_default();
        if let Some(slot @ None) = position.and_then(|position| found.get_mut(position)) {
            let value = RawJson::found(text.get(at..end).unwrap_or_default());
            *slot = value.reader().string().ok().map(|string| (at + 1, string));
        }
        Ok::<_, crate::json::JsonError>(end)
    });
    // It was read as JSON before, so it has an end.
    debug_assert!(end.is_ok(), "{end:?}");
    found
}
