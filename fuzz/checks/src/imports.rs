//! Configurations of other emulators: whatever is imported is a valid configuration of this one,
//! its comments stay comments, and the notes contain no secrets. All strict JSON of the right form
//! is read. Input: the file.

use eventgrid_emulator::configuration::Configuration;
use eventgrid_emulator::configuration::import::{self, ImportError, Imported};
use serde_json::Value;

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    // An object whose member is found whatever the rules for case are.
    let topics = serde_json::from_str(text).ok().and_then(|value: Value| {
        let object = value.as_object()?;
        let only = object.keys().filter(|key| key.eq_ignore_ascii_case("topics")).count() == 1;
        object.get("topics").filter(|_| only).cloned()
    });
    let is_deep = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() > 100;
    let is = |expected: fn(&Value) -> bool| topics.as_ref().is_some_and(expected) && !is_deep;
    one(text, import::pm7y(text), is(Value::is_array));
    one(text, import::workleap(text), is(Value::is_object));
}

fn one(text: &str, imported: Result<Imported, ImportError>, must_be_read: bool) {
    match imported {
        Ok(imported) => is_a_configuration(&imported),
        Err(error) => {
            assert!(!must_be_read, "{error}");
            assert!((1..=text.split('\n').count()).contains(&error.line()), "{error}");
        }
    }
}

fn is_a_configuration(imported: &Imported) {
    let configuration = imported.configuration();
    configuration.check().expect("what is imported is valid");
    let written = imported.to_toml();
    let again = Configuration::parse(&written).unwrap_or_else(|errors| panic!("{written}\n{errors}"));
    assert_eq!(&again, configuration, "{written}");
    configuration.builder().build().expect("what is imported makes an emulator");
    let notes = imported.notes().join("\n");
    // No name is shown with more characters, so it is the key if it is there.
    let keys = configuration.basic_topics.iter().flat_map(|topic| &topic.keys);
    for key in keys.filter(|key| key.expose().chars().count() > 64) {
        assert!(!notes.contains(key.expose()), "{notes}");
    }
    assert!(imported.notes().iter().all(|note| !note.contains(char::is_control)), "{notes:?}");
}
