//! Names as the service takes them, and whether they are given twice.

use std::collections::HashMap;

/// How long a name may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum NameKind {
    /// A topic, a domain or a partner namespace: 3 to 50 characters ("Naming rules and restrictions
    /// for Azure resources", Microsoft.EventGrid).
    Resource,
    /// An event subscription or a channel: 3 to 64 characters (the same page).
    Part,
}

/// What the paths of everything but basic topics, domains and partner namespaces begin with.
const RESERVED: [&str; 3] = ["api", "emulator", "topics"];

/// Checks a name; gives back what is wrong with it.
pub(super) fn check_name(name: &str, kind: NameKind) -> Result<(), String> {
    let longest = match kind {
        NameKind::Resource => 50,
        NameKind::Part => 64,
    };
    let is_valid = (3..=longest).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_valid {
        Ok(())
    } else {
        let shown = shorten(name);
        Err(format!("{shown:?} is not a name: it needs 3 to {longest} letters, digits and hyphens"))
    }
}

/// Checks that a basic topic, domain or partner namespace does not hide a path of something else.
pub(super) fn check_reserved(name: &str) -> Result<(), String> {
    if RESERVED.contains(&&*name.to_ascii_lowercase()) {
        Err(format!("the name {name:?} is taken by the emulator itself: paths of other things begin with it"))
    } else {
        Ok(())
    }
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
