//! A value of any shape that `serde` can describe, from a few letters.
//!
//! Only the lower five bits of a byte count, so letters are enough: the kinds are those of
//! [`Tree::read`], and a length is a letter, too (`a` is 1). `sbhi` is the string "hi", `abtbT` a
//! sequence of two booleans.

use std::fmt;

use arbitrary::{Arbitrary, Result, Unstructured};
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::value::RawValue;

/// Containers are no deeper than this.
const MAX_DEPTH: usize = 24;

/// Names of fields and variants, which cannot be made up.
const NAMES: [&str; 8] = ["a", "b", "type", "", "with \"quotes\"", "line\nend", "\u{e9}", "back\\slash\u{1}"];

/// JSON as it stands.
const RAW: [&str; 4] = ["1.0", "[ 1, \"\\u0061\" ]", "{\"a\" : null}", "\"\\ud800\""];

/// A value: one variant for each type of the data model of `serde`.
#[derive(Debug)]
pub(crate) enum Tree {
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    I128(i128),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    U128(u128),
    F32(f32),
    F64(f64),
    Char(char),
    Str(String),
    Bytes(Vec<u8>),
    None,
    Some(Box<Tree>),
    Unit,
    UnitStruct,
    UnitVariant(&'static str),
    NewtypeStruct(Box<Tree>),
    NewtypeVariant(&'static str, Box<Tree>),
    /// With its length told, or not.
    Seq(Vec<Tree>, bool),
    Tuple(Vec<Tree>),
    TupleStruct(Vec<Tree>),
    TupleVariant(&'static str, Vec<Tree>),
    /// Keys of any kind; with its length told, or not.
    Map(Vec<(Tree, Tree)>, bool),
    Struct(Vec<(&'static str, Tree)>),
    StructVariant(&'static str, Vec<(&'static str, Tree)>),
    /// By `collect_str`, in two pieces.
    Displayed(String),
    Raw(Box<RawValue>),
}

impl<'a> Arbitrary<'a> for Tree {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        Self::read(input, 0)
    }
}

/// The lower five bits of the next byte; 0 at the end.
fn small(input: &mut Unstructured<'_>) -> Result<u8> {
    Ok(u8::arbitrary(input)? & 31)
}

/// A text: its length in bytes, then these; what is no UTF-8 is replaced.
pub(crate) fn text(input: &mut Unstructured<'_>) -> Result<String> {
    let len = usize::from(small(input)?).min(input.len());
    Ok(String::from_utf8_lossy(input.bytes(len)?).into_owned())
}

/// One of a few.
pub(crate) fn one_of<T: Copy>(input: &mut Unstructured<'_>, all: &[T]) -> Result<T> {
    Ok(all[usize::from(u8::arbitrary(input)?) % all.len()])
}

impl Tree {
    fn read(input: &mut Unstructured<'_>, depth: usize) -> Result<Self> {
        if depth == MAX_DEPTH || input.is_empty() {
            return Ok(Self::Unit);
        }
        let name = |input: &mut Unstructured<'_>| one_of(input, &NAMES);
        let inner = |input: &mut Unstructured<'_>| Self::read(input, depth + 1).map(Box::new);
        let list = |input: &mut Unstructured<'_>| {
            (0..small(input)?).map(|_| Self::read(input, depth + 1)).collect::<Result<Vec<_>>>()
        };
        let fields = |input: &mut Unstructured<'_>| {
            (0..small(input)?)
                .map(|_| Ok((one_of(input, &NAMES)?, Self::read(input, depth + 1)?)))
                .collect::<Result<Vec<_>>>()
        };
        let map = |input: &mut Unstructured<'_>| {
            (0..small(input)?)
                .map(|_| Ok((Self::read(input, depth + 1)?, Self::read(input, depth + 1)?)))
                .collect::<Result<Vec<_>>>()
        };
        Ok(match b'`' + small(input)? {
            b'a' => Self::Seq(list(input)?, true),
            b'b' => Self::Bool(bool::arbitrary(input)?),
            b'c' => Self::Char(char::arbitrary(input)?),
            b'd' => Self::F64(f64::arbitrary(input)?),
            b'e' => Self::UnitVariant(name(input)?),
            b'f' => Self::F32(f32::arbitrary(input)?),
            b'g' => Self::Seq(list(input)?, false),
            b'h' => Self::U8(u8::arbitrary(input)?),
            b'i' => Self::I32(i32::arbitrary(input)?),
            b'j' => Self::I64(i64::arbitrary(input)?),
            b'k' => Self::I128(i128::arbitrary(input)?),
            b'l' => Self::U128(u128::arbitrary(input)?),
            b'm' => Self::Map(map(input)?, true),
            b'n' => Self::None,
            b'o' => Self::Some(inner(input)?),
            b'p' => Self::Tuple(list(input)?),
            b'q' => Self::TupleStruct(list(input)?),
            b'r' => Self::Raw(RawValue::from_string(one_of(input, &RAW)?.to_owned()).expect("valid")),
            b's' => Self::Str(text(input)?),
            b't' => Self::Struct(fields(input)?),
            b'u' => Self::U64(u64::arbitrary(input)?),
            b'v' => Self::NewtypeVariant(name(input)?, inner(input)?),
            b'w' => Self::TupleVariant(name(input)?, list(input)?),
            b'x' => Self::StructVariant(name(input)?, fields(input)?),
            b'y' => Self::Bytes(text(input)?.into_bytes()),
            b'z' => Self::Displayed(text(input)?),
            b'{' => Self::Map(map(input)?, false),
            b'|' => Self::I8(i8::arbitrary(input)?),
            b'}' => Self::I16(i16::arbitrary(input)?),
            b'~' => Self::U16(u16::arbitrary(input)?),
            b'\x7f' => Self::U32(u32::arbitrary(input)?),
            _ => one_of(input, &[0, 1]).and_then(|which| {
                Ok(if which == 0 { Self::UnitStruct } else { Self::NewtypeStruct(inner(input)?) })
            })?,
        })
    }

