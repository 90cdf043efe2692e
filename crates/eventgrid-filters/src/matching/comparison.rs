//! Comparing a value with operands.

use memchr::memmem::Finder;

use crate::event::Content;

/// The comparison of an operator without its `Not`, with prepared operands: strings are folded.
#[derive(Debug)]
pub(crate) enum Comparison {
    /// The operator does not compare the value.
    None,
    Boolean(bool),
    NumberIn(Vec<f64>),
    LessThan(f64),
    GreaterThan(f64),
    LessThanOrEquals(f64),
    GreaterThanOrEquals(f64),
    InRange(Vec<[f64; 2]>),
    Contains(Vec<Finder<'static>>),
    BeginsWith(Vec<String>),
    EndsWith(Vec<String>),
    /// In order.
    StringIn(Vec<String>),
}

impl Comparison {
    /// Whether the operator compares texts.
    pub(crate) fn is_of_text(&self) -> bool {
        matches!(self, Self::Contains(_) | Self::BeginsWith(_) | Self::EndsWith(_) | Self::StringIn(_))
    }

    /// Whether the value has the type of the operands.
    pub(super) fn has_type_of(&self, content: &Content<'_>) -> bool {
        match content {
            Content::Null => false,
            Content::Boolean(_) => matches!(self, Self::Boolean(_)),
            Content::String(_) => self.is_of_text(),
            Content::Number(..) => !matches!(self, Self::None | Self::Boolean(_)) && !self.is_of_text(),
        }
    }

    /// Whether the operator finds what it looks for. `folded` is the text of the value without
    /// case, for an operator that compares texts.
    pub(super) fn finds(&self, content: &Content<'_>, folded: &str) -> bool {
        let number = || if let Content::Number(_, number) = content { *number } else { f64::NAN };
        match self {
            Self::None => false,
            Self::Boolean(operand) => matches!(content, Content::Boolean(value) if value == operand),
            Self::NumberIn(operands) => operands.contains(&number()),
            Self::LessThan(operand) => number() < *operand,
            Self::GreaterThan(operand) => number() > *operand,
            Self::LessThanOrEquals(operand) => number() <= *operand,
            Self::GreaterThanOrEquals(operand) => number() >= *operand,
            Self::InRange(ranges) => {
                let number = number();
                ranges.iter().any(|[low, high]| number >= *low && number <= *high)
            }
            Self::Contains(finders) => finders.iter().any(|finder| finder.find(folded.as_bytes()).is_some()),
            Self::BeginsWith(operands) => operands.iter().any(|operand| folded.starts_with(operand)),
            Self::EndsWith(operands) => operands.iter().any(|operand| folded.ends_with(operand)),
            Self::StringIn(operands) => {
                operands.binary_search_by(|operand| operand.as_str().cmp(folded)).is_ok()
            }
        }
    }
}
