//! How events are buffered and sent.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_listener::Event as Signal;
use eventgrid::calls::EncodedEvent;
use eventgrid::target::{Accepts, Schema, Target};
use eventgrid::{AsyncCredential, AsyncSleep, AsyncTransport, Publisher, SendLimits};
#[cfg(feature = "tokio")]
use eventgrid::{SendAsyncCredential, SendAsyncSleep, SendAsyncTransport};

use super::buffer::Buffer;
use super::delivery::{Listeners, OnReport};
use super::run::{EndOnDrop, Shared};
use super::stats::Counters;
use super::{Batcher, CloseOnDrop, PublishError};

/// The options of a [`Batcher`]: how it buffers and sends events. Made by [`Batcher::builder`].
pub struct BatcherBuilder<T: AsyncTransport, E, C, K, S> {
    publisher: Publisher<T, E, C, K>,
    limits: SendLimits,
    capacity: SendLimits,
    max_delay: Duration,
    max_in_flight: usize,
    continue_after_failure: bool,
    on_report: Option<OnReport<T::Error, S>>,
}

impl<T, E, C, K, S> BatcherBuilder<T, E, C, K, S>
where
    T: AsyncTransport,
    E: AsyncSleep,
    C: AsyncCredential,
    K: Target + Accepts<S>,
    S: Schema,
{
    pub(super) fn new(publisher: Publisher<T, E, C, K>) -> Self {
        Self {
            limits: publisher.send_limits(),
            publisher,
            capacity: SendLimits { max_bytes: 16 << 20, max_events: 10_000 },
            max_delay: Duration::from_millis(100),
            max_in_flight: 4,
            continue_after_failure: false,
            on_report: None,
        }
    }

    /// How large one request may be. When the events that wait fill such a request, it is sent
    /// without delay. A request is split into halves, which are sent again, if the service responds
    /// that it is too large (413) or refuses it because of one of its events (400), or if it times
    /// out. After a time-out, requests stay smaller until some have succeeded. Default: the
    /// publisher's [limits](Publisher::limits).
    #[must_use]
    pub fn limits(mut self, limits: SendLimits) -> Self {
        self.limits = limits;
        self
    }

    /// How long an event may wait for others to share its request. With zero, events are sent
    /// without waiting. Default: 100 ms.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// How many events and bytes may wait in the buffer. Events in flight do not count. An empty
    /// buffer takes an event of any size that a request can have. Default: 10,000 events and 16 MiB
    /// of JSON.
    #[must_use]
    pub fn capacity(mut self, capacity: SendLimits) -> Self {
        self.capacity = capacity;
        self
    }

    /// How many batches may be in flight at the same time, at least 1. With more than one, only
    /// events with the same [key](Batcher::keyed) keep their order. Default: 4.
    #[must_use]
    pub fn max_in_flight(mut self, batches: usize) -> Self {
        self.max_in_flight = batches;
        self
    }

    /// Goes on with later events of a [key](Batcher::keyed) after one of its events failed.
    /// Default: the key is paused until it is [resumed](Batcher::resume).
    #[must_use]
    pub fn continue_after_failure(mut self) -> Self {
        self.continue_after_failure = true;
        self
    }

    /// Calls `on_report` with every event and its outcome, before its
    /// [`PublishReport`](super::PublishReport) is ready.
    ///
    /// It is called within the run, and within [`force_send`](Batcher::force_send) when events are
    /// displaced, so it must return soon. Its panics are not caught: a panic within the run ends
    /// the run.
    #[must_use]
    pub fn on_report(
        mut self,
        on_report: impl Fn(&EncodedEvent<S>, Result<(), &PublishError<T::Error>>) + Send + Sync + 'static,
    ) -> Self {
        self.on_report = Some(Box::new(on_report));
        self
    }

    /// Returns the handle that takes events, and the future that sends them, called the run. Await
    /// the run concurrently with the rest of the program, or spawn it.
    ///
    /// The run ends when the batcher was [closed](Batcher::close) and every event is reported. If
    /// it is dropped before, the events that are not reported yet are reported as
    /// [`PublishError::Stopped`], and no more are taken.
    ///
    /// No event is sent until the run is polled for the first time. If it never is, the handle does
    /// not wait forever: after ten seconds [`send`](Batcher::send), [`try_send`](Batcher::try_send)
    /// and [`force_send`](Batcher::force_send) return
    /// [`SendError::NotRunning`](super::SendError::NotRunning), and [`flush`](Batcher::flush) and
    /// [`close`](Batcher::close) report the events that were taken as [`PublishError::Stopped`].
    /// Awaiting a [`PublishReport`](super::PublishReport) itself has no time limit.
    pub fn build(self) -> (Batcher<T, E, C, K, S>, impl Future<Output = ()>) {
        let limits = SendLimits { max_events: self.limits.max_events.max(1), ..self.limits };
        let built = self.publisher.client().environment().uptime();
        let shared = Arc::new(Shared {
            publisher: self.publisher,
            buffer: Mutex::new(Buffer::new(limits, self.capacity, self.max_delay)),
            listeners: Arc::new(Listeners { counters: Counters::default(), on_report: self.on_report }),
            max_in_flight: self.max_in_flight.max(1),
            continue_after_failure: self.continue_after_failure,
            wanted: Signal::new(),
            room: Signal::new(),
            reported: Signal::new(),
            turn: async_lock::Mutex::new(()),
            has_begun: AtomicBool::new(false),
            built,
            begun: Signal::new(),
        });
        let end = EndOnDrop(Arc::clone(&shared));
        let run = async move {
            let end = end;
            end.0.run().await;
        };
        (Batcher { handle: Arc::new(CloseOnDrop(shared)), key: None }, run)
    }
}

#[cfg(feature = "tokio")]
impl<T, E, C, K, S> BatcherBuilder<T, E, C, K, S>
where
    T: SendAsyncTransport<Error: Sync> + Send + 'static,
    E: SendAsyncSleep + Send + 'static,
    C: SendAsyncCredential + Send + 'static,
    K: Target + Accepts<S> + Send + Sync + 'static,
    S: Schema + 'static,
{
    /// Like [`build`](Self::build), but spawns the run as a task of the tokio runtime in which this
    /// is called. The task ends after the batcher was [closed](Batcher::close), or after all
    /// handles were dropped, when every event is reported.
    ///
    /// # Panics
    /// If it is called outside of a tokio runtime.
    pub fn spawn(self) -> (Batcher<T, E, C, K, S>, tokio::task::JoinHandle<()>) {
        let (batcher, run) = self.build();
        (batcher, tokio::spawn(run))
    }
}

impl<T: AsyncTransport, E, C, K, S> fmt::Debug for BatcherBuilder<T, E, C, K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatcherBuilder")
            .field("limits", &self.limits)
            .field("capacity", &self.capacity)
            .field("max_delay", &self.max_delay)
            .field("max_in_flight", &self.max_in_flight)
            .field("continue_after_failure", &self.continue_after_failure)
            .finish_non_exhaustive()
    }
}
