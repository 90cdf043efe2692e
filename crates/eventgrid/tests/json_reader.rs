//! The reader against `serde_json`: the same texts are accepted, and the same values are read from them.

mod json_documents;

use eventgrid::json::{JsonError, JsonErrorKind, Kind, RawJson, Reader};
use json_documents::{document, mutation};
use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

/// Reads the next value with one call for each of its parts.
fn walk(reader: &mut Reader<'_>) -> Result<Value, JsonError> {
    Ok(match reader.kind()? {
        Kind::Object => {
            reader.begin_object()?;
            let mut members = Map::new();
            while let Some(name) = reader.next_member()? {
                members.insert(name.to_string(), walk(reader)?);
            }
            Value::Object(members)
        }
        Kind::Array => {
            reader.begin_array()?;
            let mut elements = Vec::new();
            while reader.next_element()? {
                elements.push(walk(reader)?);
            }
            Value::Array(elements)
        }
        Kind::String => Value::String(reader.string()?.chars().collect()),
        Kind::Number => {
            let number = reader.number()?;
            if let Some(number) = number.as_u64() {
                number.into()
            } else if let Some(number) = number.as_i64().filter(|&number| number != 0) {
                number.into()
            } else {
                // Beyond the range of f64 there is no `Number`; `Value` is no oracle there.
                number.as_f64().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
            }
        }
        Kind::Boolean => reader.boolean()?.into(),
        Kind::Null => {
            reader.null()?;
            Value::Null
        }
    })
}

fn read(bytes: &[u8]) -> Result<RawJson<'_>, JsonError> {
    let mut reader = Reader::from_bytes(bytes)?;
    let value = reader.value()?;
    reader.end()?;
    Ok(value)
}

fn read_in_parts(bytes: &[u8]) -> Result<Value, JsonError> {
    let mut reader = Reader::from_bytes(bytes)?;
    let value = walk(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Compares everything that can be compared for one text.
fn compare(bytes: &[u8]) -> Result<(), TestCaseError> {
    let ours = read(bytes);
    let raw = serde_json::from_slice::<&RawValue>(bytes);
    prop_assert_eq!(
        ours.ok().map(RawJson::as_str),
        raw.ok().map(RawValue::get),
        "ours: {:?} of {:?}",
        ours,
        String::from_utf8_lossy(bytes)
    );

    let in_parts = read_in_parts(bytes);
    match (ours, &in_parts) {
        // Only in parts are strings decoded.
        (Ok(_), Err(error)) => prop_assert_eq!(error.kind(), JsonErrorKind::LoneSurrogate),
        (Err(error), Err(in_parts)) if in_parts.kind() == JsonErrorKind::LoneSurrogate => {
            prop_assert!(
                in_parts.offset() < error.offset() || error.kind() == JsonErrorKind::TrailingCharacters
            );
        }
        (Err(error), _) => prop_assert_eq!(in_parts.as_ref().err(), Some(&error)),
        (Ok(_), Ok(_)) => {}
    }

    // Whatever `serde_json` makes a `Value` of, so do we.
    if let Ok(expected) = serde_json::from_slice::<Value>(bytes) {
        prop_assert_eq!(in_parts, Ok(expected));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn valid_documents_are_read(document in document()) {
        prop_assert!(read(document.as_bytes()).is_ok());
        compare(document.as_bytes())?;
    }

    #[test]
    fn changed_documents_are_accepted_or_not_as_by_serde_json(
        document in document(),
        mutations in vec(mutation(), 1..24),
    ) {
        for mutation in &mutations {
            let mut changed = document.clone().into_bytes();
            mutation.apply(&mut changed);
            compare(&changed)?;
        }
        let mut changed = document.into_bytes();
        for mutation in &mutations {
            mutation.apply(&mut changed);
            compare(&changed)?;
        }
    }

    #[test]
    fn a_document_cut_off_anywhere_ends_unexpectedly(document in document()) {
        let text = document.trim_matches([' ', '\t', '\n', '\r']);
        prop_assume!(text.starts_with(['{', '[', '"']));
        for (end, _) in text.char_indices() {
            for cut in [read(&text.as_bytes()[..end]).map(drop), read_in_parts(&text.as_bytes()[..end]).map(drop)] {
                let error = cut.unwrap_err();
                match error.kind() {
                    JsonErrorKind::UnexpectedEnd => prop_assert_eq!(error.offset(), end),
                    // It is known to be alone only as the reader comes to it.
                    JsonErrorKind::LoneSurrogate => prop_assert!(error.offset() < end),
                    other => prop_assert!(false, "{other:?} in {:?}", &text[..end]),
                }
            }
        }
    }

    #[test]
    fn a_string_decodes_the_same_by_every_way(text in json_documents::string()) {
        let mut reader = Reader::new(&text);
        let ours = reader.string().ok();
        let expected = serde_json::from_str::<String>(&text).ok();
        prop_assert_eq!(ours.is_some(), expected.is_some());
        if let (Some(ours), Some(expected)) = (ours, expected) {
            prop_assert_eq!(ours, expected.as_str());
            prop_assert_eq!(ours.raw(), &text[1..text.len() - 1]);
            prop_assert_eq!(ours.to_string(), expected.as_str());
            prop_assert_eq!(ours.len_decoded(), expected.len());
            prop_assert_eq!(ours.is_empty(), expected.is_empty());
            let mut scratch = vec![0; expected.len()];
            prop_assert_eq!(ours.decode_into(&mut scratch), Ok(expected.as_str()));
            if !expected.is_empty() {
                prop_assert!(ours.decode_into(&mut scratch[1..]).is_err());
            }
            if let Some(plain) = ours.as_str() {
                prop_assert_eq!(plain, expected);
            }
        }
    }

    #[test]
    fn any_bytes_at_all_are_survived(bytes in vec(any::<u8>(), 0..64)) {
        compare(&bytes)?;
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_counted() {
    let mut reader = Reader::from_bytes(b"\xef\xbb\xbf [1]").unwrap();
    assert_eq!(reader.value().unwrap().as_str(), "[1]");
    assert_eq!(reader.offset(), 7);
    assert_eq!(read(b"\xef\xbb\xbf").unwrap_err().kind(), JsonErrorKind::UnexpectedEnd);
    assert!(read(b"\xef\xbb\xbf\xef\xbb\xbf1").is_err(), "one is enough");
}

#[test]
fn text_that_is_not_utf8_is_refused_where_it_is() {
    for (bytes, offset) in [(&b"\"ab\xff\""[..], 3), (b"\"\xc3", 1), (b"1\x80", 1), (b"\"\xed\xa0\x80\"", 1)]
    {
        let error = Reader::from_bytes(bytes).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (JsonErrorKind::NotUtf8, offset));
    }
}

#[test]
fn the_oracle_reads_as_deep_as_we_do() {
    // `serde_json` stops one level earlier unless it is told otherwise.
    let text = "[".repeat(128) + &"]".repeat(128);
    let mut oracle = serde_json::Deserializer::from_str(&text);
    oracle.disable_recursion_limit();
    assert_eq!(read_in_parts(text.as_bytes()), Ok(Value::deserialize(&mut oracle).unwrap()));
}
