//! Push delivery: the logic of an endpoint to which Event Grid pushes events (a webhook), without
//! I/O.
//!
//! Any HTTP server can use it: the server passes in the method, the query, the headers and the body
//! of a request, learns what the request is, and sends the response. The handshakes of both schemas
//! need only the same two lines as events.
//!
//! ```
//! use eventgrid::webhook::{WebhookResponse, Delivery, IncomingRequest, Secret, Webhook};
//!
//! fn handle<'a>(webhook: &'a Webhook<'_>, request: &IncomingRequest<'a>) -> WebhookResponse<'a> {
//!     match webhook.receive(request) {
//!         Ok(delivery) => {
//!             if let Delivery::Events(events) = &delivery {
//!                 for event in events {
//!                     match event {
//!                         Ok(event) => println!("{} happened", event.event_type()),
//!                         Err(malformed) => eprintln!("{malformed}"),
//!                     }
//!                 }
//!             }
//!             delivery.response()
//!         }
//!         Err(refusal) => {
//!             eprintln!("{refusal}");
//!             refusal.response()
//!         }
//!     }
//! }
//!
//! let webhook = Webhook::new(Secret::in_query("code", "c2VjcmV0"));
//! let response = handle(
//!     &webhook,
//!     &IncomingRequest {
//!         method: "OPTIONS",
//!         query: "code=c2VjcmV0",
//!         headers: &[("WebHook-Request-Origin", b"eventgrid.azure.net")],
//!         body: b"",
//!     },
//! );
//! assert_eq!(response.status(), 200);
//! assert!(response.headers().any(|header| header == ("webhook-allowed-origin", "eventgrid.azure.net")));
//! ```
//!
//! Two complete servers are among the examples of the project: `webhook-hyper` and `webhook-axum`.

mod attribute_text;
mod binary_event_view;
mod content;
mod data_text;
mod delivered_event;
mod delivery;
mod events;
mod handshake;
mod percent;
mod receiver;
mod refusal;
mod request;
mod response;
mod secret;
mod validation;

pub use attribute_text::AttributeText;
pub use binary_event_view::BinaryEventView;
pub use delivered_event::DeliveredEvent;
pub use delivery::Delivery;
pub use events::{DeliveredEvents, Events};
pub use handshake::{AllowedOrigins, Handshake};
pub use receiver::Webhook;
pub use refusal::Refusal;
pub use request::{DeliveryHeaders, IncomingRequest};
pub use response::{WebhookResponse, WebhookResponseBody};
pub use secret::Secret;
pub use validation::{SubscriptionDeletion, Validation};
