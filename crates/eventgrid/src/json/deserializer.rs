//! Any `serde::Deserialize`, straight from JSON text.

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::deserialize_error::DeserializeError;
use super::key_deserializer::KeyDeserializer;
use super::raw::JsonNumber;
use super::reader::{Kind, Reader};
use super::visit::{
    Decoded, decoded, visit_f32, visit_i128, visit_integer, visit_number, visit_string, visit_u128,
};

/// Reads a value of any type from JSON text: what
/// [`RawJson::deserialize_in`](super::RawJson::deserialize_in) does, for text that nobody has
/// checked.
pub(super) fn from_str<'de, T: Deserialize<'de>>(
    text: &'de str,
    scratch: &mut [u8],
) -> Result<T, DeserializeError> {
    let mut deserializer = Deserializer { reader: Reader::new(text), scratch };
    let value = T::deserialize(&mut deserializer).map_err(|error| error.at(deserializer.reader.offset()))?;
    deserializer.reader.end()?;
    Ok(value)
}

/// What a type is deserialized from.
struct Deserializer<'de, 's> {
    reader: Reader<'de>,
    scratch: &'s mut [u8],
}

impl<'de> Deserializer<'de, '_> {
    fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.reader.begin_array()?;
        let mut elements = Within { deserializer: self, ended: false };
        let value = visitor.visit_seq(&mut elements)?;
        if !elements.ended && self.reader.next_element()? {
            return Err(de::Error::custom("more elements than expected"));
        }
        Ok(value)
    }

    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.reader.begin_object()?;
        let mut members = Within { deserializer: self, ended: false };
        let value = visitor.visit_map(&mut members)?;
        if !members.ended && self.reader.next_member()?.is_some() {
            return Err(de::Error::custom("more members than expected"));
        }
        Ok(value)
    }

    /// A value of any type, which the visitor takes or refuses. A number is visited by
    /// `visit_number`.
    fn value<V: Visitor<'de>>(
        &mut self,
        visitor: V,
        visit_number: impl FnOnce(JsonNumber<'de>, V) -> Result<V::Value, DeserializeError>,
    ) -> Result<V::Value, DeserializeError> {
        match self.reader.kind()? {
            Kind::Object => self.object(visitor),
            Kind::Array => self.array(visitor),
            Kind::String => visit_string(self.reader.string()?, self.scratch, visitor),
            Kind::Number => visit_number(self.reader.number()?, visitor),
            Kind::Boolean => visitor.visit_bool(self.reader.boolean()?),
            Kind::Null => {
                self.reader.null()?;
                visitor.visit_unit()
            }
        }
    }
}

