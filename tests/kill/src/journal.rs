//! What the clients were told, one line each, in one file to which all of them append.

use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::outbox;

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

    /// Waits until a client began to settle all that was accepted, or patience is over: for so long
    /// nothing more was settled.
    pub(crate) fn wait_until_settled(&self, patience: Duration) -> io::Result<Outcome> {
        let (mut since, mut left) = (Instant::now(), usize::MAX);
        loop {
            let outcome = self.outcome()?;
            if outcome.lost.len() < left {
                (since, left) = (Instant::now(), outcome.lost.len());
            }
            if outcome.lost.is_empty() || since.elapsed() > patience {
                return Ok(outcome);
            }
            sleep(Duration::from_millis(200));
        }
    }

    /// What was accepted and is not among what arrived.
    pub(crate) fn missing(&self, arrived: &[String]) -> io::Result<Vec<String>> {
        let arrived: HashSet<_> = arrived.iter().map(String::as_str).collect();
        let text = fs::read_to_string(&self.0)?;
        let accepted = text.lines().filter_map(|line| line.strip_prefix("accepted ")?.split(' ').next());
        Ok(accepted.filter(|id| !arrived.contains(id)).map(str::to_owned).collect())
    }

    /// What happened to which event or topic, and the number that was written with it.
    pub(crate) fn lines(&self) -> io::Result<Vec<(String, String, u32)>> {
        let text = fs::read_to_string(&self.0)?;
        let line = |line: &str| {
            let mut words = line.split(' ').map(str::to_owned);
            Some((words.next()?, words.next()?, words.next()?.parse().ok()?))
        };
        Ok(text.lines().filter_map(line).collect())
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
                "received"
                    if !outbox::may_come_twice(id)
                        && acknowledged.get(id).is_some_and(|settled| count >= *settled) =>
                {
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
            ("acknowledged", "outbox-a-1", 1),
            ("received", "outbox-a-1", 1),
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
