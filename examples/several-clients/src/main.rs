//! Several clients in one scope, all of them closed in order at its end, however the work went.
//!
//! A shop publishes orders and has them billed; for each bill there is a shipment. The shop's two
//! publishers and its consumer share the connections of one client; the shipping department has
//! another client. The crate `example-namespace` chooses the topics: two of yours, or a local
//! emulator.

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Duration;

use eventgrid::{CloudEvent, Data, ReceiveOptions};
use example_namespace::{AnyError, Client, Consumer, Namespace, Publisher, exit_code, source_of_this_run};
use serde::{Deserialize, Serialize};

const ORDERS: u32 = 200;

#[derive(Serialize, Deserialize)]
struct Order {
    number: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    exit_code(run().await)
}

/// Whether every order was shipped.
async fn run() -> Result<bool, AnyError> {
    let namespace = Namespace::from_environment(&[("orders", "billing"), ("shipments", "all")])?;
    let (shop, shipping) = (namespace.client(), namespace.separate_client());
    let outcome = work(&namespace, &shop, &shipping).await;
    // Nothing is under way any more. Both return when their connections are closed, so the runtime
    // can end without cutting one off.
    tokio::join!(shop.close(), shipping.close());
    outcome
}

/// The scope of the clients: what fails in it ends it, and the clients are closed all the same.
async fn work(namespace: &Namespace, shop: &Client, shipping: &Client) -> Result<bool, AnyError> {
    let [orders, shipments] = namespace.topics() else { return Err("two topics are needed".into()) };
    let [billing, all_shipments] = namespace.subscriptions() else {
        return Err("two subscriptions are needed".into());
    };
    let order_publisher = Publisher::new(shop.clone(), orders.clone());
    let order_consumer = Consumer::new(shop.clone(), billing.clone());
    let shipment_publisher = Publisher::new(shop.clone(), shipments.clone());
    let shipment_consumer = Consumer::new(shipping.clone(), all_shipments.clone());

    let source = source_of_this_run();
    let ((), billed, shipped) = tokio::try_join!(
        place_orders(&order_publisher, &source),
        bill(&order_consumer, &shipment_publisher, &source),
        ship(&shipment_consumer, &source),
    )?;
    println!("placed {ORDERS} orders, billed {billed}, shipped {shipped}");
    Ok(shipped == ORDERS as usize)
}

async fn place_orders(publisher: &Publisher, source: &str) -> Result<(), AnyError> {
    let orders: Vec<_> = (0..ORDERS).map(|number| Order { number }).collect();
    let events: Vec<_> = orders
        .iter()
        .map(|order| {
            CloudEvent::new(order.number.to_string(), source, "Order.Placed").with_data(Data::json(order))
        })
        .collect();
    Ok(publisher.send_all(&events).await.into_result()?)
}

/// Publishes a shipment for each order, and acknowledges the order after that.
async fn bill(consumer: &Consumer, publisher: &Publisher, source: &str) -> Result<usize, AnyError> {
    each_order_once(consumer, source, async |orders: &[Order]| {
        let events: Vec<_> = orders
            .iter()
            .map(|order| {
                CloudEvent::new(order.number.to_string(), source, "Shipment.Ordered")
                    .with_data(Data::json(order))
            })
            .collect();
        Ok(publisher.send(&events).await?)
    })
    .await
}

async fn ship(consumer: &Consumer, source: &str) -> Result<usize, AnyError> {
    each_order_once(consumer, source, async |_: &[Order]| Ok(())).await
}

/// Receives until every order has come, and returns how many did.
async fn each_order_once(
    consumer: &Consumer,
    source: &str,
    handle: impl AsyncFn(&[Order]) -> Result<(), AnyError>,
) -> Result<usize, AnyError> {
    let options = ReceiveOptions::new().max_events(50).max_wait_time(Duration::from_secs(10));
    let mut seen = HashSet::new();
    while seen.len() < ORDERS as usize {
        let batch = consumer.receive(options).await?;
        if batch.is_empty() {
            break; // None came for ten seconds: what is missing is lost.
        }
        let (mut tokens, mut orders) = (Vec::new(), Vec::new());
        for received in &batch {
            let event = received.event()?;
            // Those of another run keep their locks until these end.
            if event.source() == *source {
                tokens.push(received.lock_token());
                orders.push(event.data().deserialize::<Order>()?);
            }
        }
        // What came a second time, since a response was lost, was handled before.
        orders.retain(|order| seen.insert(order.number));
        handle(&orders).await?;
        let _ = consumer.acknowledge(&tokens).await?;
    }
    Ok(seen.len())
}