/// For types that take no fraction: what parses one is 20 kB of flash, which a program whose types
/// have none does not link.
macro_rules! without_fractions {
    ($($method:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $type,)*
            visitor: V,
        ) -> Result<V::Value, DeserializeError> {
            self.value(visitor, visit_integer)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for &mut Deserializer<'de, '_> {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.value(visitor, visit_number)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.value(visitor, visit_number)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.value(visitor, visit_f32)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.value(visitor, visit_i128)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.value(visitor, visit_u128)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.reader.kind()? {
            Kind::String => match decoded(self.reader.string()?, self.scratch)? {
                Decoded::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
                Decoded::Scratch(text) => visitor.visit_bytes(text.as_bytes()),
            },
            _ => self.value(visitor, visit_integer),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        if self.reader.kind()? == Kind::Null {
            self.reader.null()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        if name == SERDE_JSON_RAW_VALUE {
            let text = self.reader.value()?.as_str();
            let member = (BorrowedStrDeserializer::new(name), BorrowedStrDeserializer::new(text));
            return visitor.visit_map(MapDeserializer::new(core::iter::once(member)));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        match self.reader.kind()? {
            Kind::String => {
                let key = self.reader.string()?;
                KeyDeserializer { key, scratch: self.scratch }.deserialize_enum(name, variants, visitor)
            }
            Kind::Object => {
                self.reader.begin_object()?;
                let value = visitor.visit_enum(Variant { deserializer: self })?;
                match self.reader.next_member()? {
                    None => Ok(value),
                    Some(_) => Err(de::Error::custom("an enum with more than one variant")),
                }
            }
            _ => Err(de::Error::custom("an enum must be a string or an object")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.reader.value()?;
        visitor.visit_unit()
    }

    without_fractions! {
        deserialize_bool()
        deserialize_i8()
        deserialize_i16()
        deserialize_i32()
        deserialize_i64()
        deserialize_u8()
        deserialize_u16()
        deserialize_u32()
        deserialize_u64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_unit()
        deserialize_unit_struct(_name: &'static str)
        deserialize_seq()
        deserialize_tuple(_len: usize)
        deserialize_tuple_struct(_name: &'static str, _len: usize)
        deserialize_map()
        deserialize_struct(_name: &'static str, _fields: &'static [&'static str])
        deserialize_identifier()
    }
}

/// The name by which `serde_json` asks for the text of a value.
const SERDE_JSON_RAW_VALUE: &str = "$serde_json::private::RawValue";

/// What is within an array or object, as far as the visitor wants to go.
struct Within<'x, 'de, 's> {
    deserializer: &'x mut Deserializer<'de, 's>,
    /// Whether the closing bracket is behind.
    ended: bool,
}

impl<'de> SeqAccess<'de> for Within<'_, 'de, '_> {
    type Error = DeserializeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DeserializeError> {
        if self.ended || !self.deserializer.reader.next_element()? {
            self.ended = true;
            return Ok(None);
        }
        seed.deserialize(&mut *self.deserializer).map(Some)
    }
}

impl<'de> MapAccess<'de> for Within<'_, 'de, '_> {
    type Error = DeserializeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DeserializeError> {
        if self.ended {
            return Ok(None);
        }
        let Some(key) = self.deserializer.reader.next_member()? else {
            self.ended = true;
            return Ok(None);
        };
        seed.deserialize(KeyDeserializer { key, scratch: self.deserializer.scratch }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DeserializeError> {
        seed.deserialize(&mut *self.deserializer)
    }
}

/// An enum in the form `{"Variant": value}`, behind its opening brace.
struct Variant<'x, 'de, 's> {
    deserializer: &'x mut Deserializer<'de, 's>,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de, '_> {
    type Error = DeserializeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), DeserializeError> {
        let Some(key) = self.deserializer.reader.next_member()? else {
            return Err(de::Error::custom("an enum without a variant"));
        };
        let variant = seed.deserialize(KeyDeserializer { key, scratch: self.deserializer.scratch })?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de, '_> {
    type Error = DeserializeError;

    fn unit_variant(self) -> Result<(), DeserializeError> {
        Deserialize::deserialize(self.deserializer)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, DeserializeError> {
        seed.deserialize(self.deserializer)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, DeserializeError> {
        self.deserializer.value(visitor, visit_integer)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        self.deserializer.value(visitor, visit_integer)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::json::JsonErrorKind;

    #[derive(Deserialize, Debug, PartialEq)]
    enum Command<'a> {
        Stop,
        Wait(u8),
        Say {
            #[serde(borrow)]
            text: &'a str,
        },
        Move(i8, i8),
    }

    #[test]
    fn enums_are_read_in_all_their_forms() {
        let text = r#"["Stop", {"Stop": null}, {"Wait": 3}, {"Say": {"text": "hi"}}]"#;
        let commands: [Command<'_>; 4] = from_str(text, &mut []).unwrap();
        assert_eq!(commands, [Command::Stop, Command::Stop, Command::Wait(3), Command::Say { text: "hi" }]);
        assert_eq!(from_str(r#"{"M\u006fve":[-1,2]}"#, &mut [0; 8]), Ok(Command::Move(-1, 2)));
        for text in [r#""Wait""#, "{}", "1", r#"{"Stop":null,"Wait":3}"#, r#""Unknown""#, r#"{"Move":[1]}"#] {
            assert!(from_str::<Command<'_>>(text, &mut []).is_err(), "{text}");
        }
    }

    #[test]
    fn strings_with_escapes_need_scratch_room() {
        #[derive(Deserialize, Debug, PartialEq)]
        struct Named {
            name: char,
        }
        let text = r#"{"name": "\u00e9"}"#;
        assert_eq!(from_str(text, &mut [0; 2]), Ok(Named { name: '\u{e9}' }));
        assert_eq!(
            from_str::<Named>(text, &mut [0; 1]),
            Err(DeserializeError::ScratchTooSmall { needed: 2 })
        );
    }

    #[test]
    fn what_is_wrong_is_told() {
        #[derive(Deserialize, Debug, PartialEq)]
        struct Limits {
            low: u8,
        }
        assert_eq!(from_str::<Limits>("{}", &mut []), Err(DeserializeError::MissingField("low")));
        let error = from_str::<Limits>(r#"{"low":256}"#, &mut []).unwrap_err();
        assert!(matches!(error, DeserializeError::Mismatch { offset: 10, .. }), "{error:?}");
        let error = from_str::<Limits>(r#"{"low":1} x"#, &mut []).unwrap_err();
        assert!(
            matches!(error, DeserializeError::Json(error) if error.kind() == JsonErrorKind::TrailingCharacters)
        );
        assert!(from_str::<(u8, u8)>("[1,2,3]", &mut []).is_err());
    }
}
