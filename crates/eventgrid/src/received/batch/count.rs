//! Without a heap: the number of elements in a body, which is walked over again for each round
//! through them.

use super::EVENTS;
use super::element::Element;
use crate::json::{Reader, member_array};

/// An element, as it was read just now.
pub(super) type Kept<'b> = Element;

/// The number of elements that have a lock token.
#[derive(Clone, Default)]
pub(super) struct Index(usize);

impl Index {
    pub(super) fn push(&mut self, _: Element, _: usize) {
        self.0 += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.0
    }

    /// The elements, and the text that their places are in.
    pub(super) fn elements<'b>(&'b self, text: &'b str) -> Elements<'b> {
        // It was read before, so an error cannot come.
        Elements { text, reader: member_array(text, EVENTS).ok().flatten(), remaining: self.0 }
    }
}

/// The elements of an [`Index`], with the text that their places are in.
#[derive(Debug, Clone)]
pub(super) struct Elements<'b> {
    text: &'b str,
    reader: Option<Reader<'b>>,
    remaining: usize,
}

impl<'b> Iterator for Elements<'b> {
    type Item = (&'b str, Kept<'b>);

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut()?;
        while self.remaining > 0 && reader.next_element().ok()? {
            let mut element = Element::default();
            reader.go_to(element.read(self.text, reader.offset()).ok()?);
            if element.lock_token.is_some() {
                self.remaining -= 1;
                return Some((self.text, element));
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.remaining, Some(self.remaining))
    }
}
