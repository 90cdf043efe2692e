//! Replaces the spans of operations without the feature `tracing`. It does nothing.

#![allow(clippy::unused_self, reason = "the same methods as in spans.rs")]

use core::fmt::Arguments;

use eventgrid_transport::{Request, ResponseHead};

use crate::calls::Call;
use crate::endpoint::Endpoint;

pub(super) struct OperationSpan;

pub(super) struct AttemptSpan;

impl OperationSpan {
    pub(super) fn new(_call: &impl Call) -> Self {
        Self
    }

    pub(super) fn next_try(&mut self, _endpoint: &Endpoint<'_>, _request: &Request<'_>) -> AttemptSpan {
        AttemptSpan
    }

    pub(super) fn around<F: Future>(&self, future: F) -> F {
        future
    }

    pub(super) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    pub(super) fn received(&self, _events: usize) {}

    pub(super) fn failed(&self, _error_type: Arguments<'_>) {}
}

impl AttemptSpan {
    pub(super) fn around<F: Future>(&self, future: F) -> F {
        future
    }

    pub(super) fn in_scope<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    pub(super) fn end<R, X>(self, _head: &ResponseHead, _sent: &Result<R, X>) {}
}
