//! Clauses as Azure Resource Manager writes them.

use std::fmt;

use eventgrid::json::{JsonNumber, Reader};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::clause::Clause;
use super::condition::{Condition, Operands};
use super::operator::Operator;

/// A switch, which may also be null.
pub(super) fn switch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Clauses, which may also be null.
pub(super) fn clauses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Clause>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, rename = "clause")]
struct ReadClause {
    operator_type: String,
    key: String,
    value: Option<Value>,
    values: Option<Vec<Value>>,
}

impl<'de> Deserialize<'de> for Clause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = ReadClause::deserialize(deserializer)?;
        let operator = read.operator_type.parse().map_err(de::Error::custom)?;
        let condition = condition(operator, read.value, read.values).map_err(|message| {
            let key: String = read.key.chars().take(64).collect();
            de::Error::custom(format_args!("{operator} on {key:?} {message}"))
        })?;
        Ok(Self { key: read.key, condition })
    }
}

fn condition(
    operator: Operator,
    value: Option<Value>,
    values: Option<Vec<Value>>,
) -> Result<Condition, String> {
    let operands = ReadOperands { value, values };
    Ok(match operator {
        Operator::NumberIn => Condition::NumberIn(operands.list("numbers", Value::number)?),
        Operator::NumberNotIn => Condition::NumberNotIn(operands.list("numbers", Value::number)?),
        Operator::NumberLessThan => Condition::NumberLessThan(operands.one("a number", Value::number)?),
        Operator::NumberGreaterThan => Condition::NumberGreaterThan(operands.one("a number", Value::number)?),
        Operator::NumberLessThanOrEquals => {
            Condition::NumberLessThanOrEquals(operands.one("a number", Value::number)?)
        }
        Operator::NumberGreaterThanOrEquals => {
            Condition::NumberGreaterThanOrEquals(operands.one("a number", Value::number)?)
        }
        Operator::NumberInRange => Condition::NumberInRange(operands.list(RANGES, Value::range)?),
        Operator::NumberNotInRange => Condition::NumberNotInRange(operands.list(RANGES, Value::range)?),
        Operator::BoolEquals => Condition::BoolEquals(operands.one("true or false", Value::boolean)?),
        Operator::StringContains => Condition::StringContains(operands.list("strings", Value::string)?),
        Operator::StringNotContains => Condition::StringNotContains(operands.list("strings", Value::string)?),
        Operator::StringBeginsWith => Condition::StringBeginsWith(operands.list("strings", Value::string)?),
        Operator::StringNotBeginsWith => {
            Condition::StringNotBeginsWith(operands.list("strings", Value::string)?)
        }
        Operator::StringEndsWith => Condition::StringEndsWith(operands.list("strings", Value::string)?),
        Operator::StringNotEndsWith => Condition::StringNotEndsWith(operands.list("strings", Value::string)?),
        Operator::StringIn => Condition::StringIn(operands.list("strings", Value::string)?),
        Operator::StringNotIn => Condition::StringNotIn(operands.list("strings", Value::string)?),
        Operator::IsNullOrUndefined => operands.none().map(|()| Condition::IsNullOrUndefined)?,
        Operator::IsNotNull => operands.none().map(|()| Condition::IsNotNull)?,
    })
}

const RANGES: &str = "ranges, each [low, high]";

struct ReadOperands {
    value: Option<Value>,
    values: Option<Vec<Value>>,
}

impl ReadOperands {
    fn none(self) -> Result<(), String> {
        match (self.value, self.values) {
            (None, None) => Ok(()),
            _ => Err("takes neither \"value\" nor \"values\": remove it".to_owned()),
        }
    }

    fn one<T>(self, expected: &str, read: impl Fn(Value) -> Option<T>) -> Result<T, String> {
        let value = match (self.value, self.values) {
            (Some(value), None) => read(value),
            _ => None,
        };
        value.ok_or_else(|| format!("needs \"value\", which is {expected}, and no \"values\""))
    }

