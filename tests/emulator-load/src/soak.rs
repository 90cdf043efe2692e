//! Many events through an emulator with a data directory: memory and open files must not grow.

use std::fs;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Instant;

use eventgrid_emulator::Emulator;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::runtime::Builder;

use crate::folder::Folder;
use crate::publish::events;

const EVENTS: u64 = 10_000_000;
const BATCH: usize = 100;

/// How many events wait all the time.
const BACKLOG: usize = 10_000;

/// How often memory and descriptors are looked at.
const LOOKS: u64 = 20;

/// Fails if memory or descriptors grow.
pub(crate) fn soak(count: Option<u64>) -> ExitCode {
    let count = count.unwrap_or(EVENTS);
    let folder = Folder::new("soak");
    let builder = Emulator::builder().key("c2VjcmV0").without_sas().subscription("orders", "billing");
    let emulator = builder.data(folder.path()).start("127.0.0.1:0").expect("the disk can be written");
    let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
    let mut client = runtime.block_on(Client::connect(emulator.address()));
    for _ in 0..BACKLOG / BATCH {
        runtime.block_on(client.publish());
    }
    let start = Instant::now();
    let mut looks = Vec::new();
    for look in 1..=LOOKS {
        for _ in 0..count / LOOKS / BATCH as u64 {
            runtime.block_on(async {
                client.publish().await;
                client.receive_and_acknowledge().await;
            });
        }
        let (memory, descriptors) = (resident(), descriptors());
        let size = fs::metadata(folder.path().join("eventgrid-emulator.redb")).map_or(0, |it| it.len());
        println!(
            "{:>10} events, {:>7.1?}: {} KiB resident, {descriptors} descriptors, {} KiB on disk",
            look * count / LOOKS,
            start.elapsed(),
            memory / 1024,
            size / 1024,
        );
        looks.push((memory, descriptors));
    }
    let stats = emulator.stats("orders", "billing").expect("it is there");
    assert_eq!(usize::try_from(stats.queued), Ok(BACKLOG), "as many went as came");
    // What is allocated once is there after a quarter.
    let (early, late) = (looks[looks.len() / 4], looks[looks.len() - 1]);
    if late.0 > early.0 + early.0 / 5 || late.1 > early.1 {
        println!("memory or descriptors grew");
        return ExitCode::FAILURE;
    }
    println!("memory and descriptors are flat");
    ExitCode::SUCCESS
}

struct Client {
    sender: SendRequest<Full<Bytes>>,
    events: Bytes,
}

impl Client {
    async fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.expect("it listens");
        stream.set_nodelay(true).expect("it can be");
        let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        Self { sender, events: events(BATCH).into() }
    }

    async fn publish(&mut self) {
        let events = self.events.clone();
        self.post("/topics/orders:publish?", "application/cloudevents-batch+json", events).await;
    }

    async fn receive_and_acknowledge(&mut self) {
        let path = "/topics/orders/eventsubscriptions/billing:receive?maxEvents=100&";
        let received = self.post(path, "application/json", Bytes::new()).await;
        let events = received["value"].as_array().expect("a list");
        assert_eq!(events.len(), BATCH);
        let tokens: Vec<_> = events.iter().map(|event| &event["brokerProperties"]["lockToken"]).collect();
        let body = serde_json::json!({ "lockTokens": tokens }).to_string().into();
        let path = "/topics/orders/eventsubscriptions/billing:acknowledge?";
        let settled = self.post(path, "application/json", body).await;
        assert_eq!(settled["failedLockTokens"].as_array().map(Vec::len), Some(0));
    }

    async fn post(&mut self, path: &str, content_type: &str, body: Bytes) -> Value {
        let request = Request::post(format!("{path}api-version=2024-06-01"))
            .header("host", "localhost")
            .header("authorization", "SharedAccessKey c2VjcmV0")
            .header("content-type", content_type)
            .body(Full::new(body))
            .expect("it is valid");
        self.sender.ready().await.expect("the server is there");
        let response = self.sender.send_request(request).await.expect("the server is there");
        assert_eq!(response.status(), StatusCode::OK);
        let body = response.into_body().collect().await.expect("the server is there").to_bytes();
        serde_json::from_slice(&body).expect("it is JSON")
    }
}

/// The memory of this process, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is there");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("this is Linux").count()
}
