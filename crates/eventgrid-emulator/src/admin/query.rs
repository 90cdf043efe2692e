//! Parameters of a query: named in the table, each at most once.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

use schemars::{Schema, SchemaGenerator};

use super::error::{AdminError, shortened};

/// A parameter that a query can have.
pub(super) struct QueryParameter {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
}

/// The parameters of one request.
#[derive(Debug, Default)]
pub(super) struct Query(HashMap<String, String>);

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// If a parameter is none of `known`, or comes twice.
    pub(super) fn parse(text: &str, known: &[QueryParameter]) -> Result<Self, AdminError> {
        let mut parameters = HashMap::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if !known.iter().any(|parameter| parameter.name == name) {
                return Err(AdminError::unknown_parameter(&name, known));
            }
            if parameters.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(AdminError::bad_request(format!(
                    "the parameter {name} is given twice: give it once"
                )));
            }
        }
        Ok(Self(parameters))
    }

    /// The text of a parameter, if it is there.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// The number of a parameter, if it is there.
    ///
    /// # Errors
    /// If it is no integer of the range.
    pub(super) fn integer<T: TryFrom<u64>>(
        &self,
        name: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<T>, AdminError> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        let is_integer = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| is_integer && range.contains(number));
        number.and_then(|number| T::try_from(number).ok()).map(Some).ok_or_else(|| {
            let (least, most, text) = (range.start(), range.end(), shortened(text));
            let message =
                format!("the parameter {name} must be an integer from {least} to {most}, and is {text:?}");
            AdminError::bad_request(message)
        })
    }

    /// What a parameter names, if it is there.
    ///
    /// # Errors
    /// If it names nothing: in the words of the type, which say what can be written.
    pub(super) fn named<T: FromStr<Err = &'static str>>(&self, name: &str) -> Result<Option<T>, AdminError> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        let read = text.parse();
        read.map(Some)
            .map_err(|error| AdminError::bad_request(format!("the parameter {name} is not valid: {error}")))
    }
}
