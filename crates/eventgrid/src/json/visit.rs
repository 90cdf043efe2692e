//! Strings and numbers, handed to the visitors of `serde`.

use serde::de::{self, Unexpected, Visitor};

use super::deserialize_error::DeserializeError;
use super::raw::JsonNumber;
use super::string::JsonStr;

/// A string's decoded text, and where it is.
pub(super) enum Decoded<'de, 's> {
    /// In the JSON text.
    Borrowed(&'de str),
    /// In the scratch buffer.
    Scratch(&'s str),
}

/// Decodes a string, into `scratch` if it has escapes.
pub(super) fn decoded<'de, 's>(
    text: JsonStr<'de>,
    scratch: &'s mut [u8],
) -> Result<Decoded<'de, 's>, DeserializeError> {
    if let Some(text) = text.as_str() {
        return Ok(Decoded::Borrowed(text));
    }
    match text.decode_into(scratch) {
        Ok(decoded) => Ok(Decoded::Scratch(decoded)),
        Err(_) => Err(DeserializeError::ScratchTooSmall { needed: text.len_decoded() }),
    }
}

/// Gives a string to a visitor.
pub(super) fn visit_string<'de, V: Visitor<'de>>(
    text: JsonStr<'de>,
    scratch: &mut [u8],
    visitor: V,
) -> Result<V::Value, DeserializeError> {
    match decoded(text, scratch)? {
        Decoded::Borrowed(text) => visitor.visit_borrowed_str(text),
        Decoded::Scratch(text) => visitor.visit_str(text),
    }
}

/// Gives a number to a visitor, as the first of `u64`, `i64` and `f64` that holds it.
pub(super) fn visit_number<'de, V: Visitor<'de>>(
    number: JsonNumber<'_>,
    visitor: V,
) -> Result<V::Value, DeserializeError> {
    match integer(number) {
        Some(Integer::Unsigned(number)) => visitor.visit_u64(number),
        Some(Integer::Negative(number)) => visitor.visit_i64(number),
        None => visitor.visit_f64(number.as_f64().ok_or_else(out_of_range)?),
    }
}

/// Gives a number to a visitor that takes no `f64`, so that any other than an `u64` or `i64` is
/// refused without parsing it.
pub(super) fn visit_integer<'de, V: Visitor<'de>>(
    number: JsonNumber<'_>,
    visitor: V,
) -> Result<V::Value, DeserializeError> {
    match integer(number) {
        Some(Integer::Unsigned(number)) => visitor.visit_u64(number),
        Some(Integer::Negative(number)) => visitor.visit_i64(number),
        None => Err(de::Error::invalid_type(Unexpected::Other(number.as_str()), &visitor)),
    }
}

enum Integer {
    Unsigned(u64),
    Negative(i64),
}

fn integer(number: JsonNumber<'_>) -> Option<Integer> {
    match number.as_str().strip_prefix('-') {
        None => number.as_u64().map(Integer::Unsigned),
        Some(magnitude) => {
            // There is no negative zero among the integers.
            let magnitude = magnitude.parse().ok().filter(|&magnitude| magnitude != 0)?;
            0_i64.checked_sub_unsigned(magnitude).map(Integer::Negative)
        }
    }
}

/// Gives a number to a visitor that wants a `f32`, rounded once and not twice.
pub(super) fn visit_f32<'de, V: Visitor<'de>>(
    number: JsonNumber<'_>,
    visitor: V,
) -> Result<V::Value, DeserializeError> {
    let number = number.as_str().parse().ok().filter(|number: &f32| number.is_finite());
    visitor.visit_f32(number.ok_or_else(out_of_range)?)
}

/// Gives a number to a visitor that wants an `i128`.
pub(super) fn visit_i128<'de, V: Visitor<'de>>(
    number: JsonNumber<'_>,
    visitor: V,
) -> Result<V::Value, DeserializeError> {
    visitor.visit_i128(number.as_str().parse().map_err(|_| out_of_range())?)
}

/// Gives a number to a visitor that wants a `u128`.
pub(super) fn visit_u128<'de, V: Visitor<'de>>(
    number: JsonNumber<'_>,
    visitor: V,
) -> Result<V::Value, DeserializeError> {
    visitor.visit_u128(number.as_str().parse().map_err(|_| out_of_range())?)
}

fn out_of_range() -> DeserializeError {
    de::Error::custom("number out of range")
}
