//! The serializer against `serde_json`: the same bytes come out.
#![cfg(feature = "serde")]

use std::collections::BTreeMap;

use crate::json_zoo::{text, zoo};
use eventgrid::Buf;
use eventgrid::json::{JsonWriter, WriteError, WriteJson};
use proptest::prelude::*;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

fn written<T: Serialize + ?Sized>(value: &T) -> Result<String, WriteError> {
    let mut counting = Buf::counting();
    value.write_json(&mut JsonWriter::new(&mut counting))?;
    let len = counting.len();
    let mut storage = vec![0; len];
    let mut buf = Buf::new(&mut storage);
    value.write_json(&mut JsonWriter::new(&mut buf))?;
    assert_eq!(buf.len(), len, "counting tells the length");
    Ok(String::from_utf8(storage).unwrap())
}

/// Numbers that are written alike everywhere.
fn plain_float() -> impl Strategy<Value = f64> + Clone {
    any::<i16>().prop_map(|number| f64::from(number) / 4.0)
}

fn any_float() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![
        proptest::num::f64::ANY,
        plain_float(),
        any::<i64>().prop_map(|number| {
            #[allow(clippy::cast_precision_loss)]
            let number = number as f64;
            number
        })
    ]
}

/// Reads the numbers of the members `single` as `f32`, which they were. Some have two shortest
/// texts, such as 1474026.2 and 1474026.3 for 1474026.25, and as `f64` these are not the same.
fn with_singles(mut value: Value) -> Value {
    #[allow(clippy::cast_possible_truncation)]
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members {
                *member = match member.as_f64() {
                    Some(number) if name == "single" => Value::from(number as f32),
                    _ => with_singles(member.take()),
                };
            }
        }
        Value::Array(elements) => {
            for element in elements {
                *element = with_singles(element.take());
            }
        }
        _ => {}
    }
    value
}

#[test]
fn a_single_may_be_written_by_either_of_its_shortest_texts() {
    let read = |text| with_singles(serde_json::from_str(text).unwrap());
    assert_eq!(read(r#"[{"single":-1474026.3}]"#), read(r#"[{"single":-1474026.2}]"#));
    assert_ne!(read(r#"[{"single":-1474026.3}]"#), read(r#"[{"single":-1474026.4}]"#));
    let number = -5_896_105.0_f32 / 4.0;
    assert_eq!(written(&number).unwrap().parse(), Ok(number));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_what_serde_json_writes(
        zoo in zoo(if cfg!(feature = "std") { any_float().boxed() } else { plain_float().boxed() })
    ) {
        prop_assert_eq!(written(&zoo), Ok(serde_json::to_string(&zoo).unwrap()));
    }

    #[test]
    fn floating_point_numbers_are_read_back_as_they_were(zoo in zoo(any_float())) {
        let ours: Value = serde_json::from_str(&written(&zoo).unwrap()).unwrap();
        let theirs: Value = serde_json::from_str(&serde_json::to_string(&zoo).unwrap()).unwrap();
        prop_assert_eq!(with_singles(ours), with_singles(theirs));
    }

    #[test]
    fn a_float_stays_the_same_float(number in any_float(), single in proptest::num::f32::ANY) {
        let text = written(&number).unwrap();
        if number.is_finite() {
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits());
            prop_assert!(text.contains(['.', 'e']), "{}", text);
        } else {
            prop_assert_eq!(text, "null");
        }
        let text = written(&single).unwrap();
        if single.is_finite() {
            prop_assert_eq!(text.parse::<f32>().unwrap().to_bits(), single.to_bits());
            prop_assert!(text.contains(['.', 'e']), "{}", text);
        } else {
            prop_assert_eq!(text, "null");
        }
    }

    #[test]
    fn strings_are_escaped_as_by_serde_json(text in text()) {
        let expected = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(written(&text), Ok(expected.clone()));
        let mut storage = vec![0; expected.len()];
        let mut buf = Buf::new(&mut storage);
        JsonWriter::new(&mut buf).display(&text).unwrap();
        prop_assert_eq!(buf.filled(), expected.as_bytes());
    }

    #[test]
    fn whatever_does_not_fit_is_full(zoo in zoo(plain_float()), missing in any::<prop::sample::Index>()) {
        let len = serde_json::to_string(&zoo).unwrap().len();
        let mut storage = vec![0; missing.index(len)];
        let mut buf = Buf::new(&mut storage);
        prop_assert_eq!(zoo.write_json(&mut JsonWriter::new(&mut buf)), Err(WriteError::Full));
    }
}

#[test]
fn maps_with_keys_that_are_no_names_are_refused() {
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    enum Key {
        Unit,
        Newtype(u8),
        Struct { field: u8 },
    }
    let refused = |result| assert_eq!(result, Err(WriteError::KeyNotString));
    refused(written(&BTreeMap::from([((), 1)])));
    refused(written(&BTreeMap::from([([1, 2], 1)])));
    refused(written(&BTreeMap::from([(vec![1], 1)])));
    refused(written(&BTreeMap::from([(None::<u8>, 1)])));
    refused(written(&BTreeMap::from([(Key::Newtype(1), 1)])));
    refused(written(&BTreeMap::from([(Key::Struct { field: 1 }, 1)])));
    refused(written(&BTreeMap::from([(BTreeMap::from([(1, 1)]), 1)])));
    assert_eq!(written(&BTreeMap::from([(Key::Unit, 1)])).unwrap(), r#"{"Unit":1}"#);
}

#[test]
fn floats_can_be_keys_as_long_as_they_are_finite() {
    struct Pair(f64, f32);
    impl Serialize for Pair {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeMap;
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry(&self.0, "double")?;
            map.serialize_entry(&self.1, "single")?;
            map.end()
        }
    }
    assert_eq!(written(&Pair(0.5, 0.1)).unwrap(), serde_json::to_string(&Pair(0.5, 0.1)).unwrap());
    assert_eq!(written(&Pair(f64::NAN, 0.1)), Err(WriteError::KeyNotString));
    assert_eq!(written(&Pair(0.5, f32::INFINITY)), Err(WriteError::KeyNotString));
}

#[test]
fn raw_values_of_serde_json_are_written_as_they_are() {
    let raw: Box<RawValue> = serde_json::from_str(r#"{ "a" : [1.0, "\u0061"] }"#).unwrap();
    assert_eq!(written(&[&raw]).unwrap(), r#"[{ "a" : [1.0, "\u0061"] }]"#);
}

#[test]
fn texts_that_pose_as_raw_values_are_checked() {
    #[derive(Serialize)]
    #[serde(rename = "$serde_json::private::RawValue")]
    struct Posing<T> {
        value: T,
    }
    assert!(matches!(written(&Posing { value: "1,2" }), Err(WriteError::Custom(_))));
    assert!(written(&Posing { value: [1] }).is_err());
    assert_eq!(written(&Posing { value: "[1]" }).unwrap(), "[1]");
    assert_eq!(written(&Posing { value: 7 }).unwrap(), "7");
}

#[test]
fn what_a_value_says_about_its_failure_is_told() {
    struct Failing;
    impl Serialize for Failing {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no reading yet"))
        }
    }
    let error = written(&Failing).unwrap_err();
    assert!(matches!(error, WriteError::Custom(_)));
    if cfg!(feature = "alloc") {
        assert_eq!(error.to_string(), "the value cannot be written as JSON: no reading yet");
    }
}
