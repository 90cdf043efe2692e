//! Names of a file: whether they are taken, or given twice.

use std::collections::HashMap;

/// The names of one kind of thing, and the field where each was first given.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, String>);

impl Names {
    /// Adds a name; gives back what is wrong if it is there already. The service compares names
    /// without case.
    pub(super) fn add(&mut self, name: &str, field: &str) -> Result<(), String> {
        let first = self.0.entry(name.to_ascii_lowercase()).or_insert_with(|| field.to_owned());
        if first == field {
            Ok(())
        } else {
            Err(format!("the name {name:?} is given twice: {first} has it too (case does not matter)"))
        }
    }
}
