//! What `serde_json` makes of a text, and whether the reader agrees.
//!
//! | aspect | oracle | where we differ, and why we are right |
//! |---|---|---|
//! | acceptance | `&RawValue`, which checks only the grammar | a byte order mark is skipped, as RFC 8259 allows; text that is nested deeper than [`MAX_DEPTH`] is refused, because our depth is bounded on devices |
//! | depth | brackets, counted outside of strings | `RawValue` has no limit and `Value` one of 127: neither is asked |
//! | values | the text of each `RawValue` within, read as the requested type | `-0` is also the integer 0; `serde_json` makes it only a float |
//! | `1e999` | `f64` of `serde_json`, which refuses it | none: the number can be read as text, and `as_f64` is `None` |
//! | decoded text | `String` of `serde_json` | none: both refuse halves of surrogate pairs as soon as they are decoded, while the whole value passes, as with `RawValue` |
//! | duplicates | the members one by one, in order | `Value` keeps the last one of a name; the reader shows all, since only its caller knows which one counts |

use eventgrid::json::{JsonError, JsonErrorKind, JsonNumber, JsonStr, Kind, MAX_DEPTH, RawJson, Reader};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Compares everything that can be compared for one text.
pub(crate) fn compare(bytes: &[u8]) {
    let theirs = serde_json::from_slice::<&RawValue>(without_mark(bytes));
    let ours = whole(bytes);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(ours.as_str(), theirs.get());
            assert!(depth(theirs.get()) <= MAX_DEPTH, "too deep");
            in_step(&mut Reader::from_bytes(bytes).unwrap(), theirs).ok();
        }
        (Err(error), Ok(theirs)) => {
            assert_eq!(error.kind(), JsonErrorKind::TooDeep, "{theirs}");
            assert!(depth(theirs.get()) > MAX_DEPTH, "not too deep: {theirs}");
            let skipped = Reader::from_bytes(bytes).unwrap().skip_too_deep().unwrap();
            assert_eq!(skipped.as_str(), theirs.get());
        }
        (Err(error), Err(_)) => assert!(error.offset() <= bytes.len()),
        (Ok(ours), Err(error)) => panic!("{ours} was accepted: {error}"),
    }
    read_in_parts_as_well_as_whole(bytes, ours);
}

/// Reads a text as one value.
pub(crate) fn whole(bytes: &[u8]) -> Result<RawJson<'_>, JsonError> {
    let mut reader = Reader::from_bytes(bytes)?;
    let value = reader.value()?;
    reader.end()?;
    Ok(value)
}

/// Reads a text with one call for each of its parts.
pub(crate) fn in_parts(bytes: &[u8]) -> Result<(), JsonError> {
    let mut reader = Reader::from_bytes(bytes)?;
    walk(&mut reader)?;
    reader.end()
}

/// How deep arrays and objects are nested.
pub(crate) fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut quoted) = (0_usize, 0, false);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => drop(characters.next()),
            '[' | '{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The members of an object in order, and whether these are all: a name with half of a surrogate
/// pair ends them.
pub(crate) fn members(object: &RawValue) -> (Vec<(String, &RawValue)>, bool) {
    members_by(object)
}

/// The same, with names of any type: one of another type ends them.
pub(crate) fn members_by<'o, N: Deserialize<'o>>(object: &'o RawValue) -> (Vec<(N, &'o RawValue)>, bool) {
    struct Members<'o, 'm, N>(&'m mut Vec<(N, &'o RawValue)>);

    impl<'o, N: Deserialize<'o>> DeserializeSeed<'o> for Members<'o, '_, N> {
        type Value = ();

        fn deserialize<D: Deserializer<'o>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_map(self)
        }
    }

    impl<'o, N: Deserialize<'o>> Visitor<'o> for Members<'o, '_, N> {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'o>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(member) = map.next_entry()? {
                self.0.push(member);
            }
            Ok(())
        }
    }

    let mut members = Vec::new();
    let all =
        Members(&mut members).deserialize(&mut serde_json::Deserializer::from_str(object.get())).is_ok();
    (members, all)
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

