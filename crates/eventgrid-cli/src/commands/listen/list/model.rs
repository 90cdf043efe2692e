//! What the list has, and what keys do. No terminal, no clock.

use std::collections::VecDeque;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};

use super::super::record::{AttemptRecord, Outcome};
use super::entry::Entry;
use crate::failure::{FailureKind, one_line};

/// How many events are kept. The oldest that are over make room.
const MOST_ENTRIES: usize = 1000;

/// What the list has.
pub(super) struct List {
    pub(super) title: String,
    pub(super) entries: VecDeque<Entry>,
    /// The position of the selected event.
    pub(super) selected: usize,
    /// Whether the newest event is selected as it comes.
    follows: bool,
    /// The first line of the details that is shown, if they are.
    pub(super) details: Option<usize>,
    pub(super) message: Option<String>,
    pub(super) counts: Counts,
}

/// How many attempts came to what.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) delivered: u64,
    pub(super) failed: u64,
    pub(super) given_up: u64,
}

/// What a key asks of others.
#[derive(Debug)]
pub(super) enum Request {
    /// The end: by `q` ([`FailureKind::Other`], which is not a failure), or by Ctrl-C.
    Quit(FailureKind),
    /// This event once more, although it has its verdict.
    Replay(Box<Entry>),
}

impl List {
    pub(super) fn new(title: String) -> Self {
        Self {
            title,
            entries: VecDeque::new(),
            selected: 0,
            follows: true,
            details: None,
            message: None,
            counts: Counts::default(),
        }
    }

    /// Adds an event that was received.
    pub(super) fn add(&mut self, entry: Entry) {
        if self.entries.len() >= MOST_ENTRIES {
            if let Some(oldest) = self.entries.iter().position(Entry::is_over) {
                self.entries.remove(oldest);
                if oldest < self.selected {
                    self.selected -= 1;
                }
            }
        }
        self.entries.push_back(entry);
        if self.follows && self.details.is_none() {
            self.selected = self.entries.len() - 1;
        }
    }

