//! Our reader and our deserializer against `serde_json`. Input: any bytes.
//!
//! For the reader, [`oracle`] names the oracle of each aspect. For the deserializer it is
//! `serde_json` with the same type, `Value`, and without its limit of depth: both keep the last of
//! several members of one name, and both refuse `1e999` and halves of surrogate pairs.

#[allow(dead_code, reason = "the tests of the reader call more of it")]
#[path = "../../../crates/eventgrid/tests/it/json_oracle/mod.rs"]
pub(crate) mod oracle;

use eventgrid::json::{JsonText, MAX_DEPTH, RawJson};
use serde::Deserialize;
use serde_json::Value;

/// Runs the check.
///
/// # Panics
/// If they disagree.
pub fn check(input: &[u8]) {
    oracle::compare(input);
    if let Ok(text) = std::str::from_utf8(input) {
        deserializes_alike(text);
        becomes_the_same_value(text);
    }
}

fn deserializes_alike(text: &str) {
    let json = RawJson::parse(text).ok();
    let ours = json.and_then(|json| json.deserialize_in::<Value>(&mut vec![0; text.len()]).ok());
    if oracle::depth(text) > MAX_DEPTH {
        assert!(ours.is_none(), "{text}");
    } else {
        assert_eq!(ours, value(text), "{text}");
    }
}

/// JSON text in the hands of `serde`: kept as it is, and written as the value that it is.
fn becomes_the_same_value(text: &str) {
    let parsed = RawJson::parse(text).ok();
    let kept = serde_json::from_str::<JsonText<'_>>(text).ok();
    assert_eq!(kept.as_ref().map(JsonText::as_str), parsed.map(RawJson::as_str));
    let Some(json) = parsed else { return };
    // Whole numbers that `Value` cannot hold are errors, where `serde_json` rounds.
    let Ok(written) = serde_json::to_value(json) else { return };
    // Of an object with its own mark `serde_json` reads what is in the mark; we write the object.
    if !written.to_string().contains("$serde_json::private::RawValue") {
        assert_eq!(Some(written), value(text));
    }
}

fn value(text: &str) -> Option<Value> {
    let mut theirs = serde_json::Deserializer::from_str(text);
    theirs.disable_recursion_limit();
    let value = Value::deserialize(&mut theirs).ok()?;
    theirs.end().ok().map(|()| value)
}
