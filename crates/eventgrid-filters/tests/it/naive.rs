//! A filter in its JSON form, applied to an event that is read as a tree. It shares no code with
//! the matcher, and restates the truth table.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON value with its members in order, and numbers as they are written.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a value; `None` if it is not JSON, or nested more than 128 deep.
    pub(crate) fn read(text: &str) -> Option<Self> {
        Self::of(serde_json::from_str(text).ok()?, 128)
    }

    fn of(raw: &RawValue, depth: usize) -> Option<Self> {
        let text = raw.get();
        Some(match text.as_bytes()[0] {
            b'n' => Self::Null,
            b't' | b'f' => Self::Boolean(text == "true"),
            b'"' => Self::String(serde_json::from_str(text).ok()?),
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                let depth = depth.checked_sub(1)?;
                Self::Array(
                    elements.into_iter().map(|element| Self::of(element, depth)).collect::<Option<_>>()?,
                )
            }
            b'{' => {
                let members: Members<'_> = serde_json::from_str(text).ok()?;
                let depth = depth.checked_sub(1)?;
                let member = |(name, value)| Some((name, Self::of(value, depth)?));
                Self::Object(members.0.into_iter().map(member).collect::<Option<_>>()?)
            }
            _ => Self::Number(text.to_owned()),
        })
    }

    /// The member of that name, with exactly that name if there is one, and the last of several.
    fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let find = |is_it: &dyn Fn(&str) -> bool| members.iter().rev().find(|(other, _)| is_it(other));
        let found = find(&|other| other == name).or_else(|| find(&|other| same(other, name)));
        found.map(|(_, value)| value)
    }

    fn at(&self, key: &str) -> Option<&Self> {
        key.split('.').try_fold(self, |value, name| value.member(name))
    }
}

struct Members<'j>(Vec<(String, &'j RawValue)>);

impl<'de: 'j, 'j> Deserialize<'de> for Members<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(InOrder).map(Self)
    }
}

/// Whether an event matches a filter in the form of basic topics; `None` if the event is not an
/// object.
pub(crate) fn matches(filter: &Value, event: &Json) -> Option<bool> {
    let Json::Object(_) = event else { return None };
    let text = |key: &str| match event.at(key) {
        Some(Json::String(text)) => Some(text.clone()),
        _ => None,
    };
    let types = filter["includedEventTypes"].as_array().cloned().unwrap_or_default();
    if !types.is_empty() && !types.contains(&"All".into()) {
        let key = if event.at("type").is_some() { "type" } else { "eventType" };
        if !text(key).is_some_and(|found| types.contains(&found.into())) {
            return Some(false);
        }
    }
    let with_case = filter["isSubjectCaseSensitive"].as_bool().unwrap_or_default();
    for (member, is_at_end) in [("subjectBeginsWith", false), ("subjectEndsWith", true)] {
        let wanted = filter[member].as_str().unwrap_or_default();
        if wanted.is_empty() {
            continue;
        }
        let Some(subject) = text("subject") else { return Some(false) };
        let is_part = |subject: &str, wanted: &str| {
            if is_at_end { subject.ends_with(wanted) } else { subject.starts_with(wanted) }
        };
        let matches = if with_case {
            is_part(&subject, wanted)
        } else {
            is_part(&without_case(&subject), &without_case(wanted))
        };
        if !matches {
            return Some(false);
        }
    }
    let arrays = filter["enableAdvancedFilteringOnArrays"].as_bool().unwrap_or_default();
    let clauses = filter["advancedFilters"].as_array().cloned().unwrap_or_default();
    Some(clauses.iter().all(|clause| clause_matches(clause, event, arrays)))
}

fn clause_matches(clause: &Value, event: &Json, arrays: bool) -> bool {
    let operator = clause["operatorType"].as_str().unwrap();
    let key = clause["key"].as_str().unwrap();
    let value = if key.eq_ignore_ascii_case("eventid") {
        event.at("id")
    } else if key.eq_ignore_ascii_case("eventtype") {
        event.at("type").or_else(|| event.at("eventType"))
    } else {
        event.at(key)
    };
    let is_there = !matches!(value, None | Some(Json::Null));
    let positive = operator.replace("Not", "");
    match operator {
        "IsNullOrUndefined" => return !is_there,
        "IsNotNull" => return is_there,
        _ => {}
    }
    let is_negated = positive != operator;
    let found = match value {
        Some(Json::Array(_)) if !arrays => return false,
        Some(Json::Array(elements)) => Some(elements.iter().any(|element| {
            let is_of_type = match element {
                Json::Number(_) => positive.starts_with("Number"),
                Json::String(_) => positive.starts_with("String"),
                Json::Boolean(_) => positive.starts_with("Bool"),
                _ => false,
            };
            is_of_type && finds(&positive, clause, element) == Some(true)
        })),
        Some(value) => finds(&positive, clause, value),
        None => None,
    };
    match found {
        Some(found) => found != is_negated,
        // What cannot be compared is not in any list or range.
        None => ["NumberNotIn", "NumberNotInRange", "StringNotIn"].contains(&operator),
    }
}

/// Whether an operator without its `Not` finds what it looks for; `None` if it cannot look.
fn finds(operator: &str, clause: &Value, value: &Json) -> Option<bool> {
    if operator.starts_with("Number") {
        let Json::Number(text) = value else { return None };
        // Without a negative zero, so that equal numbers are the same.
        let number = text.parse::<f64>().unwrap() + 0.0;
        let operand = clause["value"].as_f64().unwrap_or_default();
        let values = clause["values"].as_array().cloned().unwrap_or_default();
        let in_range =
            |range: &Value| number >= range[0].as_f64().unwrap() && number <= range[1].as_f64().unwrap();
        return Some(match operator {
            "NumberIn" => {
                values.iter().any(|value| (value.as_f64().unwrap() + 0.0).total_cmp(&number).is_eq())
            }
            "NumberLessThan" => number < operand,
            "NumberGreaterThan" => number > operand,
            "NumberLessThanOrEquals" => number <= operand,
            "NumberGreaterThanOrEquals" => number >= operand,
            _ => values.iter().any(in_range),
        });
    }
    if operator == "BoolEquals" {
        let Json::Boolean(value) = value else { return None };
        return Some(clause["value"].as_bool().unwrap() == *value);
    }
    let text = match value {
        Json::String(text) | Json::Number(text) => text.clone(),
        Json::Boolean(value) => value.to_string(),
        _ => return None,
    };
    let text: Vec<char> = without_case(&text).chars().collect();
    let values = clause["values"].as_array().cloned().unwrap_or_default();
    Some(values.iter().any(|operand| {
        let operand: Vec<char> = without_case(operand.as_str().unwrap()).chars().collect();
        match operator {
            "StringIn" => text == operand,
            "StringBeginsWith" => text.starts_with(&operand),
            "StringEndsWith" => text.ends_with(&operand),
            _ => operand.is_empty() || text.windows(operand.len()).any(|part| part == operand),
        }
    }))
}

fn same(one: &str, other: &str) -> bool {
    without_case(one) == without_case(other)
}

/// In upper case, character by character, where the upper case is one character and ASCII stays
/// apart from the rest.
fn without_case(text: &str) -> String {
    let upper = |c: char| {
        let upper = c.to_uppercase().to_string();
        let is_one = upper.chars().count() == 1 && upper.is_ascii() == c.is_ascii();
        if is_one { upper } else { c.to_string() }
    };
    text.chars().map(upper).collect()
}
