//! The HTTP interface of a namespace's MQTT broker: publish a message to MQTT clients, and read,
//! list and delete the messages that the broker retains.
//!
//! By it, a back end sends commands to its devices and reads their last state, without an MQTT
//! connection. The broker accepts only tokens of Microsoft Entra ID: a `BearerToken` or an
//! `AsyncBearerToken` (feature `bearer`), or on a device a [`Credential`](crate::Credential) of its
//! own, which the guide to credentials shows. Its interface is a preview of the service. The docs
//! of each call name the version that it asks for, and
//! [`Client::api_version`](crate::Client::api_version) asks for another one.
//!
#![cfg_attr(feature = "alloc", doc = "```")]
#![cfg_attr(not(feature = "alloc"), doc = "```text")]
//! use eventgrid::blocking::MqttClient;
//! use eventgrid::mqtt::{ListOptions, MqttBroker, MqttMessage, TopicFilter, TopicName};
//! use eventgrid::{Client, Credential, Error, Sleep, Transport};
//!
//! fn restart<T: Transport, E: Sleep, C: Credential>(
//!     client: Client<T, E, C>,
//! ) -> Result<(), Box<dyn std::error::Error>>
//! where
//!     T::Error: Send + Sync,
//! {
//!     let broker = MqttBroker::new("https://ns.westeurope-1.ts.eventgrid.azure.net")?;
//!     let mqtt = MqttClient::new(client, broker);
//!
//!     let command = MqttMessage::text(TopicName::new("devices/17/commands")?, "restart")
//!         .with_response_topic(TopicName::new("backend/responses")?)
//!         .with_correlation_data(b"4711")
//!         .with_user_properties(&[("urgency", "high")]);
//!     mqtt.publish(&command)?;
//!
//!     let state = mqtt.get_retained(TopicName::new("devices/17/state")?)?;
//!     println!("{} bytes of {:?}", state.payload().len(), state.metadata().last_modified());
//!
//!     let mut page = mqtt.list_retained(TopicFilter::new("devices/+/state")?, ListOptions::new())?;
//!     loop {
//!         for retained in page.iter() {
//!             println!("{}", retained.topic());
//!         }
//!         let Some(next) = page.next_page() else { return Ok(()) };
//!         page = mqtt.next_page(next)?;
//!     }
//! }
//! ```
//!
//! The messages, the names and filters of topics, and the calls are here. The clients that make the
//! calls are in `client`.

mod list;
mod message;
mod metadata;
mod next_page;
mod publish;
mod retained;
mod retained_page;
mod topic;

pub use crate::target::MqttBroker;
#[doc(inline)]
pub use eventgrid_transport::date::Rfc3339Time;
pub use list::{ListOptions, ListRetained};
pub use message::{MqttMessage, Qos};
pub use metadata::RetainedMetadata;
pub use next_page::NextPage;
pub use publish::PublishMessage;
pub use retained::{GetRetained, RetainedMessage};
pub use retained_page::{RetainedEntry, RetainedPage};
pub use topic::{InvalidTopic, TopicFilter, TopicName};
