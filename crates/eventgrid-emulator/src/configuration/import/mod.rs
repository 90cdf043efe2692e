//! Configurations of other emulators, as ones of this.
//!
//! Their files are read leniently, as their programs read them: names without case, comments and
//! trailing commas. What has no place in a configuration of this emulator is kept as a comment, and
//! told by a note. A comment has the values as they were written; a note has none of them, so that
//! no key gets into a log.

mod filter;
mod json;
mod pm7y;
mod webhook;
mod workleap;

use std::fmt::Write as _;

use serde_json::{Map, Value};

pub use self::json::ImportError;
pub use self::pm7y::pm7y;
use self::webhook::other_host;
pub use self::workleap::workleap;
use super::model::{BasicSubscriptionConfiguration, Configuration};
use crate::limits::Limits;
use crate::name::{NameKind, check_name};

/// A configuration that was made from that of another emulator.
///
/// ```
/// use eventgrid_emulator::configuration::{Configuration, DestinationConfiguration, import};
///
/// let imported = import::workleap(
///     r#"{ "Topics": { "orders": ["pull://billing", "https://localhost:7071/hook"] } }"#,
/// )?;
/// let configuration = Configuration::parse(&imported.to_toml())?;
/// assert_eq!(configuration.namespace.topics[0].event_subscriptions[0].name, "billing");
/// let webhook = configuration.basic_topics[0].event_subscriptions[0].push.as_ref().unwrap();
/// let DestinationConfiguration::WebHook { url } = &webhook.destination else { panic!("no webhook") };
/// assert_eq!(url.text().unwrap().expose(), "https://localhost:7071/hook");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Imported {
    configuration: Configuration,
    notes: Vec<String>,
    /// What is kept as a comment: what it is, and its value.
    kept: Vec<(String, Value)>,
}

impl Imported {
    fn new() -> Self {
        Self { configuration: Configuration::default(), notes: Vec::new(), kept: Vec::new() }
    }

    /// The configuration. It passes [`Configuration::check`].
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// What could not be imported or works differently, without values.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Returns the configuration in TOML form, access keys included, with comments about what could
    /// not be imported.
    pub fn to_toml(&self) -> String {
        let mut text = self.configuration.to_toml();
        if !self.kept.is_empty() {
            text.push_str("\n# What could not be carried over:\n");
        }
        for (what, value) in &self.kept {
            // Compact JSON has no line ends, and writing to a `String` does not fail.
            let _ = writeln!(text, "# {what}: {}", comment(&value.to_string()));
        }
        text
    }

    fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Keeps a value as a comment and says why.
    fn keep(&mut self, what: &str, value: &Value, why: &str) {
        self.note(format!("{what}: {why}"));
        self.kept.push((what.to_owned(), value.clone()));
    }

    /// Keeps as comments all members of an object that are not among those that are read, whose
    /// names have no case. `path` is what notes call the object; the whole file has none.
    fn keep_others(&mut self, path: &str, object: &Map<String, Value>, read: &[&str]) {
        let of = |name: &str| if path.is_empty() { shown(name) } else { format!("{path}: {}", shown(name)) };
        for (index, (name, value)) in object.iter().enumerate() {
            if !read.iter().any(|read| name.eq_ignore_ascii_case(read)) {
                self.keep(&of(name), value, "there is no such setting here");
            } else if object.keys().skip(index + 1).any(|later| later.eq_ignore_ascii_case(name)) {
                self.keep(&of(name), value, "it is there again in another letter case, and that one is used");
            }
        }
    }

    /// Lets events be pushed to the host of a webhook, which may be another machine.
    fn allow_host(&mut self, subscription: &BasicSubscriptionConfiguration, what: &str) {
        let Some(host) = other_host(subscription) else { return };
        self.note(format!(
            "{what}: its host is in push.allowedHosts, since events are pushed to this machine alone"
        ));
        let hosts = &mut self.configuration.push.allowed_hosts;
        if !hosts.iter().any(|other| other.eq_ignore_ascii_case(&host)) {
            hosts.push(host);
        }
    }

    /// Whether a basic topic may have that name.
    fn check_basic_topic(&self, name: &str) -> Result<(), String> {
        check_name(name, NameKind::Resource, Limits::Strict)?;
        let is_there = self.configuration.basic_topics.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        if is_there {
            Err(format!("the name {name:?} is given twice (case does not matter)"))
        } else {
            Ok(())
        }
    }
}

/// A name of the file as notes show it: short, and in one line.
fn shown(name: &str) -> String {
    name.chars().take(64).flat_map(char::escape_debug).collect()
}

/// A text that can be in a comment: TOML allows no control characters there.
fn comment(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_unicode().collect() } else { vec![c] }).collect()
}
