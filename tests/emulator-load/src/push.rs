//! Pushes to an endpoint on this machine: how many per second, and what one costs compared with a
//! bare client that sends the same bodies.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use eventgrid_emulator::broker::PushEndpoint;
use eventgrid_emulator::eventgrid_push::Batching;
use eventgrid_emulator::{Condition, Emulator, Target};
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::bare;
use crate::cpu::of_thread;
use crate::publish::{EMULATOR, SMALL, batch_with, events_with, publish};

const ROUNDS: usize = 5;
const CONNECTIONS: u32 = 16;
const CLIENT: &str = "bare-client";

/// So many events of one publish.
const EACH: u32 = 1000;
const PUBLISHED: usize = EACH as usize;

const ORDERS: Target<'static> = Target::NamespaceTopic("orders");

/// What is pushed: so many events, in requests of so many.
struct Load {
    events: u32,
    batch: u32,
    /// The size of the data of each, in bytes.
    data: usize,
    /// The fewest events a second.
    goal: f64,
}

pub(crate) fn measure() {
    let sink = bare::start();
    let one = Load { events: 20_000, batch: 1, data: SMALL, goal: 5_000.0 };
    let many = Load { events: 400_000, batch: 100, data: SMALL, goal: 100_000.0 };
    let large = Load { events: 200_000, data: 950, ..many };
    for load in [one, many, large] {
        let (mut ratios, mut rates) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (whole, wall) = pushed(sink, &load);
            let alone = sent(sink, &load);
            ratios.push(whole.as_secs_f64() / alone.as_secs_f64());
            let rate = f64::from(load.events) / wall.as_secs_f64();
            rates.push(rate);
            let requests = load.requests();
            println!(
                "{} requests with {} events each, {} bytes of data in each event: {:.0} events/s; processor time of \
                 a request {:.1?}, of a bare client's {:.1?}",
                requests,
                load.batch,
                load.data,
                rate,
                whole / requests,
                alone / requests
            );
        }
        println!(
            "{:.0} events/s (goal {:.0}) and {:.2} x a bare client (limit 2), medians of {ROUNDS} rounds",
            median(rates),
            load.goal,
            median(ratios)
        );
    }
}

impl Load {
    fn requests(&self) -> u32 {
        self.events / self.batch
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Pushes a backlog: the processor time of the emulator, and the time that passes.
fn pushed(sink: SocketAddr, load: &Load) -> (Duration, Duration) {
    let emulator = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing").start("127.0.0.1:0");
    let emulator = emulator.expect("a port is free");
    let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
    runtime.block_on(publish(emulator.address(), batch_with(PUBLISHED, load.data), load.events / EACH));
    let endpoint = PushEndpoint::new(&format!("http://{sink}/")).expect("a URL").without_handshake();
    let endpoint = match load.batch {
        1 => endpoint,
        most => {
            endpoint.with_batching(Batching::new().with_max_events(most).expect("a size that is allowed"))
        }
    };
    let (before, start) = (of_thread(EMULATOR), Instant::now());
    let set = emulator.with(|emulator| emulator.set_push_endpoint(ORDERS, "billing", Some(endpoint)));
    assert_eq!(set, Ok(true));
    let patience = Duration::from_secs(600);
    let stats = emulator.wait_for(ORDERS, "billing", Condition::Drained, patience).expect("all are pushed");
    assert_eq!(stats.acknowledged, u64::from(load.events));
    (of_thread(EMULATOR).saturating_sub(before), start.elapsed())
}

/// Sends the same bodies: the processor time of the client.
fn sent(sink: SocketAddr, load: &Load) -> Duration {
    let text = events_with(usize::try_from(load.batch).expect("a small number"), load.data);
    let body = if load.batch == 1 { text[1..text.len() - 1].to_owned() } else { text };
    let (body, each) = (Bytes::from(body), load.requests() / CONNECTIONS);
    let send = move || {
        let before = of_thread(CLIENT);
        let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
        runtime.block_on(async {
            let mut connections = JoinSet::new();
            for _ in 0..CONNECTIONS {
                connections.spawn(send_all(sink, body.clone(), each));
            }
            connections.join_all().await;
        });
        of_thread(CLIENT).saturating_sub(before)
    };
    let thread = thread::Builder::new().name(CLIENT.to_owned()).spawn(send).expect("a thread");
    thread.join().expect("it does not panic")
}

async fn send_all(sink: SocketAddr, body: Bytes, requests: u32) {
    let stream = TcpStream::connect(sink).await.expect("it listens");
    stream.set_nodelay(true).expect("it can be");
    let (mut client, connection) =
        http1::handshake(TokioIo::new(stream)).await.expect("a client needs no response for that");
    tokio::spawn(connection);
    let host: Arc<str> = sink.to_string().into();
    for _ in 0..requests {
        // The headers that a push has, as well.
        let request = Request::post("/")
            .header("host", &*host)
            .header("content-type", "application/cloudevents+json; charset=utf-8")
            .header("aeg-event-type", "Notification")
            .header("aeg-subscription-name", "BILLING")
            .header("aeg-delivery-count", "0")
            .header("webhook-request-origin", "eventgrid.azure.net")
            .header("aeg-metadata-version", "1.0")
            .body(Full::new(body.clone()))
            .expect("it is valid");
        client.ready().await.expect("the server is there");
        let response = client.send_request(request).await.expect("the server is there");
        assert_eq!(response.status(), 200);
        response.into_body().collect().await.expect("it is whole");
    }
}
