//! The names of members, as the keys of maps.

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::deserialize_error::DeserializeError;
use super::raw::JsonNumber;
use super::reader::Reader;
use super::string::JsonStr;
use super::visit::{
    Decoded, decoded, visit_f32, visit_i128, visit_integer, visit_number, visit_string, visit_u128,
};

/// A name, which is read as whatever scalar the type of the key asks for: JSON has no other keys
/// than strings.
pub(super) struct KeyDeserializer<'de, 's> {
    pub(super) key: JsonStr<'de>,
    /// Room to decode the name.
    pub(super) scratch: &'s mut [u8],
}

impl<'de> KeyDeserializer<'de, '_> {
    /// The name, if it is the text of a number.
    fn number(&self) -> Result<JsonNumber<'de>, DeserializeError> {
        // All of it: a reader would let whitespace pass.
        let number = Reader::new(self.key.raw()).number().ok();
        let whole = number.filter(|number| number.as_str() == self.key.raw());
        whole.ok_or_else(|| de::Error::custom("the name of a member must be a number here"))
    }
}

/// Keys that are numbers.
macro_rules! numbers {
    ($($method:ident by $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
            $visit(self.number()?, visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for KeyDeserializer<'de, '_> {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visit_string(self.key, self.scratch, visitor)
    }

    numbers! {
        deserialize_i8 by visit_integer;
        deserialize_i16 by visit_integer;
        deserialize_i32 by visit_integer;
        deserialize_i64 by visit_integer;
        deserialize_i128 by visit_i128;
        deserialize_u8 by visit_integer;
        deserialize_u16 by visit_integer;
        deserialize_u32 by visit_integer;
        deserialize_u64 by visit_integer;
        deserialize_u128 by visit_u128;
        deserialize_f32 by visit_f32;
        deserialize_f64 by visit_number;
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match self.key.raw() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        match decoded(self.key, self.scratch)? {
            Decoded::Borrowed(text) => visitor.visit_borrowed_bytes(text.as_bytes()),
            Decoded::Scratch(text) => visitor.visit_bytes(text.as_bytes()),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        match decoded(self.key, self.scratch)? {
            Decoded::Borrowed(text) => visitor.visit_enum(BorrowedStrDeserializer::new(text)),
            Decoded::Scratch(text) => visitor.visit_enum(StrDeserializer::new(text)),
        }
    }

    forward_to_deserialize_any! {
        char str string unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
