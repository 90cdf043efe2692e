//! A handler that runs: when it began, whether it is to end, and how long it took.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use eventgrid::Environment;
use futures_util::task::AtomicWaker;

use super::deliveries::DeliveryId;
use super::event::Delivery;
use crate::spawn::{Panic, SpawnedTask};

/// Ends a handler from elsewhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Abort(Arc<Signal>);

#[derive(Debug, Default)]
struct Signal {
    is_set: AtomicBool,
    waiting: AtomicWaker,
}

impl Abort {
    pub(super) fn abort(&self) {
        self.0.is_set.store(true, Ordering::SeqCst);
        self.0.waiting.wake();
    }

    fn is_set(&self, context: &Context<'_>) -> bool {
        self.0.waiting.register(context.waker());
        self.0.is_set.load(Ordering::SeqCst)
    }
}

/// How a handler ended.
#[derive(Debug)]
pub(super) enum HandlerEnd<O> {
    /// It came to its end, or panicked.
    Done(Result<O, Panic>),
    /// It was ended.
    Aborted,
    /// It never began: its turn came when the lock of its event was over.
    TooLate,
}

impl<O> HandlerEnd<O> {
    /// What it returned, turned into something else.
    pub(super) fn and_then<V>(self, turn: impl FnOnce(O) -> Result<V, Panic>) -> HandlerEnd<V> {
        match self {
            Self::Done(done) => HandlerEnd::Done(done.and_then(turn)),
            Self::Aborted => HandlerEnd::Aborted,
            Self::TooLate => HandlerEnd::TooLate,
        }
    }
}

/// A handler that runs. It is ready when the handler has really ended, also if it was aborted.
pub(super) struct RunningHandler<'e, E, T> {
    id: DeliveryId,
    delivery: Arc<Delivery>,
    task: T,
    abort: Abort,
    environment: &'e E,
    began: Option<Duration>,
    ends: Option<EndReason>,
}

/// Why it is to end.
#[derive(Clone, Copy)]
enum EndReason {
    Aborted,
    TooLate,
}

impl<'e, E: Environment, T> RunningHandler<'e, E, T> {
    pub(super) fn new(
        id: DeliveryId,
        delivery: Arc<Delivery>,
        task: T,
        abort: Abort,
        environment: &'e E,
    ) -> Self {
        Self { id, delivery, task, abort, environment, began: None, ends: None }
    }
}

impl<E: Environment, T, O> Future for RunningHandler<'_, E, T>
where
    T: SpawnedTask + Future<Output = Result<O, Panic>>,
{
    /// Which it was, how it ended, and how long it took by itself.
    type Output = (DeliveryId, HandlerEnd<O>, Duration);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.began.is_none() {
            let now = this.environment.uptime();
            this.began = Some(now);
            if this.delivery.lock.is_over(now) {
                this.end(EndReason::TooLate);
            }
        }
        if this.ends.is_none() && this.abort.is_set(context) {
            this.end(EndReason::Aborted);
        }
        let done = ready!(Pin::new(&mut this.task).poll(context));
        let ended = match this.ends {
            None => HandlerEnd::Done(done),
            Some(EndReason::Aborted) => HandlerEnd::Aborted,
            Some(EndReason::TooLate) => HandlerEnd::TooLate,
        };
        let took = this.began.map_or(Duration::ZERO, |began| this.environment.uptime().saturating_sub(began));
        Poll::Ready((this.id, ended, took))
    }
}

impl<E, T: SpawnedTask> RunningHandler<'_, E, T> {
    fn end(&mut self, why: EndReason) {
        self.ends = Some(why);
        self.task.abort();
    }
}
