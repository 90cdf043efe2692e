//! The pace of a consumer, which is shared by reference.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use crate::calls::ReceiveOptions;
use crate::client::ReceivePace;
use crate::error::Error;
use crate::received::Batch;

/// How long a lock lasts unless the consumer has another value: the service's default.
const LOCK_DURATION: Duration = Duration::from_secs(60);

/// The most events that a consumer asks for: as many as its caller wants, until a response was slow
/// or broke off.
#[derive(Debug)]
pub(super) struct SharedPace {
    lock_duration: Duration,
    max_events: AtomicU32,
}

impl SharedPace {
    pub(super) const fn new() -> Self {
        Self { lock_duration: LOCK_DURATION, max_events: AtomicU32::new(u32::MAX) }
    }

    pub(super) fn set_lock_duration(&mut self, duration: Duration) {
        self.lock_duration = duration;
    }

    /// The options of the next receive.
    pub(super) fn limit(&self, options: ReceiveOptions) -> ReceiveOptions {
        match options.asked() {
            Some(asked) => options.max_events(asked.min(self.max_events.load(Ordering::Relaxed))),
            None => options,
        }
    }

    /// Takes the result of a receive at this uptime.
    pub(super) fn learn<X>(
        &self,
        options: ReceiveOptions,
        result: &Result<Batch<'static>, Error<'static, X>>,
        now: Duration,
    ) {
        let asked = options.asked().unwrap_or(1);
        let before = self.max_events.load(Ordering::Relaxed);
        let mut pace = ReceivePace::at(self.lock_duration, before);
        match result {
            Ok(batch) if batch.interruption().is_some() => pace.interrupted(asked, batch.len()),
            Ok(batch) => {
                let time = batch.arrived().map(|arrived| now.saturating_sub(arrived));
                pace.received(asked, batch.len(), time);
            }
            Err(error) if error.broke_off() => pace.interrupted(asked, 0),
            Err(_) => {}
        }
        if pace.max_events() != before {
            self.max_events.store(pace.max_events(), Ordering::Relaxed);
        }
    }
}

impl Clone for SharedPace {
    fn clone(&self) -> Self {
        let max_events = AtomicU32::new(self.max_events.load(Ordering::Relaxed));
        Self { max_events, ..*self }
    }
}
