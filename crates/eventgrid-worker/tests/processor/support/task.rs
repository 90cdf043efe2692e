//! A future that is polled by hand.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};

pub(crate) struct Task<'f, T> {
    future: Pin<Box<dyn Future<Output = T> + 'f>>,
    woken: Arc<Woken>,
    output: Option<T>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl<'f, T> Task<'f, T> {
    pub(crate) fn new(future: impl Future<Output = T> + 'f) -> Self {
        Self { future: Box::pin(future), woken: Arc::new(Woken(AtomicBool::new(true))), output: None }
    }

    /// Polls it as often as it is woken. True once it is over.
    pub(crate) fn go_on(&mut self) -> bool {
        while self.output.is_none() && self.woken.0.swap(false, Ordering::SeqCst) {
            let waker = Arc::clone(&self.woken).into();
            if let Poll::Ready(output) = self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                self.output = Some(output);
            }
        }
        self.output.is_some()
    }

    /// What it gave, if it is over.
    pub(crate) fn take(&mut self) -> Option<T> {
        self.go_on();
        self.output.take()
    }
}

/// The output of a future that is ready at once.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    Task::new(future).take().expect("it is ready at once")
}
