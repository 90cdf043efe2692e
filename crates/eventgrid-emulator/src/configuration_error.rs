//! Configurations that make no emulator.

use eventgrid_filters::FilterError;
use eventgrid_push::{BatchingError, DeliveryPropertyError, RetryPolicyError};

use crate::broker::InvalidPushUrl;
use crate::fault::FaultError;
use crate::service::{DeadLetteringError, EventSubscriptionError, PushEndpointError};

/// Why an emulator cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// Give a key of one character or more.
    #[error("an access key is empty")]
    EmptyKey,
    /// Give base64 text as each access key, or refuse shared access signatures by
    /// [`without_sas`](crate::builder::EmulatorBuilder::without_sas).
    #[error(
        "an access key is not base64 text, so no signature could be verified with it: give base64 text, or say `without_sas`"
    )]
    InvalidKey,
    /// Give a [seed](crate::builder::EmulatorBuilder::seed), or the system what its random numbers
    /// come from.
    #[error("the system has no random numbers: give a seed, or what they come from, such as /dev/urandom")]
    NoRandomSource,
    /// Give a name that the service takes, or relax the
    /// [limits](crate::builder::EmulatorBuilder::limits), which take more.
    #[error("{name:?} is not the name of {of}: it needs {expected}")]
    InvalidName {
        /// The name.
        name: String,
        /// What it would be the name of, such as `a topic`.
        of: &'static str,
        /// What such a name needs.
        expected: &'static str,
    },
    /// Take another name: this one means something else at the start of a path.
    #[error("the name '{name}' is taken by the emulator itself")]
    ReservedName {
        /// The name.
        name: String,
    },
    /// Give a name to one basic topic, one domain or one partner namespace, and within a partner
    /// namespace to one channel.
    #[error("the name '{name}' is given twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// Spell a name the same everywhere, or take another: the service compares names without case.
    #[error("the names '{first}' and '{second}' differ only in case, so they are the same to the service")]
    NamesDifferInCase {
        /// The name as it was given first.
        first: String,
        /// The name as it was given later.
        second: String,
    },
    /// Create the topic, domain or partner namespace that the key is for.
    #[error("there is an access key for '{name}', but nothing of that name: create it")]
    KeyOfNothing {
        /// The name.
        name: String,
    },
    /// Give each bearer token at least one role.
    #[error("a bearer token has no role, so it gives no access: give it at least one")]
    NoRole,
    /// Give a bearer token of one character or more.
    #[error("a bearer token is empty")]
    EmptyBearerToken,
    /// Give the admin API a token that a header can carry, and an address to listen on.
    #[error(
        "the token of the admin API must be printable ASCII without spaces, and needs an address of the admin API"
    )]
    AdminToken,
    /// Let a certificate authority for development make the certificate that the name is for.
    #[error("a TLS name is given, but no development certificate that could have it")]
    TlsName,
    /// Give a fault that makes sense; the text says what is wrong with it.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// Give a filter that the service takes, or relax the
    /// [limits](crate::builder::EmulatorBuilder::limits).
    #[error("the filter of the event subscription {name} is not valid")]
    Filter {
        /// Its topic, a slash, and its name.
        name: String,
        /// What is wrong with the filter.
        source: FilterError,
    },
    /// Create the event subscription that the filter is for.
    #[error("there is a filter for the event subscription {name}, which does not exist: create it")]
    FilterOfNothing {
        /// Its topic, a slash, and its name.
        name: String,
    },
    /// Give dead letters a folder, or a topic that is there and is not the one that they come from.
    #[error("the dead-letter destination of the event subscription {name} is not valid")]
    DeadLettering {
        /// Its topic, a slash, and its name.
        name: String,
        /// What is wrong with it.
        source: DeadLetteringError,
    },
    /// Create the event subscription that the dead-letter destination is for.
    #[error(
        "there is a dead-letter destination for the event subscription {name}, which does not exist: create \
         it"
    )]
    DeadLetteringOfNothing {
        /// Its topic, a slash, and its name.
        name: String,
    },
    /// Give an endpoint that the event subscription can have.
    #[error("the endpoint that the event subscription {name} pushes to is not valid")]
    PushEndpoint {
        /// Its topic, a slash, and its name.
        name: String,
        /// What is wrong with it.
        source: PushEndpointError,
    },
    /// Create the event subscription that the endpoint is for.
    #[error("there is an endpoint for the event subscription {name}, which does not exist: create it")]
    PushEndpointOfNothing {
        /// Its topic, a slash, and its name.
        name: String,
    },
    /// Create the basic topic, the domain or the channel that the event subscription is of.
    #[error("there is an event subscription {name}, but not its topic: create the topic")]
    SubscriptionOfNothing {
        /// Its topic, a slash, and its name.
        name: String,
    },
    /// Create the basic topic or the domain that the mapping is for, with a custom schema.
    #[error(
        "there is an input schema mapping for {name}, which is no basic topic or domain of a custom schema: create \
         it, or give it InputSchema::Custom"
    )]
    MappingOfNothing {
        /// The name.
        name: String,
    },
    /// Give the endpoint of a configuration settings that it can have.
    #[error("the endpoint that the event subscription {name} pushes to has a setting that is not valid")]
    PushSetting {
        /// Its topic, a slash, and its name.
        name: String,
        /// What is wrong with it.
        source: PushSettingError,
    },
    /// Start a server, or leave out the directory of
    /// [`data`](crate::builder::EmulatorBuilder::data).
    #[cfg(feature = "data")]
    #[error("a data directory is given, but only a server keeps its events: start one, or leave it out")]
    DataWithoutServer,
    /// Give a lock duration above zero.
    #[error("the lock duration must be above zero")]
    ZeroLockDuration,
    /// Give a maximum delivery count of one or more.
    #[error("the maximum delivery count must be at least 1")]
    ZeroMaxDeliveryCount,
    /// Give a time to live above zero.
    #[error("the time to live must be above zero")]
    ZeroTimeToLive,
}

/// Why what a configuration says of an endpoint makes none. It never has a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushSettingError {
    /// Give a URL of an endpoint.
    #[error(transparent)]
    Url(#[from] InvalidPushUrl),
    /// Give batches of another size.
    #[error(transparent)]
    Batching(#[from] BatchingError),
    /// Give other delivery properties.
    #[error(transparent)]
    Property(#[from] DeliveryPropertyError),
    /// Give another retry policy.
    #[error(transparent)]
    Retry(#[from] RetryPolicyError),
    /// Read the configuration together with the texts that it names.
    #[error(
        "{place} was not read: parse the configuration by Configuration::parse_with, which reads such texts, too"
    )]
    NotRead {
        /// Where the text is.
        place: String,
    },
}

impl ConfigurationError {
    /// Why an event subscription cannot be as its options say.
    pub(crate) fn of_subscription(name: String, error: EventSubscriptionError) -> Self {
        match error {
            EventSubscriptionError::NoTopic => Self::SubscriptionOfNothing { name },
            EventSubscriptionError::Filter(source) => Self::Filter { name, source },
            EventSubscriptionError::DeadLettering(source) => Self::DeadLettering { name, source },
            EventSubscriptionError::PushEndpoint(source) => Self::PushEndpoint { name, source },
        }
    }
}
