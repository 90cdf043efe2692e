//! An event as the broker keeps it.

use std::ops::Range;

use arcstr::ArcStr;
use eventgrid::json::{JsonError, Kind, RawJson, Reader};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::EventBuilder;
use super::places::{self, Places};

/// A published event: the text of one JSON object, shared by all the subscriptions it went to.
///
/// An event that was published to a namespace has its canonical text: no white space, the
/// attributes in the order of their publication, `data` or `data_base64` last, the members of
/// `data` sorted, numbers digit by digit. It knows the places of its attributes.
#[derive(Debug, Clone)]
pub struct Event {
    /// See [`places`].
    whole: ArcStr,
}

impl Event {
    /// An event of the given JSON text, which is kept as it is. What the text says is of no concern
    /// to the broker.
    ///
    /// # Errors
    /// If it is not JSON.
    pub fn from_json(json: String) -> Result<Self, serde_json::Error> {
        Ok(Self::from_raw(&RawValue::from_string(json)?))
    }

    /// An event of the text of that value, kept as it is.
    pub(crate) fn from_raw(value: &RawValue) -> Self {
        let mut whole = value.get().to_owned();
        places::append(&mut whole, &[], false);
        Self::of_text_and_places(&whole)
    }

    pub(super) fn of_text_and_places(whole: &str) -> Self {
        Self { whole: ArcStr::from(whole) }
    }

    /// An event with the members of that JSON object in their canonical form, data last; `None` if
    /// it is not an object, or cannot be read.
    pub(crate) fn canonical(json: &str) -> Option<Self> {
        let mut builder = EventBuilder::with_capacity(json.len());
        let mut reader = Reader::new(json);
        if reader.kind().ok()? != Kind::Object {
            return None;
        }
        reader.begin_object().ok()?;
        while let Some(name) = reader.next_member().ok()? {
            let value = reader.value().ok()?;
            builder.json(&name.to_cow(), value.as_str()).ok()?;
        }
        Some(builder.build())
    }

    /// Whether the places of its members are known, as those of an event are that was published to
    /// a namespace.
    pub(crate) fn is_canonical(&self) -> bool {
        self.split().1.len() > 0
    }

    /// Whether it is a CloudEvent 1.0 for sure. If not, its text has to be read to know.
    pub(crate) fn is_cloud_event(&self) -> bool {
        places::is_marked(&self.whole)
    }

    /// The JSON text.
    pub fn json(&self) -> &str {
        self.split().0
    }

    /// The event as a value of any type that serde reads from JSON, such as `serde_json::Value`.
    ///
    /// # Errors
    /// If it has another shape.
    pub fn deserialize<'e, T: Deserialize<'e>>(&'e self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.json())
    }

    /// The value of an attribute, `data` and `data_base64` included; `None` if the event does not
    /// have it. Of an event that has it twice, the first.
    ///
    /// ```
    /// use eventgrid_emulator::broker::Event;
    ///
    /// let event = Event::from_json(r#"{"id":"7","data":{"total":1.50}}"#.to_owned())?;
    /// assert_eq!(event.attribute("id").unwrap().as_str(), r#""7""#);
    /// assert_eq!(event.data_value("total").unwrap().as_str(), "1.50");
    /// assert!(event.attribute("subject").is_none());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn attribute(&self, name: &str) -> Option<RawJson<'_>> {
        let (text, places) = self.split();
        if places.len() == 0 {
            return member(&mut Reader::new(text), name).ok().flatten();
        }
        (0..places.len()).find_map(|index| {
            let member = text.get(place(text, places, index)?)?;
            let mut reader = Reader::new(member);
            (reader.string().ok()? == name).then_some(())?;
            // After the name and its colon.
            RawJson::parse(member.get(reader.offset() + 1..)?).ok()
        })
    }

    /// The `id` as it stands between the quotes in the text, if it is text.
    pub(crate) fn raw_id(&self) -> Option<&str> {
        let known = self.members().0.find_map(|member| member.strip_prefix("\"id\":"));
        let value = known.or_else(|| self.attribute("id").map(RawJson::as_str));
        value?.strip_prefix('"')?.strip_suffix('"')
    }

    /// A value within `data`, by the names of members with dots between them; `None` if `data` has
    /// no such value. There is no way to write a dot that is part of a name.
    ///
    /// It is read from the text each time, in a time that grows with the size of `data`.
    pub fn data_value(&self, path: &str) -> Option<RawJson<'_>> {
        path.split('.')
            .try_fold(self.attribute("data")?, |value, name| member(&mut value.reader(), name).ok().flatten())
    }

    /// The texts of its members, such as `"id":"7"`, and whether the last of them is its data.
    /// None, if their places are not known.
    pub(super) fn members(&self) -> (impl ExactSizeIterator<Item = &str>, bool) {
        let (text, places) = self.split();
        let member = move |index| place(text, places, index).and_then(|range| text.get(range));
        let last = places.len().checked_sub(1).and_then(member).unwrap_or_default();
        let is_data = last.starts_with("\"data\":") || last.starts_with("\"data_base64\":");
        ((0..places.len()).map(move |index| member(index).unwrap_or_default()), is_data)
    }

    fn split(&self) -> (&str, Places<'_>) {
        places::split(&self.whole)
    }
}

