//! Values that must be a single text: the keys of maps, and the texts of values that are JSON
//! already.

use core::fmt;

use serde::ser::{Error as _, Impossible, Serialize, Serializer};

use super::error::WriteError;
use super::numbers::Float;
use super::raw::RawJson;
use super::writer::JsonWriter;

/// Writes what is a text or displays as one, and refuses everything else.
pub(super) struct TextSerializer<'x, 'w, 'b> {
    out: &'x mut JsonWriter<'w, 'b>,
    verbatim: bool,
}

impl<'x, 'w, 'b> TextSerializer<'x, 'w, 'b> {
    /// Writes the text as a JSON string, as the name of a member must be.
    pub(super) fn quoted(out: &'x mut JsonWriter<'w, 'b>) -> Self {
        Self { out, verbatim: false }
    }

    /// Writes the text as it is, once it is known to be one JSON value.
    pub(super) fn verbatim(out: &'x mut JsonWriter<'w, 'b>) -> Self {
        Self { out, verbatim: true }
    }

    /// A text that is a JSON value as it stands.
    fn scalar(self, text: fmt::Arguments<'_>) -> Result<(), WriteError> {
        if self.verbatim { self.out.formatted(text) } else { self.out.display(&text) }
    }
}

impl Serializer for TextSerializer<'_, '_, '_> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = Impossible<(), WriteError>;
    type SerializeTuple = Impossible<(), WriteError>;
    type SerializeTupleStruct = Impossible<(), WriteError>;
    type SerializeTupleVariant = Impossible<(), WriteError>;
    type SerializeMap = Impossible<(), WriteError>;
    type SerializeStruct = Impossible<(), WriteError>;
    type SerializeStructVariant = Impossible<(), WriteError>;

    fn serialize_bool(self, truth: bool) -> Result<(), WriteError> {
        self.scalar(format_args!("{truth}"))
    }

    fn serialize_i8(self, number: i8) -> Result<(), WriteError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<(), WriteError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<(), WriteError> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<(), WriteError> {
        self.scalar(format_args!("{number}"))
    }

    fn serialize_i128(self, number: i128) -> Result<(), WriteError> {
        self.scalar(format_args!("{number}"))
    }

    fn serialize_u8(self, number: u8) -> Result<(), WriteError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<(), WriteError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<(), WriteError> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<(), WriteError> {
        self.scalar(format_args!("{number}"))
    }

    fn serialize_u128(self, number: u128) -> Result<(), WriteError> {
        self.scalar(format_args!("{number}"))
    }

    fn serialize_f32(self, number: f32) -> Result<(), WriteError> {
        if number.is_finite() {
            self.scalar(format_args!("{}", Float(number)))
        } else {
            Err(WriteError::KeyNotString)
        }
    }

    fn serialize_f64(self, number: f64) -> Result<(), WriteError> {
        if number.is_finite() {
            self.scalar(format_args!("{}", Float(number)))
        } else {
            Err(WriteError::KeyNotString)
        }
    }

    fn serialize_char(self, character: char) -> Result<(), WriteError> {
        self.serialize_str(character.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), WriteError> {
        if self.verbatim {
            self.out.raw(RawJson::parse(text).map_err(WriteError::custom)?)
        } else {
            self.out.string(text)
        }
    }

    fn serialize_bytes(self, _bytes: &[u8]) -> Result<(), WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_none(self) -> Result<(), WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), WriteError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Self::SerializeSeq, WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self::SerializeTuple, WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Self::SerializeMap, WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Self::SerializeStruct, WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, WriteError> {
        Err(WriteError::KeyNotString)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, text: &T) -> Result<(), WriteError> {
        if self.verbatim {
            return Err(WriteError::custom("the text of a value must be available in full to be checked"));
        }
        self.out.display(&text)
    }
}
