//! A bar with the rate, for whoever waits at a terminal.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::plan::Plan;
use crate::events::InputSource;

/// How often the bar is drawn while nothing happens.
const TICK: Duration = Duration::from_millis(100);

/// The bar where it is known or estimated how many events there are.
const BAR: &str = "{wide_bar} {human_pos}/{human_len} events, {rate}, {eta} left";

/// What stands for the bar where that is not known.
const SPINNER: &str = "{spinner} {human_pos} events, {rate}";

/// How many events were sent, as it is shown on stderr if that is a terminal. Clones are the same
/// bar.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    bar: ProgressBar,
    /// The size of the input in bytes, if that is known.
    input_size: Option<u64>,
}

impl Progress {
    /// No bar.
    pub(super) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), input_size: None }
    }

    /// A bar for `count` events of a plan, or for those that are read. It is hidden where stderr is
    /// no terminal, and where events are typed, which it would write over.
    pub(super) fn of(plan: &Plan<'_>, count: u64) -> Self {
        match plan {
            Plan::Made(_) => Self::shown(Some(count), None),
            Plan::Read { sources, .. } if sources.iter().any(InputSource::is_typed) => Self::hidden(),
            Plan::Read { sources, .. } => Self::shown(None, size_of(sources)),
        }
    }

    fn shown(events: Option<u64>, input_size: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(events, ProgressDrawTarget::stderr());
        let template = if events.or(input_size).is_some() { BAR } else { SPINNER };
        // A template that is not valid would be seen by every test of the bar.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("=> ").with_key("rate", rate));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, input_size }
    }

    /// Counts events that were accepted or not.
    pub(super) fn advance(&self, events: usize) {
        self.bar.inc(events as u64);
    }

    /// Estimates how many events there are, if so many of them had so many bytes.
    pub(super) fn estimate(&self, events: u64, bytes: u64) {
        if let (Some(size), false) = (self.input_size, self.bar.is_hidden()) {
            self.bar.set_length(estimated(events, bytes, size));
        }
    }

    /// Prints lines on stderr with no bar in them.
    pub(super) fn print(&self, lines: &str) {
        self.bar.suspend(|| message!("{lines}"));
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn rate(state: &ProgressState, out: &mut dyn Write) {
    // A bar has nowhere to report that it cannot be drawn.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}

/// The size of all files together, if each of them has one.
fn size_of(sources: &[InputSource]) -> Option<u64> {
    let size = |source: &InputSource| match source {
        InputSource::File(file) => {
            fs::metadata(file).ok().filter(fs::Metadata::is_file).map(|file| file.len())
        }
        InputSource::Stdin => None,
    };
    sources.iter().map(size).sum()
}

/// How many events an input of that size has, if the first ones are like the others.
fn estimated(events: u64, bytes: u64, size: u64) -> u64 {
    let all = u128::from(events) * u128::from(size) / u128::from(bytes.max(1));
    u64::try_from(all).unwrap_or(u64::MAX).max(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_events_is_estimated_by_their_size() {
        assert_eq!(estimated(0, 0, 1000), 0);
        assert_eq!(estimated(10, 100, 1000), 100);
        // Blank lines have no events, and the last line has no end.
        assert_eq!(estimated(10, 1001, 1000), 10);
        assert_eq!(estimated(u64::MAX, 1, u64::MAX), u64::MAX);
    }
}
