//! What a run tells while it goes on: for logs and metrics.

use std::time::Duration;

use eventgrid::{Error, OwnedReceivedEvent, Settling, Subscription};

use super::{Cause, Event, LockLoss, Verdict};

/// Something that happened in a run. `X` is the transport's error.
#[derive(Debug)]
#[non_exhaustive]
pub enum Notice<'n, X> {
    /// Events came.
    Received {
        /// From where.
        subscription: &'n Subscription<'static>,
        /// How many.
        events: usize,
        /// How many more came without a lock token. They cannot be handled; they come again when their locks end.
        without_lock_token: usize,
    },
    /// A handler came to its end, or was ended.
    Handled {
        /// What it handled.
        event: &'n Event,
        /// What becomes of the event. If its [lock was lost](Event::lock_loss) meanwhile, it is not sent.
        verdict: Verdict,
        /// Why, if it is no verdict of the handler's own.
        cause: Option<Cause<'n>>,
        /// How long it took.
        took: Duration,
    },
    /// An event was kept from the handlers: it is malformed or poison.
    Withheld {
        /// The event.
        event: &'n OwnedReceivedEvent,
        /// Why.
        cause: Cause<'n>,
        /// What becomes of it.
        verdict: Verdict,
    },
    /// The lock of an event was lost. What its handler did, or still does, will be done again.
    LockLost {
        /// The event.
        event: &'n OwnedReceivedEvent,
        /// How.
        loss: LockLoss,
    },
    /// The verdict on an event may have reached the service, but no answer said so until its lock was over: the event is settled,
    /// or comes again.
    SettledOrLost {
        /// The event.
        event: &'n OwnedReceivedEvent,
    },
    /// A receive failed.
    ReceiveFailed {
        /// Where from.
        subscription: &'n Subscription<'static>,
        /// Why.
        error: &'n Error<'static, X>,
        /// When it is tried again. None if the run ends with this error.
        retry_in: Option<Duration>,
    },
    /// A call that settles events, or renews their locks, failed. It is made again as long as their locks last.
    SettleFailed {
        /// Where the events came from.
        subscription: &'n Subscription<'static>,
        /// What was to be done with them.
        settling: Settling,
        /// How many events there were.
        events: usize,
        /// Why.
        error: &'n Error<'static, X>,
    },
}
