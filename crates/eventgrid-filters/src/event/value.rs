//! Values of an event.

use std::borrow::Cow;
use std::ops::Range;

/// What an event has at a key.
#[derive(Debug, Clone, Default)]
pub(crate) enum Found<'e> {
    #[default]
    Missing,
    Object,
    Scalar(Scalar<'e>),
    /// Its text, and its elements in [`Values`](super::Values); those that are arrays or objects
    /// are left out.
    Array(&'e str, Range<usize>),
}

/// A value without parts.
#[derive(Debug, Clone)]
pub(crate) struct Scalar<'e> {
    pub(super) content: Content<'e>,
    /// The place of its text without case, if that was asked for.
    pub(super) folded: Range<usize>,
}

#[derive(Debug, Clone)]
pub(crate) enum Content<'e> {
    Null,
    Boolean(bool),
    /// As text, and as the nearest double: infinite beyond all others.
    Number(&'e str, f64),
    String(Cow<'e, str>),
}

impl<'e> Scalar<'e> {
    pub(crate) fn content(&self) -> &Content<'e> {
        &self.content
    }
}
