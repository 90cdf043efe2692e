//! The events of a delivery as the log keeps them.

use eventgrid::json::Reader;

use super::delivery::{LoggedEvent, NextDelivery};

/// The events of a delivery as the log keeps them: there may be thousands in each, so their ids are
/// in one text, as they stand between the quotes in JSON.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeliveredEvents {
    ids: String,
    events: Vec<DeliveredEvent>,
}

#[derive(Debug, Clone)]
struct DeliveredEvent {
    /// Where its id ends in the text, and that of the next event begins. `None` if it has none that
    /// is text.
    id_end: Option<usize>,
    sequence_number: u64,
    attempt: u32,
    next: NextDelivery,
}

impl DeliveredEvents {
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self { ids: String::new(), events: Vec::with_capacity(count) }
    }

    pub(crate) fn push(
        &mut self,
        raw_id: Option<&str>,
        sequence_number: u64,
        attempt: u32,
        next: NextDelivery,
    ) {
        let id_end = raw_id.map(|id| {
            self.ids.push_str(id);
            self.ids.len()
        });
        self.events.push(DeliveredEvent { id_end, sequence_number, attempt, next });
    }

    /// The highest number of an attempt; 0 without events.
    pub(crate) fn attempt(&self) -> u32 {
        self.events.iter().map(|event| event.attempt).max().unwrap_or_default()
    }

    /// The events as they are shown.
    pub(super) fn shown(&self) -> Vec<LoggedEvent> {
        let mut from = 0;
        let shown = |event: &DeliveredEvent| {
            let id = event.id_end.map(|end| read(&self.ids[std::mem::replace(&mut from, end)..end]));
            let DeliveredEvent { sequence_number, attempt, next, .. } = event.clone();
            LoggedEvent { id, sequence_number, attempt, next }
        };
        self.events.iter().map(shown).collect()
    }

    /// About how many bytes they take.
    pub(super) fn size(&self) -> usize {
        self.ids.capacity() + self.events.capacity() * size_of::<DeliveredEvent>()
    }
}

/// What stands between the quotes of a string in JSON.
fn read(raw: &str) -> String {
    let quoted = format!("\"{raw}\"");
    Reader::new(&quoted).string().map_or_else(|_| raw.to_owned(), |id| id.to_cow().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_has_its_own_id_or_none() {
        let mut events = DeliveredEvents::with_capacity(4);
        let ids = [Some("é1"), None, Some(""), Some(r#"a\n\"\ud83d\ude00"#)];
        for (number, id) in (0..).zip(ids) {
            events.push(id, number, 7, NextDelivery::Done);
        }
        let ids: Vec<_> = events.shown().into_iter().map(|event| (event.sequence_number, event.id)).collect();
        let text = |id: &str| Some(id.to_owned());
        assert_eq!(ids, [(0, text("é1")), (1, None), (2, text("")), (3, text("a\n\"😀"))]);
        assert_eq!((events.attempt(), DeliveredEvents::default().attempt()), (7, 0));
    }
}
