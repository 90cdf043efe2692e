//! A web service that publishes the orders it gets and bills them in the background. At SIGTERM or
//! Ctrl-C it responds to the requests in progress, publishes the orders that it has accepted, and
//! finishes those that it is billing.
//!
//! ```sh
//! cargo run -p web-service &
//! curl --json '{"item":"tea","total":9.5}' http://127.0.0.1:8080/orders
//! kill -TERM %1
//! ```
//!
//! `WEB_SERVICE_ADDRESS` is the address to listen on, 127.0.0.1:8080 by default. The crate
//! `example-namespace` chooses where events go and come from. The exit code is 0 if it published
//! all orders that it accepted.

use std::future::IntoFuture;
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use eventgrid::{CloudEvent, Data, with_causes};
use eventgrid_worker::hyper::Batcher;
use eventgrid_worker::{Processor, ProcessorEvent, ProcessorHandle, ProcessorStop, SendError};
use example_namespace::{AnyError, Namespace, exit_code};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Serialize, Deserialize)]
struct Order {
    item: String,
    total: f64,
}

/// What a request can use.
#[derive(Clone)]
struct Service {
    orders: Batcher,
    billing: ProcessorHandle,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Whether all that was taken was published, and no event was lost.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(&[("orders", "billing")])?;
    let (publisher, consumer) = namespace.first();

    // Orders that come within 20 milliseconds are published together.
    let (orders, publishing) = Batcher::builder(publisher).max_delay(Duration::from_millis(20)).build();
    let publishing = tokio::spawn(publishing);

    let processor =
        Processor::new(consumer).concurrency(16).on_notice(|notice| eprintln!("billing: {notice:?}"));
    let billing = processor.handle();
    let mut processing = tokio::spawn(processor.run(bill));

    let address = std::env::var("WEB_SERVICE_ADDRESS").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let router = Router::new()
        .route("/orders", post(take_order))
        .route("/stats", get(stats))
        .with_state(Service { orders: orders.clone(), billing: billing.clone() });
    let mut serving =
        pin!(axum::serve(listener, router).with_graceful_shutdown(asked_to_stop()).into_future());
    tokio::select! {
        served = &mut serving => served?,
        // Nobody asked it to end: it is refused, and a service that bills nothing should not look
        // healthy.
        ended = &mut processing => return Err(ended?.err().map_or("billing has ended".into(), AnyError::from)),
    }

    // No more requests come. What was taken is published, then what is being handled is finished.
    orders.close().await;
    publishing.await?;
    billing.stop(ProcessorStop::Finish);
    let billed = processing.await??;
    let orders = orders.stats();
    let lost = orders.failed + orders.stopped;
    println!("published {}, billed {}, lost {lost}", orders.published, billed.acknowledged);
    Ok(lost == 0)
}

/// 201 when the service has stored the event, and not before.
async fn take_order(State(service): State<Service>, Json(order): Json<Order>) -> (StatusCode, String) {
    let event = CloudEvent::now("urn:web-service", "Order.Created").with_data(Data::json(&order));
    let id = event.id.to_string();
    let delivery = match service.orders.send(&event).await {
        Ok(delivery) => delivery,
        Err(SendError::Closed) => return (StatusCode::SERVICE_UNAVAILABLE, "try again later".to_owned()),
        Err(error) => return (StatusCode::BAD_REQUEST, with_causes(&error).to_string()),
    };
    match delivery.await {
        Ok(()) => (StatusCode::CREATED, id),
        Err(error) => {
            eprintln!("order {id} was not published: {}", with_causes(&error));
            (StatusCode::SERVICE_UNAVAILABLE, "try again later".to_owned())
        }
    }
}

async fn stats(State(service): State<Service>) -> String {
    format!("{:#?}\n{:#?}\n", service.orders.stats(), service.billing.stats())
}

/// What the service does in the background.
async fn bill(event: ProcessorEvent) -> Result<(), AnyError> {
    let order: Order = event.data().deserialize()?;
    println!("billed {} for {}", order.total, order.item);
    Ok(())
}

/// Is ready when the process is asked to end.
async fn asked_to_stop() {
    let mut terminate = signal(SignalKind::terminate()).expect("a signal handler can be installed");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
