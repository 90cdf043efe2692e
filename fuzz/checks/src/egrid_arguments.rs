//! Templates and fields of `egrid publish`. Input: a template on the first line, and a field
//! `PATH=VALUE` on each line after it.

#[path = "../../../crates/eventgrid-cli/src/events/fields.rs"]
mod fields;
#[path = "../../../crates/eventgrid-cli/src/events/template.rs"]
#[allow(dead_code, reason = "the program uses what this check does not")]
mod template;

use jiff::Timestamp;
use regex::Regex;
use serde_json::Value;
use serde_json::value::RawValue;

use eventgrid::json::MAX_DEPTH;
use fields::{Field, FieldError, object_of};
use template::{Template, TemplateValues};

/// Runs the check.
///
/// # Panics
/// If the check fails.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (template, fields) = text.split_once('\n').unwrap_or((text, ""));
    check_template(template);
    let fields: Vec<_> = fields.lines().filter_map(|line| line.split_once('=')).take(32).collect();
    check_fields(&fields);
}

/// What is filled in is what a regular expression finds.
fn check_template(text: &str) {
    let placeholder = Regex::new(r"\{\{(.*?)\}\}").expect("it is an expression");
    let mut expected = String::from("^(?s:");
    let mut rest = 0;
    let mut is_known = true;
    for found in placeholder.captures_iter(text) {
        let whole = found.get(0).expect("it has matched");
        expected.push_str(&regex::escape(&text[rest..whole.start()]));
        expected.push_str(match found[1].trim() {
            "n" => "17",
            "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            "now" => "1970-01-01T00:00:00Z",
            _ => {
                is_known = false;
                ""
            }
        });
        rest = whole.end();
    }
    expected.push_str(&regex::escape(&text[rest..]));
    expected.push_str(")$");
    let values = TemplateValues { number: 17, now: Timestamp::UNIX_EPOCH };
    assert_eq!(Template::plain(text).expand(&values), text);
    match Template::parse(text) {
        Ok(template) => {
            assert!(is_known, "an unknown placeholder was taken");
            let expanded = template.expand(&values);
            let expected = Regex::new(&expected).expect("it is an expression");
            assert!(expected.is_match(&expanded), "{expanded:?} is not {expected:?}");
        }
        Err(error) => assert!(!is_known, "{error}"),
    }
}

/// What was accepted is in the object, and what was refused is in the way of an earlier field.
fn check_fields(given: &[(&str, &str)]) {
    let fields: Vec<_> =
        given.iter().map(|(path, value)| Field { path, value: (*value).to_owned() }).collect();
    match object_of(&fields) {
        Ok(text) => {
            // A number may be too large for this, and text may have half a character.
            let Ok(object) = serde_json::from_str::<Value>(&text) else {
                assert!(serde_json::from_str::<&RawValue>(&text).is_ok(), "{text:?} is not JSON");
                return;
            };
            for (path, text) in given {
                let mut found = &object;
                for name in path.split('.') {
                    assert!(!name.is_empty(), "{path:?} has an empty name");
                    found = &found[name];
                }
                contains(found, &value_of(text));
            }
            let leaves = leaves_of(&object);
            assert!(leaves.iter().all(|leaf| given.iter().any(|(path, _)| is_within(leaf, path))));
        }
        Err((position, FieldError::EmptyName)) => {
            assert!(given[position].0.split('.').any(str::is_empty));
        }
        Err((position, FieldError::TooDeep)) => {
            assert!(given[position].0.split('.').count() > MAX_DEPTH);
        }
        Err((position, FieldError::Taken)) => {
            let path = given[position].0;
            let mut earlier = given[..position].iter();
            assert!(earlier.any(|(other, _)| is_within(path, other) || is_within(other, path)));
        }
    }
}

fn value_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// An object may have got more members.
fn contains(found: &Value, given: &Value) {
    match given.as_object() {
        Some(members) => members.iter().for_each(|(name, value)| contains(&found[name], value)),
        None => assert_eq!(found, given),
    }
}

fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The paths of everything but objects with members.
fn leaves_of(value: &Value) -> Vec<String> {
    let Some(members) = value.as_object() else { return vec![String::new()] };
    let mut leaves = Vec::new();
    for (name, value) in members {
        match value.as_object() {
            Some(inner) if !inner.is_empty() => {
                leaves.extend(leaves_of(value).into_iter().map(|leaf| format!("{name}.{leaf}")));
            }
            _ => leaves.push(name.clone()),
        }
    }
    leaves
}