    /// Shows every finite `f64` in it.
    pub(crate) fn floats(&self, show: &mut impl FnMut(f64)) {
        match self {
            Self::F64(float) if float.is_finite() => show(*float),
            Self::Some(inner) | Self::NewtypeStruct(inner) | Self::NewtypeVariant(_, inner) => {
                inner.floats(show);
            }
            Self::Seq(list, _)
            | Self::Tuple(list)
            | Self::TupleStruct(list)
            | Self::TupleVariant(_, list) => list.iter().for_each(|inner| inner.floats(show)),
            Self::Map(map, _) => map.iter().for_each(|(key, inner)| {
                key.floats(show);
                inner.floats(show);
            }),
            Self::Struct(fields) | Self::StructVariant(_, fields) => {
                for (_, inner) in fields {
                    inner.floats(show);
                }
            }
            _ => {}
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::I8(number) => serializer.serialize_i8(*number),
            Self::I16(number) => serializer.serialize_i16(*number),
            Self::I32(number) => serializer.serialize_i32(*number),
            Self::I64(number) => serializer.serialize_i64(*number),
            Self::I128(number) => serializer.serialize_i128(*number),
            Self::U8(number) => serializer.serialize_u8(*number),
            Self::U16(number) => serializer.serialize_u16(*number),
            Self::U32(number) => serializer.serialize_u32(*number),
            Self::U64(number) => serializer.serialize_u64(*number),
            Self::U128(number) => serializer.serialize_u128(*number),
            Self::F32(number) => serializer.serialize_f32(*number),
            Self::F64(number) => serializer.serialize_f64(*number),
            Self::Char(character) => serializer.serialize_char(*character),
            Self::Str(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::None => serializer.serialize_none(),
            Self::Some(inner) => serializer.serialize_some(inner),
            Self::Unit => serializer.serialize_unit(),
            Self::UnitStruct => serializer.serialize_unit_struct("Unit"),
            Self::UnitVariant(name) => serializer.serialize_unit_variant("Enum", 0, name),
            Self::NewtypeStruct(inner) => serializer.serialize_newtype_struct("Newtype", inner),
            Self::NewtypeVariant(name, inner) => serializer.serialize_newtype_variant("Enum", 0, name, inner),
            Self::Seq(list, told) => {
                let mut sequence = serializer.serialize_seq(told.then_some(list.len()))?;
                list.iter().try_for_each(|inner| sequence.serialize_element(inner))?;
                sequence.end()
            }
            Self::Tuple(list) => {
                let mut tuple = serializer.serialize_tuple(list.len())?;
                list.iter().try_for_each(|inner| tuple.serialize_element(inner))?;
                tuple.end()
            }
            Self::TupleStruct(list) => {
                let mut tuple = serializer.serialize_tuple_struct("Tuple", list.len())?;
                list.iter().try_for_each(|inner| tuple.serialize_field(inner))?;
                tuple.end()
            }
            Self::TupleVariant(name, list) => {
                let mut tuple = serializer.serialize_tuple_variant("Enum", 0, name, list.len())?;
                list.iter().try_for_each(|inner| tuple.serialize_field(inner))?;
                tuple.end()
            }
            Self::Map(members, told) => {
                let mut map = serializer.serialize_map(told.then_some(members.len()))?;
                members.iter().try_for_each(|(key, inner)| map.serialize_entry(key, inner))?;
                map.end()
            }
            Self::Struct(fields) => {
                let mut record = serializer.serialize_struct("Struct", fields.len())?;
                fields.iter().try_for_each(|(name, inner)| record.serialize_field(name, inner))?;
                record.end()
            }
            Self::StructVariant(name, fields) => {
                let mut record = serializer.serialize_struct_variant("Enum", 0, name, fields.len())?;
                fields.iter().try_for_each(|(name, inner)| record.serialize_field(name, inner))?;
                record.end()
            }
            Self::Displayed(text) => serializer.collect_str(&InTwoPieces(text)),
            Self::Raw(json) => json.serialize(serializer),
        }
    }
}

struct InTwoPieces<'t>(&'t str);

impl fmt::Display for InTwoPieces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let middle = self.0.char_indices().nth(2).map_or(0, |(at, _)| at);
        let (head, tail) = self.0.split_at(middle);
        f.write_str(head)?;
        f.write_str(tail)
    }
}
