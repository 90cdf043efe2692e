//! JSON whose parts can be set, and whose numbers and texts stay as they were written.

use std::collections::BTreeMap;
use std::fmt;

use eventgrid::json::{Kind, RawJson, Reader};

use crate::json::quoted;

/// A value of data. A number may have more digits than an `f64` keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// A text, a number, a boolean or null, as JSON.
    Scalar(String),
    Array(Vec<Node>),
    Object(BTreeMap<String, Node>),
}

impl Node {
    /// Reads JSON; `None` if it is not JSON, is nested too deeply, or has half of a surrogate pair
    /// in the name of a member. Of members with one name, the last counts.
    pub(super) fn parse(json: &str) -> Option<Self> {
        Self::read(&mut RawJson::parse(json).ok()?.reader())
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(match reader.kind().ok()? {
            Kind::Object => {
                let mut members = BTreeMap::new();
                reader.begin_object().ok()?;
                while let Some(name) = reader.next_member().ok()? {
                    members.insert(name.to_cow().into_owned(), Self::read(reader)?);
                }
                Self::Object(members)
            }
            Kind::Array => {
                let mut elements = Vec::new();
                reader.begin_array().ok()?;
                while reader.next_element().ok()? {
                    elements.push(Self::read(reader)?);
                }
                Self::Array(elements)
            }
            _ => Self::Scalar(reader.value().ok()?.as_str().to_owned()),
        })
    }

    /// A text.
    pub(super) fn text(text: &str) -> Self {
        Self::Scalar(quoted(text))
    }

    /// The value null.
    pub(super) fn null() -> Self {
        Self::Scalar("null".to_owned())
    }

    /// Whether it is null.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(json) if json == "null")
    }
}

/// As JSON, without white space between values.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(json) => f.write_str(json),
            Self::Array(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma}{element}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma}{}:{value}", quoted(name))?;
                }
                f.write_str("}")
            }
        }
    }
}
