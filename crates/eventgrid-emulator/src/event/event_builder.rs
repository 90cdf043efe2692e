//! Events put together of their members.

use super::canonical::{InvalidValue, write_string, write_value};
use super::cloud_event_marks::CloudEventMarks;
use super::{Event, places};

/// An event while its members are added. Their order is that in which they are sent if the order is
/// not shuffled; data comes last, as in every recording of the service.
#[derive(Debug)]
pub(crate) struct EventBuilder {
    text: String,
    places: Vec<usize>,
    marks: CloudEventMarks,
}

impl EventBuilder {
    /// An event without members, with room for that many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes + 64);
        text.push('{');
        Self { text, places: Vec::with_capacity(12), marks: CloudEventMarks::default() }
    }

    /// Adds a member whose value is JSON, in its canonical form.
    ///
    /// # Errors
    /// [`InvalidValue`], if the value cannot be read.
    pub(crate) fn json(&mut self, name: &str, value: &str) -> Result<(), InvalidValue> {
        let start = self.name(name);
        write_value(value, &mut self.text)?;
        self.marks.note(name, &self.text[start..]);
        Ok(())
    }

    /// Adds a member whose value is a string of that text.
    pub(crate) fn string(&mut self, name: &str, text: &str) {
        let start = self.name(name);
        write_string(text, &mut self.text);
        self.marks.note(name, &self.text[start..]);
    }

    /// The event.
    pub(crate) fn build(mut self) -> Event {
        self.text.push('}');
        places::append(&mut self.text, &self.places, self.marks.are_of_cloud_event());
        Event::of_text_and_places(&self.text)
    }

    /// Adds a name. Returns where its value begins.
    fn name(&mut self, name: &str) -> usize {
        if !self.places.is_empty() {
            self.text.push(',');
        }
        self.places.push(self.text.len());
        write_string(name, &mut self.text);
        self.text.push(':');
        self.text.len()
    }
}
