//! The words for how an attempt ended, as dead letters have them.

use std::fmt;
use std::time::Duration;

use crate::facts::FactSource;

/// Makes the outcomes with their words.
macro_rules! outcomes {
    ($($variant:ident $what:literal)*) => {
        /// How the last attempt ended, in the service's words: `lastDeliveryOutcome` of a dead
        /// letter (delivery-and-retry @2ccf6fd4).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum DeliveryOutcome {
            $(#[doc = $what] $variant,)*
        }

        impl DeliveryOutcome {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word, as dead letters have it.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                }
            }
        }
    };
}

outcomes! {
    NotFound "The destination does not exist."
    Disabled "The destination does not take events at present."
    Full "The destination has as many requests under way as it can have."
    Unauthorized "The destination refused the credential."
    BadRequest "The destination could not read the request."
    TimedOut "No response came in time."
    Busy "The destination has too much to do."
    PayloadTooLarge "The request is larger than the destination takes."
    Probation "The endpoint was on probation, and the event was not tried."
    Canceled "The delivery was cancelled."
    Aborted "The service gave up the delivery after some time."
    SocketError "The connection could not be made, or broke."
    ResolutionError "The name of the host could not be resolved."
    Delivering "The delivery is under way."
    SessionQueueNotSupported "A queue with sessions got an event without one."
    Forbidden "The destination does not allow it."
    InvalidAzureFunctionDestination "The Azure Function is not one that takes events."
    GenericError "Anything else."
}

impl DeliveryOutcome {
    /// How long an endpoint is on probation after an attempt with this outcome; `None` if it is
    /// not.
    ///
    /// The service may hold back new events for an endpoint on probation, or dead-letter them
    /// untried. This crate does neither: it is for the caller to do.
    pub const fn probation(self) -> Option<Duration> {
        match self {
            Self::Busy | Self::TimedOut => Some(Duration::from_secs(10)),
            Self::SocketError => Some(Duration::from_secs(30)),
            Self::NotFound
            | Self::ResolutionError
            | Self::Disabled
            | Self::Full
            | Self::Unauthorized
            | Self::Forbidden => Some(Duration::from_secs(5 * 60)),
            Self::InvalidAzureFunctionDestination => Some(Duration::from_secs(10 * 60)),
            _ => None,
        }
    }

    /// How the word is known about the service.
    pub const fn source(self) -> FactSource {
        match self {
            Self::GenericError => {
                FactSource::Recorded("azure-docs#60595 (2020): an outcome in the logs of failed deliveries")
            }
            _ => {
                FactSource::Documented("delivery-and-retry @2ccf6fd4, the list of outcomes and of probations")
            }
        }
    }
}

/// Shows the word.
impl fmt::Display for DeliveryOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
