//! What the list looks like. No terminal, no clock.

use std::time::Duration;

use super::super::record::Outcome;
use super::entry::Entry;
use super::model::{Counts, List};
use crate::failure::one_line;
use crate::output::shortened;

/// Lines that are there in any case: title, headings, and the last one.
const FRAME: usize = 3;

const KEYS: &str = "up, down: select   enter: details   r: retry now, or deliver again   q: quit";
const DETAIL_KEYS: &str =
    "up, down: scroll   enter: back to the list   r: retry now, or deliver again   q: quit";

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Heading,
    Selected,
    Good,
    Bad,
    Waiting,
}

/// A line of the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) style: Style,
}

impl List {
    /// The lines of a terminal of that size, each of them.
    pub(super) fn lines(&mut self, width: usize, height: usize, now: Duration) -> Vec<Line> {
        let mut lines = vec![Line { text: self.title(), style: Style::Heading }];
        let room = height.saturating_sub(FRAME);
        if let Some(first) = self.details {
            let details = self.detail_lines(width, now);
            // No further than the last line.
            let first = first.min(details.len().saturating_sub(room));
            self.details = Some(first);
            lines.extend(details.into_iter().skip(first).take(room + 1));
        } else {
            let headings = row("OUTCOME", "ATTEMPT", "STATUS", "TYPE", "SUBJECT", "ID");
            lines.push(Line { text: headings, style: Style::Heading });
            // The selected one is always among them.
            let first = (self.selected + 1).saturating_sub(room);
            let entries = self.entries.iter().enumerate().skip(first).take(room);
            lines.extend(entries.map(|(position, entry)| {
                let line = entry_line(entry, now);
                if position == self.selected { Line { style: Style::Selected, ..line } } else { line }
            }));
        }
        let keys = if self.details.is_some() { DETAIL_KEYS } else { KEYS };
        let empty = Line { text: String::new(), style: Style::Plain };
        lines.resize(height.saturating_sub(1), empty);
        lines.push(Line {
            text: self.message.clone().unwrap_or_else(|| keys.to_owned()),
            style: Style::Plain,
        });
        for line in &mut lines {
            line.text = shortened(&one_line(&line.text), width);
        }
        lines.truncate(height);
        lines
    }

    fn title(&self) -> String {
        let Counts { delivered, failed, given_up } = self.counts;
        let waiting = self.entries.iter().filter(|entry| !entry.is_over()).count();
        format!(
            "{}   delivered {delivered}, under way {waiting}, failed attempts {failed}, given up {given_up}",
            self.title
        )
    }

    fn detail_lines(&self, width: usize, now: Duration) -> Vec<Line> {
        let Some(entry) = self.entries.get(self.selected) else { return Vec::new() };
        let mut lines = vec![entry_line(entry, now)];
        for attempt in &entry.attempts {
            let mut text = format!(
                "attempt {}: {}, {} ms",
                attempt.attempt,
                attempt.outcome.word(),
                attempt.took_milliseconds
            );
            if let Some(reason) = &attempt.reason {
                text.push_str(", ");
                text.push_str(&one_line(reason));
            }
            lines.extend(wrapped(&text, width).map(|text| Line { text, style: style(attempt.outcome) }));
        }
        lines.push(Line { text: String::new(), style: Style::Plain });
        // What was received is JSON.
        let json = serde_json::from_str::<serde_json::Value>(entry.json());
        let json = json.and_then(|value| serde_json::to_string_pretty(&value));
        let json = json.unwrap_or_else(|_| entry.json().to_owned());
        let texts = json.lines().flat_map(|line| wrapped(line, width));
        lines.extend(texts.map(|text| Line { text, style: Style::Plain }));
        lines
    }
}

/// Pieces of a text that each fit into a line.
fn wrapped(text: &str, width: usize) -> impl Iterator<Item = String> {
    let chars: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = chars.chunks(width.max(1)).map(|piece| piece.iter().collect()).collect();
    pieces.into_iter()
}

fn entry_line(entry: &Entry, now: Duration) -> Line {
    let event = entry.event();
    let subject = event.subject.as_deref().unwrap_or_default();
    let Some(last) = entry.attempts.last() else {
        let text = row("delivering", "1", "", &event.event_type, subject, &event.id);
        return Line { text, style: Style::Plain };
    };
    let outcome = match entry.retry_at {
        Some(at) => format!("retry {} s", at.saturating_sub(now).as_secs()),
        None if last.outcome == Outcome::Retry => "delivering".to_owned(),
        None => last.outcome.word().to_owned(),
    };
    let status = last.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let text = row(&outcome, &last.attempt.to_string(), &status, &event.event_type, subject, &event.id);
    Line { text, style: style(last.outcome) }
}

fn row(outcome: &str, attempt: &str, status: &str, event_type: &str, subject: &str, id: &str) -> String {
    let (event_type, subject) = (shortened(&one_line(event_type), 36), shortened(&one_line(subject), 30));
    format!("{outcome:<12} {attempt:<7} {status:<6} {event_type:<36} {subject:<30} {}", one_line(id))
}

fn style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Delivered => Style::Good,
        Outcome::Retry => Style::Waiting,
        Outcome::Rejected | Outcome::Released | Outcome::Failed | Outcome::Lost => Style::Bad,
    }
}
