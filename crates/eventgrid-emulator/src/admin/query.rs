//! Parameters of a query: named in the table, each at most once.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use schemars::{Schema, SchemaGenerator};

use super::error::AdminError;

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

    /// The value of a parameter, if it is there.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn get<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, AdminError> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        let read = text.parse();
        read.map(Some)
            .map_err(|error| AdminError::bad_request(format!("the parameter {name} is not valid: {error}")))
    }
}