    fn list<T>(self, expected: &str, read: impl Fn(Value) -> Option<T>) -> Result<Vec<T>, String> {
        let values: Option<Vec<T>> = match (self.value, self.values) {
            (None, Some(values)) => values.into_iter().map(read).collect(),
            _ => None,
        };
        values.ok_or_else(|| format!("needs \"values\", a list of {expected}, and no \"value\""))
    }
}

/// The name by which `serde_json` marks that the only member of a map is the text of a number.
const SERDE_JSON_NUMBER: &str = "$serde_json::private::Number";

/// An operand of any type.
enum Value {
    Boolean(bool),
    Number(f64),
    String(String),
    /// With as many numbers as there are.
    Numbers(Vec<f64>),
}

impl Value {
    fn boolean(self) -> Option<bool> {
        if let Self::Boolean(value) = self { Some(value) } else { None }
    }

    fn number(self) -> Option<f64> {
        if let Self::Number(value) = self { Some(value) } else { None }
    }

    fn string(self) -> Option<String> {
        if let Self::String(value) = self { Some(value) } else { None }
    }

    fn range(self) -> Option<[f64; 2]> {
        if let Self::Numbers(values) = self { values.try_into().ok() } else { None }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyOperand;

        impl<'de> Visitor<'de> for AnyOperand {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a number, a boolean or a range")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Boolean(value))
            }

            #[expect(clippy::cast_precision_loss, reason = "all numbers are doubles")]
            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(Value::Number(value as f64))
            }

            #[expect(clippy::cast_precision_loss, reason = "all numbers are doubles")]
            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(Value::Number(value as f64))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(Value::Number(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(Value::String(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut numbers = Vec::new();
                while let Some(number) = seq.next_element()? {
                    numbers.push(number);
                }
                Ok(Value::Numbers(numbers))
            }

            /// A number as `serde_json` passes it on if its feature `arbitrary_precision` is on,
            /// which any crate of a program can turn on for all of it.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                if map.next_key::<String>()?.as_deref() != Some(SERDE_JSON_NUMBER) {
                    return Err(de::Error::invalid_type(Unexpected::Map, &self));
                }
                let text: String = map.next_value()?;
                let number = Reader::new(&text).number().ok().and_then(JsonNumber::as_f64);
                let wrong = || de::Error::invalid_value(Unexpected::Str(&text), &self);
                number.map(Value::Number).ok_or_else(wrong)
            }
        }

        deserializer.deserialize_any(AnyOperand)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenClause<'c> {
    operator_type: &'static str,
    key: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<WrittenValue<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<WrittenValue<'c>>>,
}

impl Serialize for Clause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let operands = self.condition.operands();
        let value = match operands {
            Operands::Boolean(value) => Some(WrittenValue::Boolean(value)),
            Operands::Number(value) => Some(number(value)),
            _ => None,
        };
        let values = match operands {
            Operands::Numbers(values) => Some(values.iter().copied().map(number).collect()),
            Operands::Ranges(ranges) => Some(ranges.iter().copied().map(range).collect()),
            Operands::Strings(values) => {
                Some(values.iter().map(|value| WrittenValue::String(value)).collect())
            }
            _ => None,
        };
        let operator_type = self.condition.operator().name();
        WrittenClause { operator_type, key: &self.key, value, values }.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum WrittenValue<'c> {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    String(&'c str),
    Range([Box<WrittenValue<'c>>; 2]),
}

/// An integer where that is the same number, since people write `5` and not `5.0`.
fn number<'c>(number: f64) -> WrittenValue<'c> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_negative_zero = number == 0.0 && number.is_sign_negative();
    if number.fract() == 0.0 && number.abs() <= EXACT && !is_negative_zero {
        #[expect(clippy::cast_possible_truncation, reason = "it is an integer of at most 53 bits")]
        return WrittenValue::Integer(number as i64);
    }
    WrittenValue::Number(number)
}

fn range<'c>([low, high]: [f64; 2]) -> WrittenValue<'c> {
    WrittenValue::Range([Box::new(number(low)), Box::new(number(high))])
}
