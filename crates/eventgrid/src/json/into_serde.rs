//! JSON text into any format of `serde`.

use core::cell::RefCell;

use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::error::JsonError;
use super::json_text::JsonText;
use super::raw::{JsonNumber, RawJson};
use super::reader::{Kind, Reader};
use super::string::JsonStr;

/// As the value it is, so that it becomes the same value in any format. Whole numbers stay exact or
/// are an error, those with a point or an exponent become the closest `f64`.
impl Serialize for RawJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value(&RefCell::new(self.reader())).serialize(serializer)
    }
}

/// As [`RawJson`].
impl Serialize for JsonText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_raw().serialize(serializer)
    }
}

/// As text.
impl Serialize for JsonStr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.as_str() {
            Some(text) => serializer.serialize_str(text),
            None => serializer.collect_str(self),
        }
    }
}

/// The value that the reader stands at. All values share the reader, since each is serialized where
/// it stands.
struct Value<'r, 'a>(&'r RefCell<Reader<'a>>);

impl<'a> Value<'_, 'a> {
    fn read<T, E: Error>(&self, read: impl FnOnce(&mut Reader<'a>) -> Result<T, JsonError>) -> Result<T, E> {
        read(&mut self.0.borrow_mut()).map_err(E::custom)
    }
}

impl Serialize for Value<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.read(Reader::kind)? {
            Kind::Object => {
                self.read(Reader::begin_object)?;
                let mut map = serializer.serialize_map(None)?;
                while let Some(name) = self.read(Reader::next_member)? {
                    map.serialize_entry(&name, self)?;
                }
                map.end()
            }
            Kind::Array => {
                self.read(Reader::begin_array)?;
                let mut sequence = serializer.serialize_seq(None)?;
                while self.read(Reader::next_element)? {
                    sequence.serialize_element(self)?;
                }
                sequence.end()
            }
            Kind::String => self.read(Reader::string)?.serialize(serializer),
            Kind::Number => serialize_number(self.read(Reader::number)?, serializer),
            Kind::Boolean => serializer.serialize_bool(self.read(Reader::boolean)?),
            Kind::Null => {
                self.read(Reader::null)?;
                serializer.serialize_unit()
            }
        }
    }
}

fn serialize_number<S: Serializer>(number: JsonNumber<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = number.as_str();
    // There is no negative zero among the whole numbers.
    if text == "-0" || text.contains(['.', 'e', 'E']) {
        return match number.as_f64() {
            Some(number) => serializer.serialize_f64(number),
            None => Err(S::Error::custom("a number is out of range")),
        };
    }
    if let Some(number) = number.as_u64() {
        serializer.serialize_u64(number)
    } else if let Some(number) = number.as_i64() {
        serializer.serialize_i64(number)
    } else if let Ok(number) = text.parse::<u128>() {
        serializer.serialize_u128(number)
    } else if let Ok(number) = text.parse::<i128>() {
        serializer.serialize_i128(number)
    } else {
        Err(S::Error::custom("a whole number has more than 128 bits"))
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::string::String;

    use super::*;

    fn through_serde_json(text: &str) -> Result<String, serde_json::Error> {
        serde_json::to_string(&RawJson::parse(text).unwrap())
    }

    #[test]
    fn a_value_stays_what_it_is() {
        for text in [
            r#"{"a":[1,[],{},null,true,false],"":"\"\\\n\u0001é😀"}"#,
            "18446744073709551615",
            "-9223372036854775808",
            "340282366920938463463374607431768211455",
            "-170141183460469231731687303715884105728",
            "0.1",
            "-0.0",
            "1e-7",
        ] {
            assert_eq!(through_serde_json(text).unwrap(), text);
            if !text.contains("e38") && text.len() < 30 {
                let value: serde_json::Value = serde_json::from_str(text).unwrap();
                assert_eq!(serde_json::to_value(RawJson::parse(text).unwrap()).unwrap(), value);
            }
        }
        assert_eq!(through_serde_json(r#" { "\u0061" : "\u00e9\/" } "#).unwrap(), r#"{"a":"é/"}"#);
        assert_eq!(through_serde_json("-0").unwrap(), "-0.0");
    }

    #[test]
    fn what_would_change_is_an_error() {
        for text in ["1e999", "340282366920938463463374607431768211456", r#""\ud800""#] {
            assert!(through_serde_json(text).is_err(), "{text}");
        }
    }
}
