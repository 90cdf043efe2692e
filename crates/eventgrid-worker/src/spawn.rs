//! Where handlers run: inside the future that started them, or as tasks of a runtime.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::{CatchUnwind, FutureExt};

/// Starts futures of one type.
///
/// [`Inline`] implements it for every future, and `Tokio` (feature `tokio`) for futures that can
/// move between threads. Implement it in the same way for the spawn function of another runtime.
pub trait Spawner<F: Future> {
    /// A future that was started.
    type Task: SpawnedTask + Future<Output = Result<F::Output, Panic>>;

    /// Starts a future.
    fn spawn(&self, future: F) -> Self::Task;
}

/// A future that was started. It is ready when that future has ended, and not before. Dropping it
/// aborts the future without waiting for its end.
pub trait SpawnedTask: Future + Unpin {
    /// Ends the future at once, or where it next waits for something. Until then a future that
    /// computes goes on, and the task is ready only after that: with [`Panic::cancelled`], or with
    /// the output if the future completed all the same.
    fn abort(&mut self);
}

/// Why a future that was started did not complete: it panicked, it was aborted, or its runtime shut
/// down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Panic {
    message: String,
}

impl Panic {
    /// The future panicked. `payload` is what [`std::panic::catch_unwind`] returned.
    pub fn new(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self { message: format!("it panicked: {}", text.unwrap_or("no message")) }
    }

    /// The future was aborted, or its runtime shut down.
    pub fn cancelled() -> Self {
        Self { message: "its runtime ended it".to_owned() }
    }
}

/// Runs all futures inside the future that starts them. They need to be neither `Send` nor
/// `'static`, and dropping that future ends all of them at once. A future that computes for long
/// without waiting delays all others.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inline;

impl<F: Future> Spawner<F> for Inline {
    type Task = InlineTask<F>;

    fn spawn(&self, future: F) -> InlineTask<F> {
        InlineTask(Some(Box::pin(AssertUnwindSafe(future).catch_unwind())))
    }
}

/// A future that [`Inline`] started.
#[derive(Debug)]
#[must_use = "dropping it ends the work"]
pub struct InlineTask<F>(Option<Pin<Box<CatchUnwind<AssertUnwindSafe<F>>>>>);

impl<F: Future> Future for InlineTask<F> {
    type Output = Result<F::Output, Panic>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = &mut self.0 else { return Poll::Ready(Err(Panic::cancelled())) };
        work.as_mut().poll(context).map_err(|payload| Panic::new(&*payload))
    }
}

impl<F: Future> SpawnedTask for InlineTask<F> {
    fn abort(&mut self) {
        self.end();
    }
}

impl<F> InlineTask<F> {
    fn end(&mut self) {
        // Dropping the future may panic, which must not reach the caller that aborts it.
        let work = self.0.take();
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| drop(work)));
    }
}

impl<F> Drop for InlineTask<F> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs each future as a task of a tokio runtime, on any of its threads. A future that computes for
/// long delays no other as long as a thread is free.
#[cfg(feature = "tokio")]
#[derive(Debug, Clone)]
pub struct Tokio(tokio::runtime::Handle);

#[cfg(feature = "tokio")]
impl Tokio {
    /// Runs futures as tasks of this runtime.
    pub fn new(runtime: tokio::runtime::Handle) -> Self {
        Self(runtime)
    }

    /// Runs futures as tasks of the runtime in which this is called.
    ///
    /// # Panics
    /// If it is called outside of a tokio runtime.
    pub fn current() -> Self {
        Self(tokio::runtime::Handle::current())
    }
}

#[cfg(feature = "tokio")]
impl<F> Spawner<F> for Tokio
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    type Task = TokioTask<F::Output>;

    fn spawn(&self, future: F) -> TokioTask<F::Output> {
        TokioTask(self.0.spawn(future))
    }
}

/// A task that [`Tokio`] started. Dropping it ends the task where it next waits for something.
#[cfg(feature = "tokio")]
#[derive(Debug)]
#[must_use = "dropping it ends the task"]
pub struct TokioTask<O>(tokio::task::JoinHandle<O>);

#[cfg(feature = "tokio")]
impl<O> Future for TokioTask<O> {
    type Output = Result<O, Panic>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map_err(|error| match error.try_into_panic() {
            Ok(payload) => Panic::new(&*payload),
            Err(_) => Panic::cancelled(),
        })
    }
}

#[cfg(feature = "tokio")]
impl<O> SpawnedTask for TokioTask<O> {
    fn abort(&mut self) {
        self.0.abort();
    }
}

#[cfg(feature = "tokio")]
impl<O> Drop for TokioTask<O> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
