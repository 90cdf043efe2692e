//! Why an event is not pushed any more.

use super::tier::DeliveryTier;
use crate::facts::FactSource;

/// Why an event is dead-lettered, or dropped where there is no place for dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeadLetterReason {
    /// The last attempt that the subscription allows has failed.
    MaxDeliveryAttemptsExceeded,
    /// The time to live was over when the next attempt was due.
    TimeToLiveExceeded,
    /// A response said that no attempt can succeed.
    Undeliverable,
}

impl DeadLetterReason {
    /// All of them.
    pub const ALL: [Self; 3] =
        [Self::MaxDeliveryAttemptsExceeded, Self::TimeToLiveExceeded, Self::Undeliverable];

    /// The words of a dead letter: its `deadLetterReason`, or `deadletterreason` of a namespace.
    pub const fn words(self, tier: DeliveryTier) -> &'static str {
        match (tier, self) {
            (DeliveryTier::Basic, Self::MaxDeliveryAttemptsExceeded) => "MaxDeliveryAttemptsExceeded",
            (DeliveryTier::Basic, Self::TimeToLiveExceeded) => "TimeToLiveExceeded",
            (DeliveryTier::Basic, Self::Undeliverable) => "UndeliverableDueToClientError",
            (DeliveryTier::Namespace, Self::MaxDeliveryAttemptsExceeded) => {
                "Maximum delivery attempts was exceeded."
            }
            (DeliveryTier::Namespace, Self::TimeToLiveExceeded) => "Time to live was exceeded.",
            (DeliveryTier::Namespace, Self::Undeliverable) => "Undeliverable due to client error",
        }
    }

    /// How these words are known of the service.
    pub const fn source(self, tier: DeliveryTier) -> FactSource {
        match (tier, self) {
            (DeliveryTier::Basic, Self::MaxDeliveryAttemptsExceeded) => {
                FactSource::Documented("delivery-and-retry @2ccf6fd4, the examples of dead letters")
            }
            (DeliveryTier::Basic, Self::Undeliverable) => FactSource::NotConfirmed(
                "azure-sdk-for-net#26198 (2022) has `UndeliverableDueToProbationCausedByClientError`",
            ),
            (DeliveryTier::Namespace, Self::MaxDeliveryAttemptsExceeded | Self::Undeliverable) => {
                FactSource::Documented("namespace-delivery-retry @01b326c2, the examples of dead letters")
            }
            (_, Self::TimeToLiveExceeded) => {
                FactSource::NotConfirmed("as the words for attempts; no example of this case was found")
            }
        }
    }
}
