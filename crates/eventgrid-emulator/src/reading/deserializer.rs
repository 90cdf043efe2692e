//! A deserializer round that of a format.

use std::fmt;

use eventgrid::json::{self, JsonNumber};
use serde::de::{Deserializer, EnumAccess, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::Context;
use super::access::{Elements, Members, Word};
use super::error::Problem;
use super::expected::Expected;

/// The type by whose name `serde_json` knows that a value is wanted as text.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// The name of the only member of the map that a number is to `serde_json` if its feature
/// `arbitrary_precision` is on, which any crate of a program can turn on for all of it.
const NUMBER: &str = "$serde_json::private::Number";

/// A value that was not read yet.
pub(super) struct Reader<'p, D> {
    inner: D,
    context: Context<'p>,
}

impl<'p, D> Reader<'p, D> {
    pub(super) fn new(inner: D, context: Context<'p>) -> Self {
        Self { inner, context }
    }
}

impl<'de, D: Deserializer<'de>> Reader<'_, D> {
    fn read<V: Visitor<'de>>(self, visitor: V, expected: Expected) -> Result<V::Value, Problem> {
        let Self { inner, context } = self;
        let checked = Checked { visitor, expected, context };
        inner.deserialize_any(checked).map_err(|error| context.take(error))
    }
}

macro_rules! read {
    ($($method:ident: $expected:expr,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            self.read(visitor, $expected)
        })*
    };
}

const fn integer(least: i64, most: u64) -> Expected {
    Expected::Integer { least, most }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Reader<'_, D> {
    type Error = Problem;

    read! {
        deserialize_any: Expected::Anything,
        deserialize_bool: Expected::Boolean,
        deserialize_i8: integer(i8::MIN.into(), i8::MAX as u64),
        deserialize_i16: integer(i16::MIN.into(), i16::MAX as u64),
        deserialize_i32: integer(i32::MIN.into(), i32::MAX as u64),
        deserialize_i64: integer(i64::MIN, i64::MAX as u64),
        deserialize_u8: integer(0, u8::MAX.into()),
        deserialize_u16: integer(0, u16::MAX.into()),
        deserialize_u32: integer(0, u32::MAX.into()),
        deserialize_u64: integer(0, u64::MAX),
        deserialize_f32: Expected::Number,
        deserialize_f64: Expected::Number,
        deserialize_char: Expected::String,
        deserialize_str: Expected::String,
        deserialize_string: Expected::String,
        deserialize_identifier: Expected::String,
        deserialize_unit: Expected::Nothing,
        deserialize_seq: Expected::Array,
        deserialize_map: Expected::Object,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let Self { inner, context } = self;
        let checked = Checked { visitor, expected: Expected::Anything, context };
        inner.deserialize_option(checked).map_err(|error| context.take(error))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        if name == RAW_VALUE {
            let context = self.context;
            return self.inner.deserialize_newtype_struct(name, visitor).map_err(|error| context.take(error));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Problem> {
        self.read(visitor, Expected::Array)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.read(visitor, Expected::Fields(fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.read(visitor, Expected::OneOf(variants))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let context = self.context;
        self.inner.deserialize_ignored_any(visitor).map_err(|error| context.take(error))
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    forward_to_deserialize_any! { i128 u128 bytes byte_buf unit_struct tuple_struct }
}

/// What derived code makes of a value, if it is of the kind that is expected.
struct Checked<'p, V> {
    visitor: V,
    expected: Expected,
    context: Context<'p>,
}

impl<V> Checked<'_, V> {
    fn check<E: serde::de::Error>(&self, found: Unexpected<'_>) -> Result<(), E> {
        self.expected.check(found, self.context.format).map_err(|problem| self.context.hand(problem))
    }

    /// Visits the number that this text is.
    fn visit_number<'de, E: serde::de::Error>(self, text: &str) -> Result<V::Value, E>
    where
        V: Visitor<'de>,
    {
        let number = json::Reader::new(text).number().ok();
        let (positive, negative) = (number.and_then(JsonNumber::as_u64), number.and_then(JsonNumber::as_i64));
        match (positive, negative, number.and_then(JsonNumber::as_f64)) {
            (Some(number), _, _) => self.visit_u64(number),
            (_, Some(number), _) => self.visit_i64(number),
            (_, _, Some(number)) => self.visit_f64(number),
            _ => self.visit_str(text),
        }
    }
}

macro_rules! visit {
    ($($method:ident($type:ty) is $found:expr;)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            let found: fn(&$type) -> Unexpected<'_> = $found;
            self.check(found(&value))?;
            self.visitor.$method(value).map_err(|problem| self.context.hand(problem))
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Checked<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit! {
        visit_bool(bool) is |value| Unexpected::Bool(*value);
        visit_i64(i64) is |value| Unexpected::Signed(*value);
        visit_u64(u64) is |value| Unexpected::Unsigned(*value);
        visit_f64(f64) is |value| Unexpected::Float(*value);
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<V::Value, E> {
        self.check(Unexpected::Str(value))?;
        let Self { visitor, expected, context } = self;
        let read = match expected {
            Expected::OneOf(_) => visitor.visit_enum(Word { word: value, format: context.format }),
            _ => visitor.visit_str(value),
        };
        read.map_err(|problem| context.hand(problem))
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.check(Unexpected::Option)?;
        self.visitor.visit_none().map_err(|problem| self.context.hand(problem))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.check(Unexpected::Unit)?;
        self.visitor.visit_unit().map_err(|problem| self.context.hand(problem))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let Self { visitor, context, .. } = self;
        visitor.visit_some(Reader::new(deserializer, context)).map_err(|problem| context.hand(problem))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let Self { visitor, context, .. } = self;
        visitor
            .visit_newtype_struct(Reader::new(deserializer, context))
            .map_err(|problem| context.hand(problem))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.check(Unexpected::Seq)?;
        let Self { visitor, context, .. } = self;
        visitor.visit_seq(Elements::new(access, context)).map_err(|problem| context.hand(problem))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<V::Value, A::Error> {
        let takes_object = self.expected.check(Unexpected::Map, self.context.format).is_ok();
        if !takes_object && access.next_key::<String>()?.as_deref() == Some(NUMBER) {
            return self.visit_number(&access.next_value::<String>()?);
        }
        self.check(Unexpected::Map)?;
        let Self { visitor, expected, context } = self;
        let members = Members::new(access, context);
        let read = match expected {
            Expected::OneOf(words) => members.into_one_of(visitor, words),
            _ => visitor.visit_map(members),
        };
        read.map_err(|problem| context.hand(problem))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        // Neither JSON nor TOML calls this for a value of any kind.
        self.visitor.visit_enum(access)
    }
}
