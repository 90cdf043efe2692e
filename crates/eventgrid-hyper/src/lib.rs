#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod connect;
mod connection;
#[cfg(feature = "azure-core")]
mod entra_id;
mod environment;
mod error;
mod pool;
mod proxy;
mod tls;
mod transport;

#[cfg(feature = "azure-core")]
pub use entra_id::EntraId;
pub use environment::Tokio;
pub use error::{Error, InvalidOption};
pub use eventgrid;
pub use transport::{Hyper, HyperBuilder, ResponseBody};

use eventgrid::{AccessKey, NamespaceTopic};

/// A client that sends requests by hyper and sleeps by tokio.
pub type Client<C = AccessKey<'static>> = eventgrid::Client<Hyper, Tokio, C>;

/// A publisher over hyper. It publishes events to a target, by default a topic of a namespace.
pub type Publisher<C = AccessKey<'static>, K = NamespaceTopic<'static>> =
    eventgrid::Publisher<Hyper, Tokio, C, K>;

/// A consumer over hyper. It receives events from a subscription and settles them.
pub type Consumer<C = AccessKey<'static>> = eventgrid::Consumer<Hyper, Tokio, C>;

/// An MQTT client over hyper. It publishes to the MQTT clients of a namespace, and reads the
/// messages that its broker retains. `C` is a credential with tokens of Microsoft Entra ID.
pub type MqttClient<C> = eventgrid::MqttClient<Hyper, Tokio, C>;

/// A client with the default options of [`Hyper`]. For other options, call
/// [`eventgrid::Client::new`] with a transport from [`Hyper::builder`].
pub fn client<C>(credential: C) -> Client<C> {
    Client::new(Hyper::new(), Tokio, credential)
}
