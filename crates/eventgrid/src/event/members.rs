//! The members of a received event, found in one walk over it.

use crate::event::MalformedEvent;
use crate::json::{JsonError, Kind, MAX_DEPTH, Place, walk};

/// A member of an event: where its value is, and of which type it is.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) place: Place,
    pub(super) kind: Kind,
}

/// Finds the members of these names in the event at `at`, of which `data` alone may be of any type, and puts each into its place in
/// `found`. Gives where the event ends, so that what follows can be read even if it is malformed.
///
/// Fails if it is no JSON.
pub(super) fn read<const N: usize>(
    text: &str,
    at: usize,
    names: &[&'static str; N],
    found: &mut [Option<Member>; N],
) -> Result<(usize, Result<(), MalformedEvent>), JsonError> {
    match members(text, at, names, found) {
        Ok(end) => Ok((end, Ok(()))),
        Err(malformed) => {
            let (end, too_deep) = walk::value_of_any_depth(text.as_bytes(), at)?;
            Ok((end, Err(too_deep.map_or(malformed, MalformedEvent::Json))))
        }
    }
}

fn members<const N: usize>(
    text: &str,
    at: usize,
    names: &[&'static str; N],
    found: &mut [Option<Member>; N],
) -> Result<usize, MalformedEvent> {
    let bytes = text.as_bytes();
    if walk::kind(bytes, at)? != Kind::Object {
        return Err(MalformedEvent::NotAnObject);
    }
    walk::object(bytes, at, |name, at| {
        let position = name.position(text, names)?;
        let slot = position.and_then(|position| Some((found.get_mut(position)?, *names.get(position)?)));
        match slot {
            // Within the event, there is one level less.
            None => Ok(walk::value(bytes, at, MAX_DEPTH - 1)?),
            Some((Some(_), name)) => Err(MalformedEvent::Doubled(name)),
            Some((slot, name)) => {
                let kind = walk::kind(bytes, at)?;
                let is_text = kind == Kind::String && name != "data";
                let place = if is_text {
                    Place::of_string(text, at)?
                } else {
                    Place::of_value(bytes, at, MAX_DEPTH - 1)?
                };
                *slot = Some(Member { place, kind });
                // Behind its closing quote.
                Ok(place.end() + usize::from(is_text))
            }
        }
    })
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
