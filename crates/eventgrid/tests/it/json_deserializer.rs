//! The deserializer against `serde_json`: the same values are read, and the same texts are refused.
#![cfg(feature = "serde")]

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::json_documents::{document, mutation};
use crate::json_zoo::{Zoo, zoo};
use eventgrid::json::{DeserializeError, JsonErrorKind, RawJson};
use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::{self, DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

fn from_str<'de, T: Deserialize<'de>>(text: &'de str, scratch: &mut [u8]) -> Result<T, DeserializeError> {
    RawJson::parse(text)?.deserialize_in(scratch)
}

/// Whether both read the same from `text`, or both refuse it.
fn compare<T: DeserializeOwned + PartialEq + Debug>(text: &str) -> Result<(), TestCaseError> {
    let ours = from_str::<T>(text, &mut vec![0; text.len()]);
    let theirs = serde_json::from_str::<T>(text);
    prop_assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "{:?} / {:?}: {:?}", ours, theirs, text);
    Ok(())
}

fn float() -> impl Strategy<Value = f64> + Clone {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

/// JSON of the value with every string escaped throughout.
fn escaped(value: &impl Serialize) -> String {
    let compact = serde_json::to_string(value).unwrap();
    let mut escaped = String::new();
    let mut within = false;
    let mut chars = compact.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                escaped.push(c);
                let kind = chars.next().unwrap();
                escaped.push(kind);
                if kind == 'u' {
                    escaped.extend(chars.by_ref().take(4));
                }
            }
            '"' => {
                within = !within;
                escaped.push(c);
            }
            // Numbers in keys do not count as numbers if they are escaped.
            c if within && !c.is_ascii_digit() && c != '-' => {
                escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn values_come_back(zoo in zoo(float())) {
        for text in [serde_json::to_string(&zoo).unwrap(), serde_json::to_string_pretty(&zoo).unwrap()] {
            let read = from_str::<Zoo>(&text, &mut vec![0; text.len()]);
            prop_assert_eq!(read.as_ref(), Ok(&zoo));
        }
    }

    #[test]
    fn values_come_back_through_escapes(zoo in zoo(float())) {
        // Keys that are booleans are words, and words have no escapes.
        prop_assume!(!serde_json::to_string(&zoo).unwrap().contains("booleans"));
        let text = escaped(&zoo);
        let read = from_str::<Zoo>(&text, &mut vec![0; text.len()]);
            prop_assert_eq!(read.as_ref(), Ok(&zoo));
    }

    #[test]
    fn changed_texts_are_read_or_refused_as_by_serde_json(
        zoo in zoo(float()),
        mutations in vec(mutation(), 1..16),
    ) {
        let text = serde_json::to_string(&zoo).unwrap();
        for mutation in &mutations {
            let mut changed = text.clone().into_bytes();
            mutation.apply(&mut changed);
            if let Ok(changed) = String::from_utf8(changed) {
                compare::<Zoo>(&changed)?;
            }
        }
    }

    #[test]
    fn any_document_is_any_value(document in document()) {
        compare::<Value>(&document)?;
        prop_assert!(from_str::<IgnoredAny>(&document, &mut []).is_ok());
    }

    #[test]
    fn any_document_is_taken_or_refused_by_types_as_by_serde_json(document in document()) {
        compare::<Zoo>(&document)?;
        compare::<bool>(&document)?;
        compare::<i8>(&document)?;
        compare::<u64>(&document)?;
        compare::<i128>(&document)?;
        compare::<u128>(&document)?;
        compare::<f32>(&document)?;
        compare::<f64>(&document)?;
        compare::<char>(&document)?;
        compare::<String>(&document)?;
        compare::<()>(&document)?;
        compare::<Option<i64>>(&document)?;
        compare::<(Value, Value)>(&document)?;
        compare::<Vec<Value>>(&document)?;
        compare::<BTreeMap<String, Value>>(&document)?;
    }

    #[test]
    fn numbers_are_read_as_by_serde_json(number in "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?") {
        compare::<f32>(&number)?;
        compare::<f64>(&number)?;
        compare::<i64>(&number)?;
        compare::<u64>(&number)?;
        compare::<i128>(&number)?;
        compare::<u128>(&number)?;
        compare::<Value>(&number)?;
    }

    #[test]
    fn keys_are_scalars_as_by_serde_json(
        key in prop_oneof![
            "[ +]?-?[0-9]{1,3}[ .e]?[0-9]?",
            "(true|false| true|true |t\\\\u0072ue)",
            "(One|Two|\\\\u004fne| One)",
        ],
    ) {
        let text = format!("{{\"{key}\":1}}");
        compare::<BTreeMap<u8, u8>>(&text)?;
        compare::<BTreeMap<i128, u8>>(&text)?;
        compare::<BTreeMap<u128, u8>>(&text)?;
        compare::<BTreeMap<bool, u8>>(&text)?;
        compare::<BTreeMap<Key, u8>>(&text)?;
        compare::<BTreeMap<Option<char>, u8>>(&text)?;
        compare::<BTreeMap<(), u8>>(&text)?;
        compare::<BTreeMap<Vec<u8>, u8>>(&text)?;
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Key {
    One,
    Two,
}

#[test]
fn strings_are_borrowed_if_they_have_no_escapes() {
    #[derive(Deserialize)]
    struct Borrowing<'a> {
        #[serde(borrow)]
        text: &'a str,
        bytes: &'a [u8],
        raw: &'a RawValue,
    }
    let text = String::from(r#"{"text":"h\u00e9"#).replace(r"\u00e9", "\u{e9}")
        + r#"llo","bytes":"abc","raw": [ "\u0061" ] }"#;
    let value: Borrowing<'_> = from_str(&text, &mut []).unwrap();
    assert_eq!((value.text, value.bytes, value.raw.get()), ("h\u{e9}llo", &b"abc"[..], r#"[ "\u0061" ]"#));
    let within = |part: &[u8]| text.as_bytes().as_ptr_range().contains(&part.as_ptr());
    assert!(within(value.text.as_bytes()) && within(value.bytes) && within(value.raw.get().as_bytes()));
    assert!(
        from_str::<&str>(r#""\u0061""#, &mut [0; 8]).is_err(),
        "decoded text is not there to be borrowed"
    );
    assert_eq!(from_str::<Box<RawValue>>(" [1 ] ", &mut []).unwrap().get(), "[1 ]");
}

#[test]
fn who_takes_bytes_alone_is_given_bytes() {
    #[derive(Debug, PartialEq)]
    struct Bytes(Vec<u8>);
    struct OfBytes;
    impl de::Visitor<'_> for OfBytes {
        type Value = Bytes;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
            Ok(Bytes(bytes.to_vec()))
        }
    }
    impl<'de> Deserialize<'de> for Bytes {
        fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_bytes(OfBytes)
        }
    }
    for (text, bytes) in [(r#""abc""#, "abc"), (r#""a\n\u00e9""#, "a\n\u{e9}")] {
        assert_eq!(from_str(text, &mut [0; 8]), Ok(Bytes(bytes.into())), "{text}");
    }
    assert!(from_str::<Bytes>("1", &mut []).is_err());
}

#[test]
fn scratch_room_for_the_longest_string_is_enough() {
    let text = r#"{"\u0061":"\u0062\u0063\u0064","plain text is not decoded":"\n"}"#;
    let map: BTreeMap<String, String> = from_str(text, &mut [0; 3]).unwrap();
    assert_eq!(map["a"], "bcd");
    assert_eq!(
        from_str::<BTreeMap<String, String>>(text, &mut [0; 2]),
        Err(DeserializeError::ScratchTooSmall { needed: 3 })
    );
    assert!(from_str::<IgnoredAny>(text, &mut []).is_ok(), "what is ignored is not decoded");
}

#[test]
fn values_are_nested_to_the_limit_and_not_beyond() {
    #[derive(Deserialize, Debug)]
    struct Nested(#[allow(dead_code)] Vec<Nested>);
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert!(from_str::<Nested>(&nested(128), &mut []).is_ok());
    let error = from_str::<Nested>(&nested(129), &mut []).unwrap_err();
    assert!(matches!(error, DeserializeError::Json(error) if error.kind() == JsonErrorKind::TooDeep));
    let error = from_str::<IgnoredAny>(&"[".repeat(1 << 20), &mut []).unwrap_err();
    assert!(matches!(error, DeserializeError::Json(error) if error.kind() == JsonErrorKind::TooDeep));
}

#[test]
fn an_error_tells_what_is_wrong_and_where() {
    let error = from_str::<Vec<u8>>("[1, 2, 256]", &mut []).unwrap_err();
    assert!(matches!(error, DeserializeError::Mismatch { offset: 10, .. }), "{error:?}");
    if cfg!(feature = "alloc") {
        assert_eq!(
            error.to_string(),
            "the value is not of the type expected at byte 10: invalid value: integer `256`, expected u8"
        );
    }
    let error = from_str::<Vec<u8>>("[1, 2", &mut []).unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "unexpected end of the text at byte 5");
    assert_eq!(
        from_str::<String>(r#""\u0061""#, &mut []).unwrap_err().to_string(),
        "the scratch buffer is too small for a string with escapes: lend 1 bytes or more"
    );
}
