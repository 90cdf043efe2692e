//! What a field takes, and whether a value is that.

use serde::de::Unexpected;

use super::Format;
use super::error::Problem;

/// What is taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected {
    Anything,
    Nothing,
    Boolean,
    Integer {
        least: i64,
        most: u64,
    },
    Number,
    String,
    Array,
    Object,
    /// An object with these fields.
    Fields(&'static [&'static str]),
    /// One of these words, or an object with one of them as its field.
    OneOf(&'static [&'static str]),
}

impl Expected {
    /// Checks a value of that kind.
    pub(super) fn check(self, found: Unexpected<'_>, format: Format) -> Result<(), Problem> {
        let is_expected = match (self, found) {
            (Self::Anything, _)
            | (Self::Nothing, Unexpected::Unit | Unexpected::Option)
            | (Self::Boolean, Unexpected::Bool(_))
            | (Self::Number, Unexpected::Signed(_) | Unexpected::Unsigned(_) | Unexpected::Float(_))
            | (Self::String, Unexpected::Str(_) | Unexpected::Char(_))
            | (Self::Array, Unexpected::Seq)
            | (Self::Object | Self::Fields(_), Unexpected::Map)
            | (Self::OneOf(_), Unexpected::Str(_) | Unexpected::Map) => true,
            (Self::Integer { most, .. }, Unexpected::Unsigned(number)) => number <= most,
            (Self::Integer { least, most }, Unexpected::Signed(number)) => {
                number >= least && u64::try_from(number).is_ok_and(|number| number <= most)
                    || (least..0).contains(&number)
            }
            _ => false,
        };
        if is_expected {
            return Ok(());
        }
        Err(Problem::new(format!("expected {}, found {}", self.words(format), format.kind(found))))
    }

    fn words(self, format: Format) -> String {
        match self {
            Self::Anything => "any value".to_owned(),
            Self::Nothing => "no value".to_owned(),
            Self::Boolean => "true or false".to_owned(),
            Self::Integer { least, most } => format!("an integer from {least} to {most}"),
            Self::Number => "a number".to_owned(),
            Self::String => "a string".to_owned(),
            Self::Array => "an array".to_owned(),
            Self::Object => format.object().to_owned(),
            Self::Fields(fields) => format!("{} with the fields {}", format.object(), fields.join(", ")),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
        }
    }
}

impl Format {
    fn object(self) -> &'static str {
        match self {
            Self::Json => "an object",
            #[cfg(feature = "configuration")]
            Self::Toml => "a table",
        }
    }

    fn kind(self, found: Unexpected<'_>) -> String {
        match found {
            Unexpected::Map => self.object().to_owned(),
            other => super::error::kind(other),
        }
    }

    /// How a word is written that needs a value.
    pub(super) fn with_value(self, word: &str) -> String {
        match self {
            Self::Json => format!("{{\"{word}\": ...}}"),
            #[cfg(feature = "configuration")]
            Self::Toml => format!("{{ {word} = ... }}"),
        }
    }
}
