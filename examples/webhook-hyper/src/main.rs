//! Receives what Event Grid pushes, with hyper: responds to the handshakes of both schemas and
//! prints the events.
//!
//! `WEBHOOK_SECRET` is what every delivery must contain; the endpoint of the event subscription is
//! then `https://YOUR-HOST/events?code=SECRET`. `WEBHOOK_ADDRESS` is the address to listen on,
//! 127.0.0.1:8080 by default. Event Grid delivers only over https: put a TLS proxy in front.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use eventgrid::webhook::{Delivery, IncomingRequest, Secret, Webhook, WebhookResponse};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

/// More than a delivery has: at most 1 MB.
const MAX_BODY: usize = 2 * 1024 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = std::env::var("WEBHOOK_SECRET").map_err(|_| "WEBHOOK_SECRET must be set")?;
    let address = std::env::var("WEBHOOK_ADDRESS").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());

    let webhook = Arc::new(Webhook::new(Secret::in_query("code", secret)));
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let webhook = Arc::clone(&webhook);
        let service = service_fn(move |request| respond(Arc::clone(&webhook), request));
        tokio::spawn(async move {
            let mut server = http1::Builder::new();
            let connection = server.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                eprintln!("a connection broke: {error}");
            }
        });
    }
}

/// From hyper's request to hyper's response.
async fn respond(
    webhook: Arc<Webhook<'static>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            return Ok(response(WebhookResponse::new(if error.is::<LengthLimitError>() {
                413
            } else {
                400
            })));
        }
    };
    let headers: Vec<_> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = IncomingRequest {
        method: head.method.as_str(),
        query: head.uri.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
    };
    Ok(response(handle(&webhook, &request)))
}

fn response(ours: WebhookResponse<'_>) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(ours.status());
    for (name, value) in ours.headers() {
        response = response.header(name, value);
    }
    response.body(Full::from(ours.body().to_string())).expect("the response is valid HTTP")
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
