//! Values of every form that `serde` knows.

use std::collections::BTreeMap;
use std::fmt;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Zoo {
    Unit,
    Newtype(Box<Zoo>),
    Tuple(bool, Option<Box<Zoo>>, ()),
    Struct { r#type: String, inner: Vec<Zoo> },
    Scalars(Box<Scalars>),
    Maps(Box<Maps>),
    Tagged(Tagged),
    Adjacent(Adjacent),
    Untagged(Vec<Untagged>),
    Flattened(Flattened),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Scalars {
    integers: (i8, i16, i32, i64, u8, u16, u32, u64),
    long: (i128, u128),
    float: Option<f64>,
    single: Option<f32>,
    character: char,
    text: Wrapped,
    unit: UnitStruct,
    triple: Triple,
    bytes: Bytes,
    shown: Shown,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    absent: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Maps {
    texts: BTreeMap<String, u8>,
    characters: BTreeMap<char, u8>,
    integers: BTreeMap<i64, u8>,
    small_integers: BTreeMap<u8, [u8; 2]>,
    long_integers: BTreeMap<i128, u8>,
    unsigned_integers: BTreeMap<u128, u8>,
    booleans: BTreeMap<bool, u8>,
    variants: BTreeMap<Variant, u8>,
    wrapped_keys: BTreeMap<Option<Key>, u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wrapped(String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct UnitStruct;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Triple(u8, String, [i32; 2]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Variant {
    One,
    #[serde(rename = "tw\"o")]
    Two,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key(u16);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Tagged {
    Text { text: String, length: u64 },
    Number { value: i64, scale: f64 },
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
pub(crate) enum Adjacent {
    Pair(i32, String),
    Record { on: bool },
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Untagged {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<u8>),
    Record { only: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flattened {
    id: u32,
    #[serde(flatten)]
    rest: BTreeMap<String, Option<i32>>,
}

/// Serialized by `serialize_bytes`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut elements: A) -> Result<Bytes, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = elements.next_element()? {
                    bytes.push(byte);
                }
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

/// Serialized by `collect_str`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown(String);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // In pieces, as a `Display` writes.
        let (head, tail) = self.0.split_at(self.0.char_indices().nth(2).map_or(0, |(at, _)| at));
        serializer.collect_str(&format_args!("{head}{tail}"))
    }
}

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Shown)
    }
}

/// Any value. Floating point numbers are all made from `float`.
pub(crate) fn zoo(float: impl Strategy<Value = f64> + Clone + 'static) -> impl Strategy<Value = Zoo> {
    let leaf = prop_oneof![
        Just(Zoo::Unit),
        scalars(float.clone()).prop_map(|scalars| Zoo::Scalars(Box::new(scalars))),
        maps().prop_map(|maps| Zoo::Maps(Box::new(maps))),
        tagged(float.clone()).prop_map(Zoo::Tagged),
        adjacent().prop_map(Zoo::Adjacent),
        vec(untagged(float), 0..4).prop_map(Zoo::Untagged),
        (any::<u32>(), btree_map("x[a-z\"\\\\]{0,3}", any::<Option<i32>>(), 0..3))
            .prop_map(|(id, rest)| Zoo::Flattened(Flattened { id, rest })),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|zoo| Zoo::Newtype(Box::new(zoo))),
            (any::<bool>(), proptest::option::of(inner.clone().prop_map(Box::new)))
                .prop_map(|(flag, zoo)| Zoo::Tuple(flag, zoo, ())),
            (text(), vec(inner, 0..3)).prop_map(|(text, inner)| Zoo::Struct { r#type: text, inner }),
        ]
    })
}

/// Any text, with plenty of what must be escaped.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ]{0,12}", "[\\x00-\\x30\"\\\\\\x7f]{0,12}", any::<String>()]
}

fn scalars(float: impl Strategy<Value = f64> + Clone) -> impl Strategy<Value = Scalars> {
    let single = float.clone().prop_map(|number| {
        #[allow(clippy::cast_possible_truncation)]
        let single = number as f32;
        Some(single).filter(|single| single.is_finite())
    });
    let numbers = (any::<(i8, i16, i32, i64, u8, u16, u32, u64)>(), any::<(i128, u128)>(), float, single);
    let texts = (any::<char>(), text(), text(), text());
    let others = (any::<u8>(), any::<[i32; 2]>(), any::<Vec<u8>>(), any::<Option<u8>>());
    (numbers, texts, others).prop_map(
        |((integers, long, float, single), (character, one, two, three), (small, pair, bytes, absent))| {
            Scalars {
                integers,
                long,
                float: Some(float).filter(|float| float.is_finite()),
                single,
                character,
                text: Wrapped(one),
                unit: UnitStruct,
                triple: Triple(small, two, pair),
                bytes: Bytes(bytes),
                shown: Shown(three),
                absent,
            }
        },
    )
}

fn maps() -> impl Strategy<Value = Maps> {
    let variant = prop_oneof![Just(Variant::One), Just(Variant::Two)];
    (
        btree_map(text(), any::<u8>(), 0..3),
        btree_map(any::<char>(), any::<u8>(), 0..3),
        btree_map(any::<i64>(), any::<u8>(), 0..3),
        btree_map(any::<u8>(), any::<[u8; 2]>(), 0..3),
        btree_map(any::<i128>(), any::<u8>(), 0..3),
        btree_map(any::<u128>(), any::<u8>(), 0..3),
        btree_map(any::<bool>(), any::<u8>(), 0..3),
        btree_map(variant, any::<u8>(), 0..3),
        btree_map(any::<u16>().prop_map(|key| Some(Key(key))), any::<u8>(), 0..3),
    )
        .prop_map(|maps| Maps {
            texts: maps.0,
            characters: maps.1,
            integers: maps.2,
            small_integers: maps.3,
            long_integers: maps.4,
            unsigned_integers: maps.5,
            booleans: maps.6,
            variants: maps.7,
            wrapped_keys: maps.8,
        })
}

fn tagged(float: impl Strategy<Value = f64>) -> impl Strategy<Value = Tagged> {
    prop_oneof![
        (text(), any::<u64>()).prop_map(|(text, length)| Tagged::Text { text, length }),
        (any::<i64>(), float).prop_map(|(value, scale)| Tagged::Number { value, scale }),
        Just(Tagged::Nothing),
    ]
}

fn adjacent() -> impl Strategy<Value = Adjacent> {
    prop_oneof![
        (any::<i32>(), text()).prop_map(|(number, text)| Adjacent::Pair(number, text)),
        any::<bool>().prop_map(|on| Adjacent::Record { on }),
        Just(Adjacent::Nothing),
    ]
}

fn untagged(float: impl Strategy<Value = f64>) -> impl Strategy<Value = Untagged> {
    prop_oneof![
        any::<bool>().prop_map(Untagged::Boolean),
        any::<i64>().prop_map(Untagged::Integer),
        float.prop_map(Untagged::Float),
        text().prop_map(Untagged::Text),
        any::<Vec<u8>>().prop_map(Untagged::List),
        text().prop_map(|only| Untagged::Record { only }),
    ]
}
