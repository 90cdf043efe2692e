//! A device that measures, publishes its readings in batches, and obeys commands that it pulls from
//! a subscription.
//!
//! Nothing here depends on the board, which provides the network and the configuration: see
//! [`run`]. Readings that cannot be published wait in an [`OfflineQueue`]; those that were
//! published, but perhaps not accepted, are published again with the same id.

#![no_std]

mod command;
mod network;
mod obeying;
mod offline_queue;
mod publishing;
mod reading;
mod synchronized;
#[cfg(feature = "tls")]
mod tls;

pub use command::Command;
pub use network::{Configuration, run};
pub use offline_queue::{OfflineBatch, OfflineQueue};
pub use reading::Reading;
pub use synchronized::Synchronized;

use core::cell::{Cell, RefCell};
use core::fmt::{self, Write};
use core::pin::pin;

use embassy_futures::select::select3;
use embassy_time::{Duration, Timer};
use eventgrid::event::CloudEventBuf;
use eventgrid::{
    AsyncCredential, AsyncSleep, AsyncTransport, CloudEvent, Consumer, Data, Publisher, RequestError,
};

/// The largest event, as JSON text.
pub const EVENT_BYTES: usize = 176;

/// How many events can wait for the network.
pub const QUEUE_EVENTS: usize = 128;

/// How many events are published in one request.
pub const BATCH_EVENTS: usize = 16;

/// The queue of a device.
pub type Queue = OfflineQueue<QUEUE_EVENTS, EVENT_BYTES>;

/// A device, and what it has done since it was started.
#[derive(Debug)]
pub struct Device<'q> {
    source: &'static str,
    /// Tells the readings since this start from those before: their numbers begin anew.
    start: u32,
    interval: Cell<Duration>,
    queue: RefCell<&'q mut Queue>,
    totals: Cell<Totals>,
}

/// What a device has done since it was started.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// Readings taken.
    pub measured: u32,
    /// Readings that the service has stored.
    pub published: u32,
    /// Readings that were dropped, since newer ones needed their place in the queue.
    pub dropped: u32,
    /// Commands that were obeyed; one that came twice is counted twice.
    pub obeyed: u32,
    /// Commands that the service will not deliver again.
    pub acknowledged: u32,
}

/// The buffers that requests and responses lie in. All memory that calls need is here.
#[derive(Debug)]
pub struct Buffers {
    /// A batch of readings and its headers.
    publish_tx: [u8; BATCH_EVENTS * (EVENT_BYTES + 1) + 640],
    publish_rx: [u8; 256],
    command_tx: [u8; 2048],
    /// A batch of commands: each has some 200 bytes besides its own.
    command_rx: [u8; 4096],
    settled_rx: [u8; 2048],
}

impl Buffers {
    /// All of them, empty.
    pub const fn new() -> Self {
        Self {
            publish_tx: [0; BATCH_EVENTS * (EVENT_BYTES + 1) + 640],
            publish_rx: [0; 256],
            command_tx: [0; 2048],
            command_rx: [0; 4096],
            settled_rx: [0; 2048],
        }
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Self::new()
    }
}

impl<'q> Device<'q> {
    /// A device that has nothing to tell yet. `source` is the `source` of its events, `start` a
    /// random number.
    pub fn new(queue: &'q mut Queue, source: &'static str, start: u32, interval: Duration) -> Self {
        Self {
            source,
            start,
            interval: Cell::new(interval),
            queue: RefCell::new(queue),
            totals: Cell::new(Totals::default()),
        }
    }

    /// Measures, publishes and obeys until a command says to restart; then it returns as soon as
    /// all readings are published.
    pub async fn run<T: AsyncTransport, E: AsyncSleep, C: AsyncCredential>(
        &self,
        publisher: &Publisher<T, E, C>,
        consumer: &Consumer<T, E, C>,
        buffers: &mut Buffers,
    ) {
        let Buffers { publish_tx, publish_rx, command_tx, command_rx, settled_rx } = buffers;
        {
            // Pinned in their places: what is handed on by value is copied over the stack, and
            // these are large.
            let measuring = pin!(self.measure());
            let publishing = pin!(self.publish(publisher, publish_tx, publish_rx));
            let obeying = pin!(self.obey(consumer, command_tx, command_rx, settled_rx));
            select3(measuring, publishing, obeying).await;
        }
        while !self.queue.borrow().is_empty() {
            self.publish_queued(publisher, publish_tx, publish_rx).await;
        }
    }

    /// What it has done so far.
    pub fn totals(&self) -> Totals {
        Totals { dropped: self.queue.borrow().dropped(), ..self.totals.get() }
    }

    /// Takes a reading now and then.
    async fn measure(&self) {
        loop {
            Timer::after(self.interval.get()).await;
            let number = self.count(|totals| &mut totals.measured, 1);
            // A real device asks its sensor.
            let reading = Reading { number, centicelsius: 2000 + i32::try_from(number % 300).unwrap_or(0) };
            // What is too large for the queue is so for each reading: it shows when the device is
            // made.
            if let Ok(event) = self.event(&reading) {
                self.queue.borrow_mut().push(event);
            }
        }
    }

    fn event(&self, reading: &Reading) -> Result<CloudEventBuf<EVENT_BYTES>, RequestError> {
        let mut id = heapless::String::<19>::new();
        // Two numbers of 32 bits fit.
        let _: fmt::Result = write!(id, "{:08x}-{}", self.start, reading.number);
        CloudEventBuf::new(
            &CloudEvent::new(id.as_str(), self.source, "Reading").with_data(Data::json(reading)),
        )
    }

    /// Adds to one of the totals, and gives what it is then.
    fn count(&self, total: impl Fn(&mut Totals) -> &mut u32, more: u32) -> u32 {
        let mut totals = self.totals.get();
        let total = total(&mut totals);
        *total = total.saturating_add(more);
        let now = *total;
        self.totals.set(totals);
        now
    }
}
