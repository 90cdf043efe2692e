//! A handler that runs: when it began, whether it must end, and how long it took.

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

/// Aborts a handler from elsewhere.
#[derive(Debug, Default)]
pub(super) struct Abort {
    is_set: AtomicBool,
    waiting: AtomicWaker,
}

impl Abort {
    pub(super) fn abort(&self) {
        self.is_set.store(true, Ordering::SeqCst);
        self.waiting.wake();
    }

    fn is_set(&self, context: &Context<'_>) -> bool {
        self.waiting.register(context.waker());
        self.is_set.load(Ordering::SeqCst)
    }
}

/// How a handler ended.
#[derive(Debug)]
pub(super) enum HandlerEnd<O> {
    /// It completed or panicked.
    Done(Result<O, Panic>),
    /// It was aborted.
    Aborted,
}

impl<O> HandlerEnd<O> {
    /// Converts what the handler returned.
    pub(super) fn and_then<V>(self, turn: impl FnOnce(O) -> Result<V, Panic>) -> HandlerEnd<V> {
        match self {
            Self::Done(done) => HandlerEnd::Done(done.and_then(turn)),
            Self::Aborted => HandlerEnd::Aborted,
        }
    }
}

/// A handler that runs. The future is ready when the handler has really ended, also if it was
/// aborted.
pub(super) struct RunningHandler<'e, E, T> {
    id: DeliveryId,
    delivery: Arc<Delivery>,
    task: T,
    environment: &'e E,
    began: Duration,
    is_aborted: bool,
}

impl<'e, E: Environment, T> RunningHandler<'e, E, T> {
    pub(super) fn new(
        id: DeliveryId,
        delivery: Arc<Delivery>,
        task: T,
        began: Duration,
        environment: &'e E,
    ) -> Self {
        Self { id, delivery, task, environment, began, is_aborted: false }
    }
}

impl<E: Environment, T, O> Future for RunningHandler<'_, E, T>
where
    T: SpawnedTask + Future<Output = Result<O, Panic>>,
{
    /// The delivery, how its handler ended, how long the handler itself took, and the uptime at its
    /// end.
    type Output = (DeliveryId, HandlerEnd<O>, Duration, Duration);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if !this.is_aborted && this.delivery.abort.is_set(context) {
            this.is_aborted = true;
            this.task.abort();
        }
        let done = ready!(Pin::new(&mut this.task).poll(context));
        let ended = if this.is_aborted { HandlerEnd::Aborted } else { HandlerEnd::Done(done) };
        let now = this.environment.uptime();
        Poll::Ready((this.id, ended, now.saturating_sub(this.began), now))
    }
}
