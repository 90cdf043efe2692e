//! What a publish costs the emulator, compared with a bare server.

use std::net::SocketAddr;
use std::time::Duration;

use eventgrid_emulator::Emulator;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::bare;
use crate::cpu::{Timer, of_thread};

const CONNECTIONS: u32 = 32;
const REQUESTS: u32 = 3000;
const ROUNDS: usize = 5;
const SIZE: usize = 1024;

pub(crate) const EMULATOR: &str = "eventgrid-emulator";

pub(crate) fn measure() {
    let event = event();
    let request = request(&event);
    let emulator = Emulator::builder().key("c2VjcmV0").subscription("orders", "billing").start("127.0.0.1:0");
    let emulator = emulator.expect("a port is free");
    let bare = bare::start();
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let json = cost_of_json(&event);
        let alone = cost(bare::THREAD, bare, &request);
        let whole = cost(EMULATOR, emulator.address(), &request);
        let limit = alone * 2 + json * 3 / 2;
        ratios.push(whole.as_secs_f64() / limit.as_secs_f64());
        println!(
            "processor time of a publish of {SIZE} bytes: {whole:.1?}; a bare server takes {alone:.1?}, serde_json \
             {json:.1?}, so the limit is {limit:.1?}"
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!("{:.2} of the limit (median of {ROUNDS} rounds)", ratios[ROUNDS / 2]);
}

/// What one request costs the thread of a server.
fn cost(thread: &str, server: SocketAddr, request: &str) -> Duration {
    let before = of_thread(thread);
    let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
    runtime.block_on(async {
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            connections.spawn(publish(server, request.to_owned(), REQUESTS));
        }
        connections.join_all().await;
    });
    of_thread(thread).saturating_sub(before) / (CONNECTIONS * REQUESTS)
}

pub(crate) async fn publish(server: SocketAddr, request: String, requests: u32) {
    let mut stream = TcpStream::connect(server).await.expect("it listens");
    stream.set_nodelay(true).expect("it can be");
    let mut buffer = vec![0; 4096];
    for _ in 0..requests {
        stream.write_all(request.as_bytes()).await.expect("the server is there");
        let mut filled = 0;
        // Both servers respond with `{}`.
        while !buffer[..filled].ends_with(b"{}") {
            let count = stream.read(&mut buffer[filled..]).await.expect("the server is there");
            assert!(count > 0, "{}", String::from_utf8_lossy(&buffer[..filled]));
            filled += count;
        }
        assert!(buffer.starts_with(b"HTTP/1.1 200"));
    }
}

fn cost_of_json(event: &str) -> Duration {
    const TIMES: u32 = 20_000;
    let timer = Timer::start();
    for _ in 0..TIMES {
        let value: serde_json::Value = serde_json::from_str(event).expect("it is JSON");
        let text = serde_json::to_string(&value).expect("it is JSON");
        assert_eq!(std::hint::black_box(text).len(), event.len());
    }
    timer.elapsed() / TIMES
}

pub(crate) fn event() -> String {
    let start = r#"{"specversion":"1.0","id":"17","source":"/shop","type":"Ordered","data":{"items":["#;
    let item = r#"{"sku":"A-100","count":2,"price":9.95},"#;
    let event = start.to_owned() + &item.repeat((SIZE - start.len() - 20) / item.len());
    let rest = "x".repeat(SIZE - event.len() - 5);
    event + &format!("\"{rest}\"]}}}}")
}

/// A request that publishes an event.
pub(crate) fn request(event: &str) -> String {
    post("/topics/orders:publish", "application/cloudevents+json", event)
}

/// How many bytes of data a small event has.
pub(crate) const SMALL: usize = 99;

/// A request that publishes so many small events.
pub(crate) fn batch(count: usize) -> String {
    batch_with(count, SMALL)
}

/// A request that publishes so many events with so many bytes of data each.
pub(crate) fn batch_with(count: usize, data: usize) -> String {
    post("/topics/orders:publish", "application/cloudevents-batch+json", &events_with(count, data))
}

/// So many small events.
pub(crate) fn events(count: usize) -> String {
    events_with(count, SMALL)
}

/// So many events with so many bytes of data each.
pub(crate) fn events_with(count: usize, data: usize) -> String {
    let event = |number| {
        format!(
            r#"{{"specversion":"1.0","id":"{number}","source":"/shop","type":"Ordered","data":"{number:>data$}"}}"#
        )
    };
    let events: Vec<_> = (0..count).map(event).collect();
    format!("[{}]", events.join(","))
}

fn post(path: &str, content_type: &str, body: &str) -> String {
    format!(
        "POST {path}?api-version=2024-06-01 HTTP/1.1\r\nhost: localhost\r\n\
         authorization: SharedAccessKey c2VjcmV0\r\ncontent-type: {content_type}\r\n\
         user-agent: emulator-load\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
