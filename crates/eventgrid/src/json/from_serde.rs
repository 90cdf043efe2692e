//! Any format of `serde` into JSON text.

use alloc::string::String;
use core::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::Serializer as _;

use super::error::{Message, WriteError};
use super::json_text::JsonText;
use super::nesting::MAX_DEPTH;
use super::raw::RawJson;
use super::reader::Kind;
use super::writer::JsonWriter;

/// The text exactly as it came if the deserializer is `serde_json`'s over text and its feature
/// `raw_value` is on; otherwise the same value, written anew. The text is owned.
impl<'de> Deserialize<'de> for JsonText<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut failure = None;
        let written = JsonText::written_by(|out| {
            let value = Value { out, depth: 0 };
            // `serde_json` recognizes this name and passes the text of the value. Every other
            // deserializer passes the value.
            deserializer.deserialize_newtype_struct(SERDE_JSON_RAW_VALUE, value).map_err(|error| {
                failure = Some(error);
                WriteError::Custom(Message::new("the value cannot be read"))
            })
        });
        written.map_err(|error| failure.unwrap_or_else(|| D::Error::custom(error)))
    }
}

/// The names by which `serde_json` marks that the only member of a map is the text of a value.
const SERDE_JSON_RAW_VALUE: &str = "$serde_json::private::RawValue";
const SERDE_JSON_NUMBER: &str = "$serde_json::private::Number";

/// The next value, to be written.
struct Value<'x, 'w, 'b> {
    out: &'x mut JsonWriter<'w, 'b>,
    /// How many containers it is in.
    depth: usize,
}

