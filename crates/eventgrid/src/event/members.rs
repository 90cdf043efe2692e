//! The members of a received event, found in one walk over it.

use crate::event::MalformedEvent;
use crate::json::{JsonError, JsonErrorKind, Kind, MAX_DEPTH, Place, RawJson, Reader};

/// A member of an event: where its value is, and of which type it is.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) place: Place,
    pub(super) kind: Kind,
}

/// The members of these names, in the order of the names.
pub(super) type Members<const N: usize> = [Option<Member>; N];

/// Reads an event as a whole: finds the members of these names, of which `data` alone may be of any type, and the place
/// of the event. One that is malformed is stepped over, so that what follows can still be read.
///
/// Fails if it is no JSON, or only starts as such.
pub(super) fn read<const N: usize>(
    reader: &mut Reader<'_>,
    names: &[&'static str; N],
) -> Result<Result<(Place, Members<N>), MalformedEvent>, JsonError> {
    let start = reader.clone();
    let malformed = match members(reader, names) {
        Ok(found) => return Ok(Ok(found)),
        Err(malformed) => malformed,
    };
    *reader = start;
    Ok(Err(step_over(reader)?.map_or_else(MalformedEvent::Json, |_| malformed)))
}

/// Steps over a value, however deep it is. One that is nested too deeply is an error of its own.
pub(crate) fn step_over<'b>(reader: &mut Reader<'b>) -> Result<Result<RawJson<'b>, JsonError>, JsonError> {
    match reader.value() {
        Ok(value) => Ok(Ok(value)),
        Err(error) if error.kind() == JsonErrorKind::TooDeep => {
            reader.skip_too_deep()?;
            Ok(Err(error))
        }
        Err(error) => Err(error),
    }
}

fn members<const N: usize>(
    reader: &mut Reader<'_>,
    names: &[&'static str; N],
) -> Result<(Place, Members<N>), MalformedEvent> {
    let mut found = [None; N];
    if reader.kind()? != Kind::Object {
        return Err(MalformedEvent::NotAnObject);
    }
    let start = reader.offset();
    reader.begin_object()?;
    while let Some(name) = reader.next_member()? {
        let known = names.iter().position(|known| name == **known);
        let slot = known.and_then(|position| Some((found.get_mut(position)?, *names.get(position)?)));
        match slot {
            // Within the event, there is one level less.
            None => {
                reader.value_of_depth(MAX_DEPTH - 1)?;
            }
            Some((Some(_), name)) => return Err(MalformedEvent::Doubled(name)),
            Some((slot, name)) => {
                let kind = reader.kind()?;
                let place = if kind == Kind::String && name != "data" {
                    Place::of_string(reader.string()?, reader)
                } else {
                    Place::of_value(reader.value_of_depth(MAX_DEPTH - 1)?, reader)
                };
                *slot = Some(Member { place, kind });
            }
        }
    }
    Ok((Place::of_value(reader.since(start), reader), found))
}

/// A text that must be there.
pub(super) fn required(name: &'static str, member: Option<Member>) -> Result<Place, MalformedEvent> {
    optional(name, member)?.ok_or(MalformedEvent::Missing(name))
}

/// A text that may be missing, which is what `null` says too.
pub(super) fn optional(name: &'static str, member: Option<Member>) -> Result<Option<Place>, MalformedEvent> {
    match member {
        None | Some(Member { kind: Kind::Null, .. }) => Ok(None),
        Some(Member { kind: Kind::String, place }) => Ok(Some(place)),
        Some(_) => Err(MalformedEvent::WrongType(name)),
    }
}
