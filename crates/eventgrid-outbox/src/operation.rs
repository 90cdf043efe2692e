//! An operation that the thread of an outbox carries out.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use futures_channel::oneshot;

use crate::error::{OutboxError, OutboxErrorKind};

/// An operation on the file of an outbox, in progress. `.await` it, or call [`wait`](Self::wait) if
/// there is no runtime.
///
/// It is carried out even if it is dropped.
#[must_use = "only its outcome says that it was done"]
pub struct Operation<T> {
    outcome: oneshot::Receiver<Result<T, OutboxError>>,
    path: PathBuf,
}

/// The channel for the outcome of an operation.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, OutboxError>>;

/// The channel for the outcome of a change: whether it was done, or how many events it affected.
#[derive(Debug)]
pub(crate) enum ChangeReply {
    Done(Reply<()>),
    Counted(Reply<u64>),
}

impl ChangeReply {
    pub(crate) fn send(self, outcome: Result<u64, OutboxError>) {
        // Who asked may be gone.
        match self {
            Self::Done(reply) => drop(reply.send(outcome.map(drop))),
            Self::Counted(reply) => drop(reply.send(outcome)),
        }
    }
}

impl<T> Operation<T> {
    pub(crate) fn new(path: &Path) -> (Reply<T>, Self) {
        let (reply, outcome) = oneshot::channel();
        (reply, Self { outcome, path: path.to_owned() })
    }

    /// Blocks the thread until the operation is done, and returns its outcome.
    ///
    /// # Errors
    /// [`OutboxError`] if the file cannot be read or written, or was closed.
    pub fn wait(self) -> Result<T, OutboxError> {
        block_on(self)
    }
}

impl<T> Future for Operation<T> {
    type Output = Result<T, OutboxError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.outcome).poll(context).map(|outcome| {
            // There is no reply after the outbox was closed.
            outcome.unwrap_or_else(|_| Err(OutboxError::new(&self.path, OutboxErrorKind::Closed)))
        })
    }
}

impl<T> fmt::Debug for Operation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Blocks the thread until a future is ready.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park();
    }
}
