//! Allocations of each request: as many with a hundred events as with one.

use std::time::Duration;

use allocation_counter::measure;
use eventgrid_emulator::{Emulator, RunningEmulator};
use eventgrid_hyper::eventgrid::{AccessKey, CloudEvent, Data, NamespaceTopic, ReceiveOptions, Subscription};
use serde_json::{Value, json};
use tokio::runtime::Builder;

/// Far fewer than events, and those that the libraries below make for a response that arrives in
/// several pieces.
const BY_HYPER: u64 = 8;

const ROUNDS: u64 = 10;

#[test]
fn by_hyper() {
    let service = service();
    let client = eventgrid_hyper::client(key(&service));
    let publisher = eventgrid_hyper::Publisher::new(client.clone(), topic(&service));
    let consumer = eventgrid_hyper::Consumer::new(client, subscription(&service));
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let counts = for_each_request(|events| {
        runtime.block_on(async {
            publisher.send(events).await.unwrap();
            let batch = consumer.receive(up_to_a_hundred()).await.unwrap();
            assert_eq!(batch.len(), events.len());
            assert!(consumer.acknowledge(&batch).await.unwrap().is_complete());
        });
    });
    assert!(counts.iter().all(|count| *count <= BY_HYPER), "{counts:?}");
}

#[test]
fn by_ureq_as_few_as_by_bare_ureq() {
    let service = service();
    let client = eventgrid_ureq::client(key(&service));
    let publisher = eventgrid_ureq::Publisher::new(client.clone(), topic(&service));
    let consumer = eventgrid_ureq::Consumer::new(client, subscription(&service));
    let counts = for_each_request(|events| {
        publisher.send(events).unwrap();
        let batch = consumer.receive(up_to_a_hundred()).unwrap();
        assert_eq!(batch.len(), events.len());
        assert!(consumer.acknowledge(&batch).unwrap().is_complete());
    });
    // The same requests, with the headers and deadlines that the client has.
    let least = BareUreq::new(&service).for_each_request();
    println!("for each request with 1 and 100 events: {counts:?} by the adapter, {least:?} by bare ureq");
    assert!(counts.iter().zip(&least).all(|(count, least)| count <= least), "{counts:?}, bare {least:?}");
}

/// ureq alone, by which the same requests are sent with the headers and deadlines of the client.
struct BareUreq {
    agent: ureq::Agent,
    authorization: String,
    publish: String,
    receive: String,
    acknowledge: String,
}

impl BareUreq {
    fn new(service: &RunningEmulator) -> Self {
        let [connect, others] = [10, 30].map(|seconds| Some(Duration::from_secs(seconds)));
        let agent = ureq::Agent::config_builder()
            .timeout_connect(connect)
            .timeout_send_request(others)
            .timeout_send_body(others)
            .timeout_recv_response(others)
            .timeout_recv_body(others)
            .proxy(None)
            .build()
            .new_agent();
        let topic = format!("{}/topics/readings", service.endpoint());
        let (subscription, version) = (format!("{topic}/eventsubscriptions/all"), "api-version=2024-06-01");
        Self {
            agent,
            authorization: format!("SharedAccessKey {}", service.key()),
            publish: format!("{topic}:publish?{version}"),
            receive: format!("{subscription}:receive?{version}&maxEvents=100"),
            acknowledge: format!("{subscription}:acknowledge?{version}"),
        }
    }

    /// How many allocations a request takes, with one event and with a hundred. What makes its body
    /// and reads the response is not counted.
    fn for_each_request(&self) -> [u64; 2] {
        [1, 100].map(|events| {
            self.round(events);
            (0..ROUNDS).map(|_| self.round(events)).sum::<u64>().div_ceil(3 * ROUNDS)
        })
    }

    /// Publishes events, receives as many, and acknowledges them.
    fn round(&self, events: usize) -> u64 {
        let event = json!({
            "specversion": "1.0", "id": "1", "source": "urn:plant/boiler", "type": "Reading", "data": "71 degrees",
        });
        let batch = Value::from(vec![event; events]).to_string();
        let (published, _) =
            self.post(&self.publish, "application/cloudevents-batch+json; charset=utf-8", &batch);
        let (received, body) = self.post(&self.receive, "application/json", "");
        let body: Value = serde_json::from_str(&body).unwrap();
        let tokens: Vec<_> = body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|details| &details["brokerProperties"]["lockToken"])
            .collect();
        assert_eq!(tokens.len(), events);
        let tokens = json!({ "lockTokens": tokens }).to_string();
        let (acknowledged, _) = self.post(&self.acknowledge, "application/json", &tokens);
        published + received + acknowledged
    }

    fn post(&self, url: &str, content_type: &str, body: &str) -> (u64, String) {
        let mut response = String::new();
        let allocations = measure(|| {
            let request = self
                .agent
                .post(url)
                .header("accept", "application/json")
                .header("user-agent", "eventgrid-rust/0.1.0")
                .header("x-ms-client-request-id", "48d7f07a632dbb56089ebe18f0888b26")
                .header("content-type", content_type)
                .header("authorization", &self.authorization)
                .header("accept-encoding", "identity");
            response = request.send(body).unwrap().body_mut().read_to_string().unwrap();
        });
        (allocations.count_total, response)
    }
}

/// How many allocations a request takes, with one event and with a hundred, by a round of three
/// requests.
fn for_each_request(round: impl Fn(&[CloudEvent<'_>])) -> [u64; 2] {
    [1, 100].map(|count| {
        let event = CloudEvent::new("1", "urn:plant/boiler", "Reading").with_data(Data::text("71 degrees"));
        let events = vec![event; count];
        // Opens a connection, and makes the buffers that are kept.
        round(&events);
        let rounds = || (0..ROUNDS).for_each(|_| round(&events));
        measure(rounds).count_total.div_ceil(3 * ROUNDS)
    })
}

/// Its own allocations are made in other threads, which are not counted.
fn service() -> RunningEmulator {
    Emulator::builder().subscription("readings", "all").start("127.0.0.1:0").unwrap()
}

fn key(service: &RunningEmulator) -> AccessKey<'static> {
    AccessKey::new(service.key().to_owned())
}

fn topic(service: &RunningEmulator) -> NamespaceTopic<'static> {
    NamespaceTopic::new(service.endpoint(), "readings").unwrap()
}

fn subscription(service: &RunningEmulator) -> Subscription<'static> {
    Subscription::new(service.endpoint(), "readings", "all").unwrap()
}

fn up_to_a_hundred() -> ReceiveOptions {
    ReceiveOptions::new().max_events(100)
}
