//! What the clients were told, a line for each, in one file that all of them append to.

use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub(crate) struct Journal(PathBuf);

/// What became of the events.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) accepted: usize,
    pub(crate) acknowledged: usize,
    /// Accepted, and not received by a client that lived to settle it.
    pub(crate) lost: Vec<String>,
    /// Received after an acknowledgement was confirmed.
    pub(crate) came_back: Vec<String>,
}

impl Journal {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Appends a line: what happened to which event, and with which delivery.
    pub(crate) fn write(&self, what: &str, id: &str, delivery_count: u32) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(&self.0)?;
        // One write, which no other process comes between.
        file.write_all(format!("{what} {id} {delivery_count}\n").as_bytes())
    }

    /// Waits until a client began to settle all that was accepted, or patience is over.
    pub(crate) fn wait_until_settled(&self, patience: Duration) -> io::Result<Outcome> {
        let began = Instant::now();
        loop {
            let outcome = self.outcome()?;
            if outcome.lost.is_empty() || began.elapsed() > patience {
                return Ok(outcome);
            }
            sleep(Duration::from_millis(200));
        }
    }

    fn outcome(&self) -> io::Result<Outcome> {
        let text = fs::read_to_string(&self.0)?;
        let (mut accepted, mut settled) = (HashSet::new(), HashSet::new());
        let mut acknowledged = HashMap::new();
        let mut outcome = Outcome::default();
        // A client that was killed may leave the last line without its end.
        for line in text.lines() {
            let mut words = line.split(' ');
            let (Some(what), Some(id), Some(count)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            let count: u32 = count.parse().unwrap_or_default();
            match what {
                "accepted" => drop(accepted.insert(id)),
                // An earlier delivery may be written down late.
                "received" if acknowledged.get(id).is_some_and(|settled| count >= *settled) => {
                    outcome.came_back.push(id.to_owned());
                }
                "settling" => drop(settled.insert(id)),
                "acknowledged" => drop(acknowledged.insert(id, count)),
                _ => {}
            }
        }
        (outcome.accepted, outcome.acknowledged) = (accepted.len(), acknowledged.len());
        outcome.lost = accepted.difference(&settled).map(|id| (*id).to_owned()).collect();
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_or_comes_back_is_found() {
        let path = std::env::temp_dir().join(format!("kill-journal-{}", std::process::id()));
        let _ = fs::remove_file(&path);
        let journal = Journal::new(&path);
        for (what, id, count) in [
            ("accepted", "lost", 0),
            ("accepted", "good", 0),
            ("accepted", "held", 0),
            ("received", "held", 1),
            ("received", "good", 2),
            ("settling", "good", 2),
            ("acknowledged", "good", 2),
            ("received", "good", 1),
            ("received", "back", 1),
            ("acknowledged", "back", 1),
            ("received", "back", 1),
        ] {
            journal.write(what, id, count).unwrap();
        }
        let outcome = journal.outcome().unwrap();
        fs::remove_file(path).unwrap();
        let mut lost = outcome.lost;
        lost.sort();
        assert_eq!(
            (lost, outcome.came_back),
            (vec!["held".to_owned(), "lost".to_owned()], vec!["back".to_owned()])
        );
    }
}