/// Where the member with that index is: from the quote before its name to the end of its value.
fn place(text: &str, places: Places<'_>, index: usize) -> Option<Range<usize>> {
    let next = places.get(index + 1).unwrap_or(text.len());
    Some(places.get(index)?..next - 1)
}

/// The first member of that name of the object that the reader is at.
fn member<'t>(reader: &mut Reader<'t>, name: &str) -> Result<Option<RawJson<'t>>, JsonError> {
    if reader.kind()? != Kind::Object {
        return Ok(None);
    }
    reader.begin_object()?;
    while let Some(other) = reader.next_member()? {
        let value = reader.value()?;
        if other == name {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json: &RawValue = self.deserialize().map_err(S::Error::custom)?;
        json.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::EventBuilder;
    use super::*;

    fn built() -> Event {
        let mut builder = EventBuilder::with_capacity(0);
        builder.json("id", r#" "\u0037" "#).unwrap();
        builder.string("time", "a \"b\"");
        builder.json("x", "5").unwrap();
        builder.json("data", r#"{"b":{"c d":[1,2]},"a":null}"#).unwrap();
        builder.build()
    }

    #[test]
    fn a_built_event_has_canonical_text() {
        let text = r#"{"id":"7","time":"a \"b\"","x":5,"data":{"a":null,"b":{"c d":[1,2]}}}"#;
        assert_eq!(built().json(), text);
        assert_eq!(serde_json::to_string(&built()).unwrap(), text);
        assert_eq!(EventBuilder::with_capacity(0).build().json(), "{}");
    }

    #[test]
    fn attributes_are_found_by_their_places_and_without_them() {
        let kept = Event::from_json(format!(" {} ", built().json().replace(':', " : "))).unwrap();
        for event in [built(), kept] {
            for (name, value) in [
                ("id", Some(r#""7""#)),
                ("time", Some(r#""a \"b\"""#)),
                ("x", Some("5")),
                ("i", None),
                ("", None),
                ("a", None),
            ] {
                assert_eq!(event.attribute(name).map(RawJson::as_str), value, "{name}");
            }
            assert_eq!(event.attribute("data").unwrap().kind(), Kind::Object);
            assert_eq!(event.raw_id(), Some("7"));
        }
    }

    #[test]
    fn values_of_data_are_found_by_their_path() {
        for (path, value) in [
            ("a", Some("null")),
            ("b", Some(r#"{"c d":[1,2]}"#)),
            ("b.c d", Some("[1,2]")),
            ("b.c d.0", None),
            ("a.b", None),
            ("c d", None),
            ("", None),
        ] {
            assert_eq!(built().data_value(path).map(RawJson::as_str), value, "{path}");
        }
        assert!(Event::from_json("{}".to_owned()).unwrap().data_value("a").is_none());
    }

    #[test]
    fn text_that_is_no_object_has_no_attributes() {
        for text in ["1", "\"id\"", "[]", "null"] {
            let event = Event::from_json(text.to_owned()).unwrap();
            assert_eq!((event.json(), event.attribute("id"), event.raw_id()), (text, None, None));
        }
    }
}