    /// Adds what came of an attempt.
    pub(super) fn record(&mut self, key: &str, record: AttemptRecord, now: Duration) {
        match record.outcome {
            Outcome::Delivered => self.counts.delivered += 1,
            Outcome::Retry | Outcome::Failed => self.counts.failed += 1,
            Outcome::Rejected | Outcome::Released | Outcome::Lost => self.counts.given_up += 1,
        }
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.key() == key) {
            entry.add(record, now);
        }
    }

    /// Shows a message in the last line, until the next key.
    pub(super) fn say(&mut self, message: String) {
        self.message = Some(message);
    }

    /// Does what a key is for.
    pub(super) fn obey(&mut self, event: &Event) -> Option<Request> {
        let Event::Key(key) = event else { return None };
        if key.kind == KeyEventKind::Release {
            return None;
        }
        self.message = None;
        let last = self.entries.len().saturating_sub(1);
        match (key.code, key.modifiers.contains(KeyModifiers::CONTROL)) {
            (KeyCode::Char('c'), true) => return Some(Request::Quit(FailureKind::Interrupted)),
            (KeyCode::Char('q'), _) => return Some(Request::Quit(FailureKind::Other)),
            (KeyCode::Up | KeyCode::Char('k'), _) => self.go(-1),
            (KeyCode::Down | KeyCode::Char('j'), _) => self.go(1),
            (KeyCode::PageUp, _) => self.go(-10),
            (KeyCode::PageDown, _) => self.go(10),
            (KeyCode::Home | KeyCode::Char('g'), _) => self.go(isize::MIN),
            (KeyCode::End | KeyCode::Char('G'), _) => self.go(isize::MAX),
            (KeyCode::Esc, _) => self.details = None,
            (KeyCode::Enter, _) if !self.entries.is_empty() => {
                self.details = if self.details.is_none() { Some(0) } else { None };
            }
            (KeyCode::Char('r'), _) => return self.retry(),
            _ => {}
        }
        self.follows = self.selected >= last;
        None
    }

    fn go(&mut self, by: isize) {
        if let Some(first) = &mut self.details {
            *first = first.saturating_add_signed(by);
        } else {
            let last = self.entries.len().saturating_sub(1);
            self.selected = self.selected.saturating_add_signed(by).min(last);
        }
    }

    /// Retries the selected event at once, or delivers it again if it has its verdict.
    fn retry(&mut self) -> Option<Request> {
        let entry = self.entries.get_mut(self.selected)?;
        if entry.is_over() {
            self.message = Some(format!("delivering {} again", one_line(&entry.event().id)));
            return Some(Request::Replay(Box::new(entry.clone())));
        }
        if !entry.retry_now() {
            self.message = Some("an attempt is under way".to_owned());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEvent;

    use super::super::picture::Style;
    use super::*;

    const NOW: Duration = Duration::from_secs(10);

    fn entry(id: &str) -> Entry {
        let template = AttemptRecord {
            outcome: Outcome::Retry,
            attempt: 1,
            delivery_count: 0,
            status: None,
            took_milliseconds: 0,
            retry_after_seconds: None,
            event_type: "Order.Created".to_owned(),
            subject: Some("orders/17".to_owned()),
            source: "s".to_owned(),
            id: id.to_owned(),
            reason: None,
        };
        Entry::with(format!("key-{id}"), r#"{"data":{"total":5}}"#.to_owned(), template)
    }

    fn list(ids: &[&str]) -> List {
        let mut list = List::new("egrid".to_owned());
        for id in ids {
            list.add(entry(id));
        }
        list
    }

    fn record(list: &mut List, id: &str, outcome: Outcome, retry_after_seconds: Option<u64>) {
        let status = Some(if outcome == Outcome::Delivered { 200 } else { 503 });
        let reason = (outcome != Outcome::Delivered).then(|| "status 503: busy".to_owned());
        let record = entry(id).next_record(outcome);
        let record = AttemptRecord { status, retry_after_seconds, reason, ..record };
        list.record(&format!("key-{id}"), record, NOW);
    }

    fn press(list: &mut List, code: KeyCode) -> Option<Request> {
        list.obey(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    fn texts(list: &mut List) -> Vec<String> {
        list.lines(120, 8, NOW).into_iter().map(|line| line.text).collect()
    }

    fn selected(list: &mut List) -> String {
        let lines = list.lines(120, 8, NOW);
        let line = lines.iter().find(|line| line.style == Style::Selected).expect("one is selected");
        line.text.rsplit(' ').next().unwrap_or_default().to_owned()
    }

    #[test]
    fn each_event_has_a_line_with_what_became_of_it() {
        let mut list = list(&["a", "b", "c"]);
        record(&mut list, "a", Outcome::Delivered, None);
        record(&mut list, "b", Outcome::Retry, Some(30));
        let lines = texts(&mut list);
        assert_eq!(lines.len(), 8);
        assert_eq!(lines[0], "egrid   delivered 1, under way 2, failed attempts 1, given up 0");
        for (line, parts) in [
            (2, ["delivered ", " 200 ", " orders/17 ", " a"]),
            (3, ["retry 30 s ", " 503 ", " Order.Created ", " b"]),
            (4, ["delivering ", " 1 ", " orders/17 ", " c"]),
        ] {
            assert!(parts.iter().all(|part| lines[line].contains(part)), "{:?}", lines[line]);
        }
        assert!(lines[7].contains("q: quit"));
    }

    #[test]
    fn the_newest_is_selected_until_another_one_is() {
        let mut list = list(&["a", "b"]);
        assert_eq!(selected(&mut list), "b");
        list.add(entry("c"));
        assert_eq!(selected(&mut list), "c");
        press(&mut list, KeyCode::Up);
        list.add(entry("d"));
        assert_eq!(selected(&mut list), "b");
        press(&mut list, KeyCode::End);
        list.add(entry("e"));
        assert_eq!(selected(&mut list), "e");
        press(&mut list, KeyCode::Home);
        press(&mut list, KeyCode::Up);
        assert_eq!(selected(&mut list), "a");
    }

    #[test]
    fn the_selected_one_is_on_the_screen_however_small_that_is() {
        let ids: Vec<String> = (0..50).map(|id| id.to_string()).collect();
        let mut list = list(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(selected(&mut list), "49");
        for (width, height) in [(0, 0), (1, 1), (3, 2), (10, 3), (500, 200)] {
            for details in [false, true] {
                list.details = details.then_some(usize::MAX);
                let lines = list.lines(width, height, NOW);
                assert_eq!(lines.len(), height, "{width} x {height}");
                assert!(lines.iter().all(|line| line.text.chars().count() <= width.max(1)));
            }
        }
    }

    #[test]
    fn details_have_attempts_and_data() {
        let mut list = list(&["a"]);
        record(&mut list, "a", Outcome::Retry, Some(30));
        press(&mut list, KeyCode::Enter);
        let lines = texts(&mut list).join("\n");
        for part in ["attempt 1: retry, 0 ms, status 503: busy", "\"total\": 5"] {
            assert!(lines.contains(part), "{lines}");
        }
        press(&mut list, KeyCode::Esc);
        assert!(!texts(&mut list).join("").contains("total"));
    }

    #[test]
    fn what_waits_is_retried_and_what_is_over_is_delivered_again() {
        let mut list = list(&["a"]);
        assert!(press(&mut list, KeyCode::Char('r')).is_none());
        assert!(texts(&mut list)[7].contains("an attempt is under way"));
        record(&mut list, "a", Outcome::Retry, Some(30));
        assert!(press(&mut list, KeyCode::Char('r')).is_none());
        assert!(texts(&mut list)[2].starts_with("delivering"));
        record(&mut list, "a", Outcome::Rejected, None);
        let Some(Request::Replay(entry)) = press(&mut list, KeyCode::Char('r')) else { panic!("it is over") };
        assert_eq!(entry.delivery_count(), 1);
    }

    #[test]
    fn the_end_is_asked_for_in_two_ways() {
        let mut list = list(&[]);
        for code in [KeyCode::Enter, KeyCode::Up, KeyCode::Char('r'), KeyCode::Char('c')] {
            assert!(press(&mut list, code).is_none());
        }
        let Some(Request::Quit(FailureKind::Other)) = press(&mut list, KeyCode::Char('q')) else {
            panic!("q ends it");
        };
        let interrupt = Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
        let Some(Request::Quit(FailureKind::Interrupted)) = list.obey(&interrupt) else {
            panic!("Ctrl-C ends it");
        };
    }

    #[test]
    fn what_is_over_makes_room_and_what_is_not_stays() {
        let mut list = list(&[]);
        for id in 0..MOST_ENTRIES {
            list.add(entry(&id.to_string()));
        }
        record(&mut list, "5", Outcome::Delivered, None);
        list.add(entry("new"));
        assert_eq!(list.entries.len(), MOST_ENTRIES);
        assert!(!list.entries.iter().any(|entry| entry.key() == "key-5"));
        list.add(entry("newer"));
        assert_eq!(list.entries.len(), MOST_ENTRIES + 1);
    }
}
