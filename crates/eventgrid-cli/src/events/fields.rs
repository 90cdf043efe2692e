//! Data that is put together from fields: `a.b=value`.

use serde_json::{Map, Value};

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
    /// A field is within another one that has a value of its own, or is given twice.
    Taken,
}

/// The object with these fields.
///
/// # Errors
/// The position of the field that cannot be added, and why.
pub(super) fn object_of(fields: &[Field<'_>]) -> Result<Value, (usize, FieldError)> {
    let mut object = Map::new();
    for (position, field) in fields.iter().enumerate() {
        add(&mut object, field).map_err(|error| (position, error))?;
    }
    Ok(Value::Object(object))
}

fn add(object: &mut Map<String, Value>, field: &Field<'_>) -> Result<(), FieldError> {
    let (outer, last) = match field.path.rsplit_once('.') {
        Some((outer, last)) => (Some(outer), last),
        None => (None, field.path),
    };
    if field.path.split('.').any(str::is_empty) {
        return Err(FieldError::EmptyName);
    }
    let mut inner = object;
    for name in outer.into_iter().flat_map(|outer| outer.split('.')) {
        let next = inner.entry(name).or_insert_with(|| Value::Object(Map::new()));
        // An object that was given as a value may get more members.
        inner = next.as_object_mut().ok_or(FieldError::Taken)?;
    }
    if inner.contains_key(last) {
        return Err(FieldError::Taken);
    }
    let value = serde_json::from_str(&field.value).unwrap_or_else(|_| Value::String(field.value.clone()));
    inner.insert(last.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(fields: &[(&str, &str)]) -> Result<String, (usize, FieldError)> {
        let fields: Vec<_> =
            fields.iter().map(|(path, value)| Field { path, value: (*value).to_owned() }).collect();
        object_of(&fields).map(|value| value.to_string())
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
    fn a_field_that_is_not_free_is_refused() {
        assert_eq!(object(&[("a", "1"), ("a", "2")]), Err((1, FieldError::Taken)));
        assert_eq!(object(&[("a", "1"), ("a.b", "2")]), Err((1, FieldError::Taken)));
        assert_eq!(object(&[("a.b", "1"), ("a", "2")]), Err((1, FieldError::Taken)));
        for path in ["", ".", "a.", ".a", "a..b"] {
            assert_eq!(object(&[(path, "1")]), Err((0, FieldError::EmptyName)), "{path}");
        }
    }
}
