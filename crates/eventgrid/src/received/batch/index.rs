//! With a heap: the elements of a body, kept from the one walk over it.

use alloc::vec::Vec;

use super::element::Element;

/// An element, as an [`Index`] keeps it.
pub(super) type Kept<'b> = &'b Element;

/// The elements that have a lock token, by the places of their parts.
#[derive(Clone, Default)]
pub(super) struct Index(Vec<Element>);

impl Index {
    /// Adds an element, with a guess at how many more there are.
    pub(super) fn push(&mut self, element: Element, more: usize) {
        if self.0.len() == self.0.capacity() {
            self.0.reserve(more.min(MOST_AT_ONCE) + 1);
        }
        self.0.push(element);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The elements, and the text that their places are in.
    pub(super) fn elements<'b>(&'b self, text: &'b str) -> Elements<'b> {
        Elements { text, elements: self.0.iter() }
    }
}

/// For how many elements there is room made at once, however small the first one is.
const MOST_AT_ONCE: usize = 100;

/// The elements of an [`Index`], with the text that their places are in.
#[derive(Debug, Clone)]
pub(super) struct Elements<'b> {
    text: &'b str,
    elements: core::slice::Iter<'b, Element>,
}

impl<'b> Iterator for Elements<'b> {
    type Item = (&'b str, Kept<'b>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.text, self.elements.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.elements.size_hint()
    }
}
