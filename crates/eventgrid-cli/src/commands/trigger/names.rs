//! Types of system events by what people type.

use eventgrid::system_events::SystemEvent;

use crate::failure::Failure;

/// How many names are suggested.
const MOST_SUGGESTED: usize = 5;

/// How alike a name must be to be suggested: 1 is the same.
const LEAST_LIKENESS: f64 = 0.75;

/// The type of that name: the whole of it in any case, or an end of it from a dot on that no other
/// type has.
///
/// # Errors
/// [`Failure`] that names those that are meant, or may be.
pub(super) fn find(name: &str) -> Result<SystemEvent, Failure> {
    let wanted = name.trim().trim_matches('.').to_ascii_lowercase();
    let is_end = |event: &SystemEvent| {
        let event_type = event.event_type().to_ascii_lowercase();
        event_type.strip_suffix(&wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let is_whole = |event: &&SystemEvent| event.event_type().eq_ignore_ascii_case(&wanted);
    let found: Vec<_> = SystemEvent::all().filter(is_end).collect();
    match found.iter().find(is_whole).or(match &found[..] {
        [only] => Some(only),
        _ => None,
    }) {
        Some(event) if !wanted.is_empty() => Ok(*event),
        _ if found.is_empty() || wanted.is_empty() => Err(unknown(name, &nearest(&wanted))),
        _ => Err(Failure::usage(format!("several types end with {name:?}"))
            .advice(format!("write the full name of one of them: {}", names(&found)))),
    }
}

fn unknown(name: &str, nearest: &[SystemEvent]) -> Failure {
    let failure = Failure::usage(format!("there is no system event {name:?}"));
    if nearest.is_empty() {
        return failure.advice("`egrid trigger --list` lists them all");
    }
    failure.advice(format!("nearest: {}; `egrid trigger --list` lists them all", names(nearest)))
}

fn names(events: &[SystemEvent]) -> String {
    let names: Vec<_> = events.iter().map(|event| event.event_type()).collect();
    names.join(", ")
}

/// The types that are most like what was written in lower case, the nearest first.
fn nearest(wanted: &str) -> Vec<SystemEvent> {
    let mut alike: Vec<_> = SystemEvent::all()
        .map(|event| (likeness(&event.event_type().to_ascii_lowercase(), wanted), event))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .collect();
    // Equal ones stay in the order of the types.
    alike.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    alike.into_iter().take(MOST_SUGGESTED).map(|(_, event)| event).collect()
}

/// How alike they are, as a whole or by the end of the type that has as many parts.
fn likeness(event_type: &str, wanted: &str) -> f64 {
    let parts = wanted.split('.').count();
    let end =
        event_type.rmatch_indices('.').nth(parts - 1).map_or(event_type, |(dot, _)| &event_type[dot + 1..]);
    let of = |text: &str| {
        // What was cut short is alike as well: `blobcre`.
        let is_part = wanted.len() >= 4 && text.contains(wanted);
        if is_part { 0.95 } else { strsim::normalized_damerau_levenshtein(text, wanted) }
    };
    of(event_type).max(of(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_found_by_its_end_if_no_other_has_it() {
        for name in [
            "Microsoft.Storage.BlobCreated",
            "microsoft.storage.blobcreated",
            "Storage.BlobCreated",
            "BlobCreated",
            " blobcreated ",
        ] {
            assert_eq!(find(name).unwrap(), SystemEvent::StorageBlobCreated, "{name}");
        }
        let several = find("UserDeleted").unwrap_err().to_string();
        assert!(several.contains("several types end with"), "{several}");
        assert!(several.contains("Microsoft.Graph.UserDeleted"), "{several}");
    }

    #[test]
    fn the_nearest_names_are_said() {
        for name in ["BlobCraeted", "Microsoft.Storage.BlobCreate", "Storage.BlobCreatd", "blobcre"] {
            let failure = find(name).unwrap_err().to_string();
            assert!(failure.contains("nearest: Microsoft.Storage.BlobCreated"), "{name}: {failure}");
        }
        for name in ["", ".", "Order.Created!?", "\u{e9}"] {
            let failure = find(name).unwrap_err().to_string();
            assert!(failure.contains("egrid trigger --list"), "{name}: {failure}");
        }
    }

    #[test]
    fn every_type_is_found_by_its_name() {
        for event in SystemEvent::all() {
            assert_eq!(find(event.event_type()).unwrap(), event);
        }
    }
}
