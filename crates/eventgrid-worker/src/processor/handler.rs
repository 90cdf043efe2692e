//! The trait of handlers.

use super::{IntoVerdict, ProcessorEvent};

/// Handles events. Every closure that takes a [`ProcessorEvent`] and returns a future implements
/// it.
///
/// ```
/// use eventgrid_worker::{ProcessorEvent, Handler, Verdict};
///
/// /// A closure, by a function that checks what it is.
/// fn handler() -> impl Handler {
///     |event: ProcessorEvent| async move {
///         if event.delivery_count() > 5 { Verdict::Reject } else { Verdict::Acknowledge }
///     }
/// }
/// ```
///
/// The future must not borrow from the closure itself, so clone into it the values that it needs.
/// An `async move |event|` closure can therefore capture references, but no values that it would
/// own.
///
/// ```
/// # use std::sync::Arc;
/// # use eventgrid_worker::{ProcessorEvent, Handler};
/// fn handler(total: Arc<std::sync::atomic::AtomicU64>) -> impl Handler {
///     move |event: ProcessorEvent| {
///         let total = Arc::clone(&total);
///         async move { total.fetch_add(1, std::sync::atomic::Ordering::Relaxed); }
///     }
/// }
/// ```
///
/// If a closure returns `Result<_, BoxError>`, and its run is awaited in an `async` block that is
/// spawned, the compiler says that an ``implementation of `From` is not general enough``: it cannot
/// tell that the error lives long enough. Spawn the run itself, by
/// `tokio::spawn(processor.run(handler))`, or make the handler an `async fn`.
///
/// Implement it for a type of your own if the handler has fields. The future cannot borrow the
/// handler, so clone into it the fields that it needs. Box it, since the type of an `async` block
/// has no name:
///
/// ```
/// use std::pin::Pin;
/// use std::sync::Arc;
/// use eventgrid_worker::{BoxError, ProcessorEvent, Handler};
///
/// # struct Database;
/// # impl Database { async fn store(&self, _: &str) -> Result<(), BoxError> { Ok(()) } }
/// struct Billing { database: Arc<Database> }
///
/// impl Handler for Billing {
///     type Future = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;
///
///     fn handle(&self, event: ProcessorEvent) -> Self::Future {
///         let database = Arc::clone(&self.database);
///         Box::pin(async move { database.store(event.data().deserialize()?).await })
///     }
/// }
/// ```
pub trait Handler {
    /// The future that handles one event.
    type Future: Future<Output: IntoVerdict>;

    /// Begins to handle an event. It is called exactly once for each delivery.
    fn handle(&self, event: ProcessorEvent) -> Self::Future;
}

impl<H, F> Handler for H
where
    H: Fn(ProcessorEvent) -> F,
    F: Future<Output: IntoVerdict>,
{
    type Future = F;

    fn handle(&self, event: ProcessorEvent) -> F {
        self(event)
    }
}
