//! The members of a received event, found in one walk over it.

use crate::event::MalformedEvent;
use crate::json::{JsonError, Kind, MAX_DEPTH, TextRange, walk};

/// Finds the members of these names in the event at `at`, and puts the place of each into its place
/// in `found`. All of them are text, or `null` and thus absent; `data` alone may be of any type.
/// Gives where the event ends, so that what follows can be read even if it is malformed.
///
/// Fails if it is not JSON.
#[inline]
pub(super) fn read<const N: usize>(
    text: &str,
    at: usize,
    names: &[&'static str; N],
    found: &mut [Option<TextRange>; N],
) -> Result<(usize, Result<(), MalformedEvent>), JsonError> {
    match members(text, at, names, found) {
        Ok(end) => Ok((end, Ok(()))),
        Err(malformed) => {
            let (end, too_deep) = walk::value_of_any_depth(text.as_bytes(), at)?;
            Ok((end, Err(too_deep.map_or(malformed, MalformedEvent::Json))))
        }
    }
}

/// How deep the value of a member may be: the event is one level itself.
const WITHIN_DEPTH: usize = MAX_DEPTH - 1;

#[inline]
fn members<const N: usize>(
    text: &str,
    at: usize,
    names: &[&'static str; N],
    found: &mut [Option<TextRange>; N],
) -> Result<usize, MalformedEvent> {
    let bytes = text.as_bytes();
    if walk::kind(bytes, at)? != Kind::Object {
        return Err(MalformedEvent::NotAnObject);
    }
    // A bit for each name.
    let mut seen = 0_u32;
    walk::object(bytes, at, |name, at| {
        let position = name.position(text, names)?;
        let slot =
            position.and_then(|position| Some((position, found.get_mut(position)?, *names.get(position)?)));
        let Some((position, slot, name)) = slot else { return Ok(walk::value(bytes, at, WITHIN_DEPTH)?) };
        let before = seen;
        seen |= 1 << position;
        if seen == before {
            return Err(MalformedEvent::Doubled(name));
        }
        match walk::kind(bytes, at)? {
            _ if name == "data" => {
                let place = TextRange::of_value(bytes, at, WITHIN_DEPTH)?;
                *slot = Some(place);
                Ok(place.end())
            }
            Kind::String => {
                let place = TextRange::of_string(text, at)?;
                *slot = Some(place);
                // Behind its closing quote.
                Ok(place.end() + 1)
            }
            Kind::Null => Ok(walk::value(bytes, at, WITHIN_DEPTH)?),
            _ => Err(MalformedEvent::WrongType(name)),
        }
    })
}

/// A member that must be there.
pub(super) fn required(name: &'static str, member: Option<TextRange>) -> Result<TextRange, MalformedEvent> {
    member.ok_or(MalformedEvent::Missing(name))
}