fn walk(reader: &mut Reader<'_>) -> Result<(), JsonError> {
    match reader.kind()? {
        Kind::Object => {
            reader.begin_object()?;
            while reader.next_member()?.is_some() {
                walk(reader)?;
            }
            Ok(())
        }
        Kind::Array => {
            reader.begin_array()?;
            while reader.next_element()? {
                walk(reader)?;
            }
            Ok(())
        }
        Kind::String => reader.string().map(drop),
        Kind::Number => reader.number().map(drop),
        Kind::Boolean => reader.boolean().map(drop),
        Kind::Null => reader.null(),
    }
}

/// Only in parts are strings decoded; else both ways of reading come to the same.
fn read_in_parts_as_well_as_whole(bytes: &[u8], whole: Result<RawJson<'_>, JsonError>) {
    match (whole, in_parts(bytes)) {
        (Ok(_), Ok(())) => {}
        (Ok(_), Err(in_parts)) => assert_eq!(in_parts.kind(), JsonErrorKind::LoneSurrogate),
        (Err(whole), Err(in_parts)) if in_parts.kind() == JsonErrorKind::LoneSurrogate => {
            let earlier = in_parts.offset() < whole.offset();
            assert!(earlier || whole.kind() == JsonErrorKind::TrailingCharacters, "{whole}, {in_parts}");
        }
        (Err(whole), in_parts) => assert_eq!(in_parts, Err(whole)),
    }
}

/// Reads a value side by side with the oracle. Fails, as the oracle does, where a string cannot be
/// decoded.
fn in_step(reader: &mut Reader<'_>, theirs: &RawValue) -> Result<(), JsonError> {
    match reader.kind().unwrap() {
        Kind::Object => {
            reader.begin_object().unwrap();
            let (members, all) = members(theirs);
            for (name, value) in members {
                same_text(reader.next_member().unwrap().unwrap(), &name);
                in_step(reader, value)?;
            }
            let end = reader.next_member();
            assert_eq!(end.is_ok_and(|name| name.is_none()), all, "{theirs}");
            end.map(drop)
        }
        Kind::Array => {
            reader.begin_array().unwrap();
            for element in serde_json::from_str::<Vec<&RawValue>>(theirs.get()).unwrap() {
                assert_eq!(reader.next_element(), Ok(true));
                in_step(reader, element)?;
            }
            assert_eq!(reader.next_element(), Ok(false));
            Ok(())
        }
        Kind::String => {
            let ours = reader.string();
            let theirs = serde_json::from_str::<String>(theirs.get());
            assert_eq!(ours.is_ok(), theirs.is_ok(), "{ours:?}, {theirs:?}");
            same_text(ours?, &theirs.unwrap());
            Ok(())
        }
        Kind::Number => {
            same_number(reader.number().unwrap(), theirs.get());
            Ok(())
        }
        Kind::Boolean => {
            assert_eq!(reader.boolean().unwrap().to_string(), theirs.get());
            Ok(())
        }
        Kind::Null => {
            reader.null().unwrap();
            assert_eq!(theirs.get(), "null");
            Ok(())
        }
    }
}

/// A string decodes the same by every way.
pub(crate) fn same_text(ours: JsonStr<'_>, expected: &str) {
    assert_eq!(ours, expected);
    assert_eq!(ours.to_string(), expected);
    assert!(ours.chars().eq(expected.chars()));
    assert_eq!(ours.len_decoded(), expected.len());
    assert_eq!(ours.is_empty(), expected.is_empty());
    assert!(ours.as_str().is_none_or(|plain| plain == expected));
    let mut scratch = vec![0; expected.len()];
    assert_eq!(ours.decode_into(&mut scratch), Ok(expected));
    if !expected.is_empty() {
        assert!(ours.decode_into(&mut scratch[1..]).is_err());
    }
}

fn same_number(ours: JsonNumber<'_>, text: &str) {
    assert_eq!(ours.as_str(), text);
    let minus_zero = (text == "-0").then_some(0);
    assert_eq!(ours.as_i64(), minus_zero.or(serde_json::from_str(text).ok()), "{text}");
    assert_eq!(ours.as_i32(), ours.as_i64().and_then(|number| number.try_into().ok()), "{text}");
    assert_eq!(ours.as_u64(), serde_json::from_str(text).ok(), "{text}");
    assert_eq!(ours.as_u32(), ours.as_u64().and_then(|number| number.try_into().ok()), "{text}");
    let float = serde_json::from_str(text).ok().map(f64::to_bits);
    assert_eq!(ours.as_f64().map(f64::to_bits), float, "{text}");
}
