//! Data that is put together from fields: `a.b=value`.

use std::collections::BTreeMap;

use eventgrid::json::MAX_DEPTH;
use serde::Serialize;
use serde_json::value::RawValue;

/// One field: a path of names, and the text of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'f> {
    /// Names, from the outermost object on.
    pub(super) path: &'f str,
    /// The value: JSON if the text is JSON, otherwise text.
    pub(super) value: String,
}

/// Why fields make no object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldError {
    /// A name in the path is empty.
    EmptyName,
    /// The path has more than [`MAX_DEPTH`] names, so that nobody could read the object.
    TooDeep,
    /// A field is within another one that has a value of its own, or is given twice.
    Taken,
}

/// The object with these fields, as JSON. A value that is JSON stays as it was written: a number
/// may have more digits than a `f64` keeps.
///
/// # Errors
/// The position of the field that cannot be added, and why.
pub(super) fn object_of(fields: &[Field<'_>]) -> Result<String, (usize, FieldError)> {
    let mut object = Members::new();
    for (position, field) in fields.iter().enumerate() {
        add(&mut object, field).map_err(|error| (position, error))?;
    }
    Ok(serde_json::to_string(&object).expect("names are strings, and writing to memory does not fail"))
}

type Members = BTreeMap<String, Node>;

/// A value within the object.
#[derive(Serialize)]
#[serde(untagged)]
enum Node {
    /// JSON as it was given.
    Json(Box<RawValue>),
    /// What was given and is not JSON.
    Text(String),
    /// An object that a path leads through.
    Object(Members),
}

impl Node {
    /// The members of an object; none of any other value.
    fn members(&mut self) -> Option<&mut Members> {
        if let Self::Json(json) = self {
            let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json.get()).ok()?;
            *self =
                Self::Object(members.into_iter().map(|(name, value)| (name, Self::Json(value))).collect());
        }
        match self {
            Self::Object(members) => Some(members),
            Self::Json(_) | Self::Text(_) => None,
        }
    }
}

fn add(object: &mut Members, field: &Field<'_>) -> Result<(), FieldError> {
    let (outer, last) = match field.path.rsplit_once('.') {
        Some((outer, last)) => (Some(outer), last),
        None => (None, field.path),
    };
    if field.path.split('.').any(str::is_empty) {
        return Err(FieldError::EmptyName);
    }
    if field.path.split('.').count() > MAX_DEPTH {
        return Err(FieldError::TooDeep);
    }
    let mut inner = object;
    for name in outer.into_iter().flat_map(|outer| outer.split('.')) {
        let next = inner.entry(name.to_owned()).or_insert_with(|| Node::Object(Members::new()));
        // An object that was given as a value may get more members.
        inner = next.members().ok_or(FieldError::Taken)?;
    }
    if inner.contains_key(last) {
        return Err(FieldError::Taken);
    }
    let value =
        serde_json::from_str(&field.value).map_or_else(|_| Node::Text(field.value.clone()), Node::Json);
    inner.insert(last.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(fields: &[(&str, &str)]) -> Result<String, (usize, FieldError)> {
        let fields: Vec<_> =
            fields.iter().map(|(path, value)| Field { path, value: (*value).to_owned() }).collect();
        object_of(&fields)
    }

    #[test]
    fn paths_make_objects_within_objects() {
        assert_eq!(
            object(&[("order.total", "9.5"), ("order.to.city", "Ulm"), ("paid", "true"), ("tags", "[1]")]),
            Ok(r#"{"order":{"to":{"city":"Ulm"},"total":9.5},"paid":true,"tags":[1]}"#.to_owned())
        );
        assert_eq!(
            object(&[("a", r#""5""#), ("b", ""), ("c", "01")]),
            Ok(r#"{"a":"5","b":"","c":"01"}"#.to_owned())
        );
        assert_eq!(object(&[("a", r#"{"b":1}"#), ("a.c", "2")]), Ok(r#"{"a":{"b":1,"c":2}}"#.to_owned()));
    }

    #[test]
    fn a_path_has_no_more_names_than_objects_can_be_nested() {
        let deepest = vec!["a"; MAX_DEPTH].join(".");
        let json = object(&[(&deepest, "1")]).unwrap();
        assert!(eventgrid::json::RawJson::parse(&json).is_ok());
        for names in [MAX_DEPTH + 1, 60_000] {
            assert_eq!(object(&[(&vec!["a"; names].join("."), "1")]), Err((0, FieldError::TooDeep)));
        }
    }

    #[test]
    fn json_stays_as_it_was_written() {
        for json in [
            "12345678901234567890123",
            "1e400",
            "-0",
            "1e2",
            "0.1000000000000000055",
            r#"{"z":1,"a":[2, 3]}"#,
            "{}",
        ] {
            assert_eq!(object(&[("a.b", json)]), Ok(format!(r#"{{"a":{{"b":{json}}}}}"#)));
        }
        assert_eq!(
            object(&[("a", r#"{"n":1e400,"o":{}}"#), ("a.o.p", " 1.50 ")]),
            Ok(r#"{"a":{"n":1e400,"o":{"p":1.50}}}"#.to_owned())
        );
        assert_eq!(object(&[("a", "1e"), ("b", "\"")]), Ok(r#"{"a":"1e","b":"\""}"#.to_owned()));
        assert_eq!(object(&[]), Ok("{}".to_owned()));
    }

    #[test]
    fn a_field_that_is_not_free_is_refused() {
        assert_eq!(object(&[("a", "1"), ("a", "2")]), Err((1, FieldError::Taken)));
        assert_eq!(object(&[("a", "1"), ("a.b", "2")]), Err((1, FieldError::Taken)));
        assert_eq!(object(&[("a.b", "1"), ("a", "2")]), Err((1, FieldError::Taken)));
        for path in ["", ".", "a.", ".a", "a..b"] {
            assert_eq!(object(&[(path, "1")]), Err((0, FieldError::EmptyName)), "{path}");
        }
    }
}
