//! A file that says what an emulator consists of: how it is read, written, and compared with
//! another one.
//!
//! Here is text in TOML form and what it means. Here is no I/O, no clock and no server: who has the
//! text reads it from where it is, and [`Configuration::builder`] is where this room ends.
//!
//! ```
//! use eventgrid_emulator::configuration::Configuration;
//!
//! let configuration = Configuration::parse(
//!     r#"
//!     [[namespace.topics]]
//!     name = "orders"
//!
//!     [[namespace.topics.eventSubscriptions]]
//!     name = "billing"
//!     receiveLockDurationInSeconds = 90
//!     eventTimeToLive = "PT1H"
//!     "#,
//! )?;
//! let namespace = configuration.builder().in_process()?;
//! assert_eq!(namespace.stats("orders", "billing").unwrap().queued, 0);
//!
//! let errors = Configuration::parse("listen = 70000\nseeds = 1").unwrap_err();
//! assert_eq!(errors.iter().map(|error| error.line()).collect::<Vec<_>>(), [1, 2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod difference;
mod error;
mod event_subscriptions;
pub mod import;
mod mapping;
mod model;
mod name;
mod read;
mod reload;
mod table;
mod value;
mod write;

pub use self::difference::Difference;
pub use self::error::{FileError, FileErrors};
pub use self::event_subscriptions::ConfiguredSubscription;
pub use self::model::{
    AdminConfiguration, BasicResourceConfiguration, BasicSubscriptionConfiguration, BearerTokenConfiguration,
    ChannelConfiguration, Configuration, DeliveryPropertyConfiguration, DeliveryPropertyValue,
    DestinationConfiguration, EventSubscriptionConfiguration, MqttConfiguration, NamespaceConfiguration,
    PartnerNamespaceConfiguration, PushConfiguration, PushTargetsConfiguration,
    SubscriptionSettingsConfiguration, TextSource, TlsConfiguration, TopicConfiguration, UnreadableText,
};
pub use self::value::{
    InvalidListenAddress, InvalidPushCallback, InvalidPushHost, listen_address, push_callback, push_host,
};
