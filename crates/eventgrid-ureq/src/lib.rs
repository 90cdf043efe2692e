#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod agents;
mod connection;
mod error;
mod proxy;
mod resolver;
mod socket;
#[cfg(feature = "rustls-bundled-roots")]
mod tls;
mod transport;

pub use error::{Error, InvalidOption};
pub use eventgrid;
pub use transport::{ResponseBody, Ureq, UreqBuilder};

use eventgrid::{AccessKey, NamespaceTopic, Std};

/// A client that sends requests by ureq and sleeps by the operating system.
pub type Client<C = AccessKey<'static>> = eventgrid::Client<Ureq, Std, C>;

/// A publisher over ureq. It publishes events to a target, by default a topic of a namespace.
pub type Publisher<C = AccessKey<'static>, K = NamespaceTopic<'static>> =
    eventgrid::blocking::Publisher<Ureq, Std, C, K>;

/// A consumer over ureq. It receives events from a subscription and settles them.
pub type Consumer<C = AccessKey<'static>> = eventgrid::blocking::Consumer<Ureq, Std, C>;

/// An MQTT client over ureq. It publishes to the MQTT clients of a namespace, and reads the
/// messages that its broker retains. `C` is a credential with tokens of Microsoft Entra ID.
pub type MqttClient<C> = eventgrid::blocking::MqttClient<Ureq, Std, C>;

/// A client with the default options of [`Ureq`]. For other options, call
/// [`eventgrid::Client::new`] with a transport from [`Ureq::builder`].
pub fn client<C>(credential: C) -> Client<C> {
    Client::new(Ureq::new(), Std, credential)
}
