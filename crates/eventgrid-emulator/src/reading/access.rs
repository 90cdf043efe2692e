//! Elements, members and words of a value, each with its path.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::deserializer::Reader;
use super::error::Problem;
use super::{Context, Format, Path};

/// A value within another one.
struct Nested<'p, S> {
    seed: S,
    context: Context<'p>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Nested<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let Self { seed, context } = self;
        seed.deserialize(Reader::new(deserializer, context)).map_err(|problem| context.hand(problem))
    }
}

/// The elements of an array.
pub(super) struct Elements<'p, A> {
    access: A,
    index: usize,
    context: Context<'p>,
}

impl<'p, A> Elements<'p, A> {
    pub(super) fn new(access: A, context: Context<'p>) -> Self {
        Self { access, index: 0, context }
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Elements<'_, A> {
    type Error = Problem;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Problem> {
        let path = Path::Element(self.context.path, self.index);
        self.index += 1;
        let context = self.context.at(&path);
        self.access.next_element_seed(Nested { seed, context }).map_err(|error| context.take(error))
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

/// The members of an object.
pub(super) struct Members<'p, A> {
    access: A,
    /// The name of the member whose value comes next.
    name: String,
    context: Context<'p>,
}

impl<'p, A> Members<'p, A> {
    pub(super) fn new(access: A, context: Context<'p>) -> Self {
        Self { access, name: String::new(), context }
    }
}

impl<'de, A: MapAccess<'de>> Members<'_, A> {
    fn next_name(&mut self) -> Result<bool, Problem> {
        let name = self.access.next_key().map_err(|error| self.context.take(error))?;
        Ok(name.map(|name| self.name = name).is_some())
    }

    /// An object with one member, whose name is one of these words.
    pub(super) fn into_one_of<V: Visitor<'de>>(
        mut self,
        visitor: V,
        words: &'static [&'static str],
    ) -> Result<V::Value, Problem> {
        let alone = || Problem::new(format!("expected one member, which is one of {}", words.join(", ")));
        if !self.next_name()? {
            return Err(alone());
        }
        let value = visitor.visit_enum(WordWithValue { members: &mut self })?;
        if self.next_name()? { Err(alone()) } else { Ok(value) }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = Problem;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Problem> {
        if self.next_name()? { seed.deserialize(name(&self.name)).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let path = Path::Field(self.context.path, &self.name);
        let context = self.context.at(&path);
        self.access.next_value_seed(Nested { seed, context }).map_err(|error| context.take(error))
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

/// A word that stands alone.
pub(super) struct Word<'w> {
    pub(super) word: &'w str,
    pub(super) format: Format,
}

impl<'de> EnumAccess<'de> for Word<'_> {
    type Error = Problem;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Problem> {
        seed.deserialize(name(self.word)).map(|value| (value, self))
    }
}

impl Word<'_> {
    fn without_value(&self) -> Problem {
        let written = self.format.with_value(self.word);
        Problem::new(format!("{:?} needs a value: write {written}", self.word))
    }
}

impl<'de> VariantAccess<'de> for Word<'_> {
    type Error = Problem;

    fn unit_variant(self) -> Result<(), Problem> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Problem> {
        Err(self.without_value())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Problem> {
        Err(self.without_value())
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Problem> {
        Err(self.without_value())
    }
}

/// A word that is the name of a member.
struct WordWithValue<'m, 'p, A> {
    members: &'m mut Members<'p, A>,
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for WordWithValue<'_, '_, A> {
    type Error = Problem;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Problem> {
        seed.deserialize(name(&self.members.name)).map(|value| (value, self))
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for WordWithValue<'_, '_, A> {
    type Error = Problem;

    fn unit_variant(self) -> Result<(), Problem> {
        self.members.next_value::<IgnoredAny>()?;
        let name = &self.members.name;
        Err(Problem::new(format!("{name:?} has no value: write it alone, as a string")))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Problem> {
        self.members.next_value_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Problem> {
        self.members.next_value_seed(AsArray(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.members.next_value_seed(AsFields(fields, visitor))
    }
}

struct AsArray<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for AsArray<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_seq(self.0)
    }
}

struct AsFields<V>(&'static [&'static str], V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for AsFields<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_struct("", self.0, self.1)
    }
}

fn name(text: &str) -> StrDeserializer<'_, Problem> {
    text.into_deserializer()
}
