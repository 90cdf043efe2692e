//! Receives what Event Grid pushes, with axum: responds to the handshakes of both schemas and
//! prints the events.
//!
//! `WEBHOOK_SECRET` is what every delivery must contain; the endpoint of the event subscription is
//! then `https://YOUR-HOST/events?code=SECRET`. `WEBHOOK_ADDRESS` is the address to listen on,
//! 127.0.0.1:8080 by default. Event Grid delivers only over https: put a TLS proxy in front.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::any;
use eventgrid::webhook::{Delivery, IncomingRequest, Secret, Webhook, WebhookResponse};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("WEBHOOK_SECRET").map_err(|_| "WEBHOOK_SECRET must be set")?;
    let address = std::env::var("WEBHOOK_ADDRESS").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());

    let webhook = Arc::new(Webhook::new(Secret::in_query("code", secret)));
    // Any method, since the webhook also responds to those that it does not take.
    let router = Router::new().route("/events", any(respond)).with_state(webhook);
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

/// From axum's request to axum's response. `Bytes` refuses a body of more than 2 MB, and a delivery
/// has at most 1 MB.
async fn respond(
    State(webhook): State<Arc<Webhook<'static>>>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = IncomingRequest {
        method: method.as_str(),
        query: query.as_deref().unwrap_or_default(),
        headers: &headers,
        body: &body,
    };
    let response = handle(&webhook, &request);
    let mut builder = Response::builder().status(response.status());
    for (name, value) in response.headers() {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(response.body().to_string())).expect("the response is valid HTTP")
}

/// What this program does with what it receives.
fn handle<'a>(webhook: &'a Webhook<'_>, request: &IncomingRequest<'a>) -> WebhookResponse<'a> {
    let delivery = match webhook.receive(request) {
        Ok(delivery) => delivery,
        Err(refusal) => {
            eprintln!("refused: {refusal}");
            return refusal.response();
        }
    };
    match &delivery {
        Delivery::Events(events) => {
            for event in events {
                match event {
                    Ok(event) => println!("{}: {}", event.event_type(), event.id()),
                    Err(malformed) => eprintln!("{malformed}"),
                }
            }
        }
        Delivery::Validation(validation) => println!("validated for {:?}", validation.event().source()),
        Delivery::Handshake(handshake) => println!("consented to {}", handshake.origin()),
        Delivery::SubscriptionDeletion(deletion) => println!("deleted: {:?}", deletion.subscription_id()),
        other => println!("{other:?}"),
    }
    delivery.response()
}
