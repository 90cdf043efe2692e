//! An array that is a member of the one object that a text is.

use super::{JsonError, Kind, Reader};

/// A reader inside the array that the object has by that name, or none if it has no such member,
/// or only `null` in its place.
pub(crate) fn member_array<'t>(text: &'t str, name: &str) -> Result<Option<Reader<'t>>, JsonError> {
    let mut reader = Reader::behind_byte_order_mark(text);
    reader.begin_object()?;
    while let Some(other) = reader.next_member()? {
        if other == *name && reader.kind()? != Kind::Null {
            reader.begin_array()?;
            return Ok(Some(reader));
        }
        let _ = reader.value_of_any_depth()?;
    }
    reader.end()?;
    Ok(None)
}
