//! An array that is a member of the one object that a text is.

use super::{JsonError, Reader};

/// A reader inside the array that the object has by that name, or none if it has no such member.
pub(crate) fn member_array<'t>(text: &'t str, name: &str) -> Result<Option<Reader<'t>>, JsonError> {
    let mut reader = Reader::behind_byte_order_mark(text);
    reader.begin_object()?;
    while let Some(other) = reader.next_member()? {
        if other == *name {
            reader.begin_array()?;
            return Ok(Some(reader));
        }
        let _ = reader.value_of_any_depth()?;
    }
    reader.end()?;
    Ok(None)
}
