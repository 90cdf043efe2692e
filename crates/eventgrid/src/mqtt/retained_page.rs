//! A page of a list of retained messages.

use core::fmt;

use crate::json::{JsonError, JsonStr, Kind, Reader, member_array};
use crate::mqtt::metadata::Field;
use crate::mqtt::{NextPage, RetainedMetadata};
use crate::received::DecodeError;
use crate::text::Bytes;

/// A page of a list of retained messages, with their topics and metadata. Payloads are not in it,
/// see [`GetRetained`](crate::mqtt::GetRetained).
///
/// ```
/// use eventgrid::mqtt::RetainedPage;
///
/// let page = RetainedPage::parse(
///     br#"{"nextLink":null,"retainedMessages":[{"topic":"devices/17/state","size":"42"}]}"#,
/// )?;
/// let first = page.iter().next().unwrap();
/// assert_eq!(first.topic(), "devices/17/state");
/// assert_eq!(first.metadata().size(), Some(42));
/// assert!(page.next_page().is_none());
/// # Ok::<(), eventgrid::DecodeError>(())
/// ```
#[derive(Clone)]
#[must_use = "reading it changes nothing"]
pub struct RetainedPage<'b> {
    body: Bytes<'b>,
}

impl<'b> RetainedPage<'b> {
    /// Checks the body of a response to [`ListRetained`](crate::mqtt::ListRetained).
    ///
    /// # Errors
    /// [`DecodeError`] if it is not JSON, or not an object whose list is a list of objects.
    pub fn parse(body: impl Into<Bytes<'b>>) -> Result<Self, DecodeError> {
        let body = body.into();
        let mut reader = Reader::from_bytes(&body)?;
        reader.begin_object()?;
        while let Some(name) = reader.next_member()? {
            if name == *MESSAGES && reader.kind()? != Kind::Null {
                reader.begin_array()?;
                while reader.next_element()? {
                    RetainedEntry::read(&mut reader)?;
                }
            } else if name == *NEXT_LINK && reader.kind()? == Kind::String {
                reader.string()?;
            } else {
                reader.value()?;
            }
        }
        reader.end()?;
        Ok(Self { body })
    }

    /// The messages, in the order of the service. A page may be empty and still be followed by
    /// others.
    pub fn iter(&self) -> impl Iterator<Item = RetainedEntry<'_>> {
        // The body was checked before, so an error cannot come.
        let text = Reader::from_bytes(&self.body).map(|reader| reader.text()).unwrap_or_default();
        let mut reader = member_array(text, MESSAGES).ok().flatten();
        core::iter::from_fn(move || {
            let reader = reader.as_mut()?;
            let more = reader.next_element().ok()?;
            more.then(|| RetainedEntry::read(reader).ok()).flatten()
        })
    }

    /// The link to the next page; `None` if this is the last one.
    pub fn next_page(&self) -> Option<NextPage<'_>> {
        let mut reader = Reader::from_bytes(&self.body).ok()?;
        reader.begin_object().ok()?;
        while let Some(name) = reader.next_member().ok()? {
            if name == *NEXT_LINK && reader.kind().ok()? == Kind::String {
                return reader.string().ok().filter(|link| !link.is_empty()).map(NextPage::new);
            }
            reader.value().ok()?;
        }
        None
    }

    /// The same page, without borrowing the buffer.
    #[cfg(feature = "alloc")]
    pub fn into_owned(self) -> RetainedPage<'static> {
        RetainedPage { body: self.body.into_owned() }
    }
}

const MESSAGES: &str = "retainedMessages";
const NEXT_LINK: &str = "nextLink";

/// How many messages there are, and whether others follow.
impl fmt::Debug for RetainedPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetainedPage")
            .field("messages", &self.iter().count())
            .field("next_page", &self.next_page())
            .finish()
    }
}

/// One message of a [`RetainedPage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetainedEntry<'b> {
    topic: JsonStr<'b>,
    metadata: RetainedMetadata,
}

impl<'b> RetainedEntry<'b> {
    /// Its topic; empty if the service did not name it.
    pub fn topic(&self) -> JsonStr<'b> {
        self.topic
    }

    /// The metadata.
    pub fn metadata(&self) -> &RetainedMetadata {
        &self.metadata
    }

    fn read(reader: &mut Reader<'b>) -> Result<Self, JsonError> {
        let mut entry = Self { topic: JsonStr::empty(), metadata: RetainedMetadata::default() };
        reader.begin_object()?;
        while let Some(name) = reader.next_member()? {
            let field = Field::MEMBERS.iter().find(|(known, _)| name == **known);
            if let Some((_, field)) = field {
                entry.metadata.read_member(*field, reader)?;
            } else if name == *"topic" && reader.kind()? == Kind::String {
                entry.topic = reader.string()?;
            } else {
                reader.value()?;
            }
        }
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::ToString;
    use std::vec::Vec;

    use super::*;
    use crate::mqtt::{Qos, Rfc3339Time};

    #[test]
    fn numbers_and_texts_say_the_same() {
        let time = Rfc3339Time::parse("2025-11-16T12:00:00.5Z").unwrap();
        for members in [
            r#""qos":1,"size":42,"expiry":"2025-11-16T12:00:00.5Z","lastModifiedTime":"2025-11-16T13:00:00.5+01:00""#,
            r#""qos":"1","size":"42","expiry":"2025-11-16 12:00:00.50Z","lastModifiedTime":" 2025-11-16T12:00:00.5""#,
            r#""\u0071os":"\u0031","size":"4\u0032","expiry":"2025-11-16T12:00\u003a00.5Z","lastModifiedTime":"2025-11-16T12:00:00.5Z""#,
        ] {
            let body = format!(r#"{{"retainedMessages":[{{"topic":"a",{members}}}]}}"#);
            let page = RetainedPage::parse(body.as_bytes()).unwrap();
            let metadata = *page.iter().next().unwrap().metadata();
            assert_eq!(metadata.qos(), Some(Qos::AtLeastOnce), "{members}");
            assert_eq!(metadata.size(), Some(42));
            assert_eq!((metadata.expiry(), metadata.last_modified()), (Some(time), Some(time)));
        }
    }

    #[test]
    fn what_cannot_be_read_of_a_message_hides_neither_it_nor_the_others() {
        let body = r#"{"retainedMessages":[
            {"topic":7,"qos":2,"size":-1,"expiry":null,"lastModifiedTime":{"a":[]},"new":[1]},
            {"topic":"b","qos":true,"size":1e3,"expiry":"never","lastModifiedTime":""},
            {}],"nextLink":""}"#;
        let page = RetainedPage::parse(body.as_bytes()).unwrap();
        let topics: Vec<_> = page.iter().map(|entry| entry.topic().to_string()).collect();
        assert_eq!(topics, ["", "b", ""]);
        assert!(page.iter().all(|entry| *entry.metadata() == RetainedMetadata::default()));
        assert!(page.next_page().is_none());
        assert_eq!(format!("{page:?}"), "RetainedPage { messages: 3, next_page: None }");
    }

    #[test]
    fn a_list_that_is_not_there_is_empty_and_a_broken_one_an_error() {
        for body in ["{}", r#"{"retainedMessages":null,"nextLink":null}"#, r#"{"retainedMessages":[]}"#] {
            let page = RetainedPage::parse(body.as_bytes()).unwrap();
            assert!(page.iter().next().is_none() && page.next_page().is_none(), "{body}");
        }
        for body in ["", "[]", r#"{"retainedMessages":{}}"#, r#"{"retainedMessages":[1]}"#, "{}{}", "{"] {
            assert!(RetainedPage::parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