impl<'w, 'b> Value<'_, 'w, 'b> {
    fn write<E: Error>(
        self,
        write: impl FnOnce(&mut JsonWriter<'w, 'b>) -> Result<(), WriteError>,
    ) -> Result<(), E> {
        write(self.out).map_err(E::custom)
    }

    /// A value within this one.
    fn inner(&mut self) -> Value<'_, 'w, 'b> {
        Value { out: self.out, depth: self.depth + 1 }
    }

    /// Before a container is opened: other deserializers than `serde_json`'s may go any depth.
    fn check_depth<E: Error>(&self) -> Result<(), E> {
        if self.depth < MAX_DEPTH { Ok(()) } else { Err(E::custom("the value is nested too deeply")) }
    }

    /// The only member of a map that `serde_json` has marked.
    fn verbatim<'de, A: MapAccess<'de>>(
        self,
        mut map: A,
        allowed: impl FnOnce(Kind) -> bool,
    ) -> Result<(), A::Error> {
        let text: String = map.next_value()?;
        let json = RawJson::parse(&text).map_err(A::Error::custom)?;
        if !allowed(json.kind()) {
            return Err(A::Error::custom("a number was expected"));
        }
        self.write(|out| out.raw(json))
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has")
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<(), E> {
        self.write(|out| out.boolean(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.write(|out| out.i64(number))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<(), E> {
        self.write(|out| out.serialize_i128(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.write(|out| out.u64(number))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<(), E> {
        self.write(|out| out.serialize_u128(number))
    }

    fn visit_f32<E: Error>(self, number: f32) -> Result<(), E> {
        finite(number.is_finite())?;
        self.write(|out| out.serialize_f32(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        finite(number.is_finite())?;
        self.write(|out| out.f64(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.write(|out| out.string(text))
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.write(JsonWriter::null)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut sequence: A) -> Result<(), A::Error> {
        self.check_depth()?;
        self.out.begin_array().map_err(A::Error::custom)?;
        while sequence.next_element_seed(self.inner())?.is_some() {}
        self.write(JsonWriter::end_array)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.check_depth()?;
        let mut key: Option<String> = map.next_key()?;
        match key.as_deref() {
            Some(SERDE_JSON_RAW_VALUE) => return self.verbatim(map, |_| true),
            Some(SERDE_JSON_NUMBER) => return self.verbatim(map, |kind| kind == Kind::Number),
            _ => {}
        }
        self.out.begin_object().map_err(A::Error::custom)?;
        while let Some(name) = key {
            self.out.member(&name).map_err(A::Error::custom)?;
            map.next_value_seed(self.inner())?;
            key = map.next_key()?;
        }
        self.write(JsonWriter::end_object)
    }
}

fn finite<E: Error>(is_finite: bool) -> Result<(), E> {
    if is_finite { Ok(()) } else { Err(E::custom("JSON has no infinite numbers and no NaN")) }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use serde::de::IntoDeserializer;
    use serde::de::value::{Error as ValueError, F64Deserializer, SeqDeserializer};

    use super::*;

    #[test]
    fn text_stays_as_it_came() {
        let text = r#"{ "a" : 1.0, "a":10000000000000000000000000000000000000000000, "\u0061" : "\ud800" }"#;
        let json: JsonText<'_> = serde_json::from_str(text).unwrap();
        assert_eq!(json.as_str(), text);
        let json: JsonText<'_> = serde_json::from_reader(text.as_bytes()).unwrap();
        assert_eq!(json.as_str(), text);
    }

    #[test]
    fn a_value_is_written_anew() {
        let value = serde_json::json!({"a": [1, -2, 0.5, null, true, "é\n"], "b": {}, "c": []});
        let json: JsonText<'_> = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(json.as_str(), value.to_string());
        let sequence = SeqDeserializer::<_, ValueError>::new([1_u8, 2].into_iter());
        assert_eq!(JsonText::deserialize(sequence).unwrap().as_str(), "[1,2]");
    }

    #[test]
    fn what_json_has_not_is_an_error() {
        let number: F64Deserializer<ValueError> = f64::NAN.into_deserializer();
        assert!(JsonText::deserialize(number).unwrap_err().to_string().contains("NaN"));
        let bytes = serde::de::value::BytesDeserializer::<ValueError>::new(b"x");
        assert!(JsonText::deserialize(bytes).unwrap_err().to_string().contains("a value that JSON has"));
    }

    /// A sequence in a sequence in a sequence, and so on.
    #[derive(Clone, Copy)]
    struct Nested(usize);

    impl<'de> Deserializer<'de> for Nested {
        type Error = ValueError;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            match self.0 {
                0 => visitor.visit_unit(),
                depth => visitor.visit_seq(SeqDeserializer::new(core::iter::once(Nested(depth - 1)))),
            }
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    impl IntoDeserializer<'_, ValueError> for Nested {
        type Deserializer = Self;

        fn into_deserializer(self) -> Self {
            self
        }
    }

    #[test]
    fn no_depth_exhausts_the_stack() {
        assert_eq!(JsonText::deserialize(Nested(MAX_DEPTH)).unwrap().as_str().len(), 2 * MAX_DEPTH + 4);
        for depth in [MAX_DEPTH + 1, 1_000_000] {
            assert!(JsonText::deserialize(Nested(depth)).unwrap_err().to_string().contains("too deeply"));
        }
    }

    #[test]
    fn a_forged_mark_makes_no_invalid_text() {
        for (forged, valid) in [
            (r#"{"$serde_json::private::RawValue":"[1]"}"#, true),
            (r#"{"$serde_json::private::RawValue":"[1"}"#, false),
            (r#"{"$serde_json::private::RawValue":[1]}"#, false),
            (r#"{"$serde_json::private::Number":"1e5"}"#, true),
            (r#"{"$serde_json::private::Number":"[1]"}"#, false),
        ] {
            // Of a `Content`, which is what such enumerations buffer, the mark cannot be told from
            // a member.
            let read = serde_json::from_str::<Buffered>(&alloc::format!(r#"{{"value":{forged}}}"#));
            assert_eq!(read.is_ok(), valid, "{forged}");
        }
    }

    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Buffered {
        #[allow(dead_code)]
        Value { value: JsonText<'static> },
    }
}
