//! What handles events.

use super::{IntoVerdict, ProcessorEvent};

/// Handles events. Every closure from an [`ProcessorEvent`] to a future is one.
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
/// The future must not borrow from the closure itself: clone what it needs into it. So an
/// `async move |event|` closure can capture references, but nothing that it would own.
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
/// Implement it for a type of yours where the handler has parts. The future cannot borrow the
/// handler, so what it needs is cloned into it; it may be boxed, since the future of an `async`
/// block has no name:
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
    /// The handling of one event.
    type Future: Future<Output: IntoVerdict>;

    /// Begins to handle an event. It is called for each delivery, and never again for the same one.
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
