//! Whether names are those that the limits allow, and whether they are given twice.

use std::collections::HashMap;

use crate::Limits;
use crate::name::{NameKind, is_reserved};

/// Checks a name; gives back what is wrong with it. A basic topic, domain or partner namespace must
/// not hide a path of something else.
pub(super) fn check_name(name: &str, kind: NameKind, limits: Limits) -> Result<(), String> {
    let shown = shorten(name);
    if let Err(expected) = kind.check(name, limits) {
        return Err(format!("{shown:?} is not a name: it needs {expected}"));
    }
    if kind == NameKind::Resource && is_reserved(name) {
        return Err(format!(
            "the name {shown:?} is taken by the emulator itself: paths of other things begin with it"
        ));
    }
    Ok(())
}

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

/// At most 64 characters of a text.
fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}
