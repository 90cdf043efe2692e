//! What a program logs that logs everything.

#![cfg(feature = "tracing")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use eventgrid_emulator::Emulator;
use eventgrid_hyper::eventgrid::{AccessKey, CloudEvent, Data, NamespaceTopic, ReceiveOptions, Subscription};
use eventgrid_hyper::{Consumer, Publisher, client};
use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_log_of_everything_has_the_spans_and_no_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);

    let emulator = Emulator::builder().subscription("readings", "alarms").start("127.0.0.1:0").unwrap();
    let client = client(AccessKey::new(emulator.key().to_owned()));
    let topic = NamespaceTopic::new(emulator.endpoint(), "readings").unwrap();
    let event = CloudEvent::new("1", "urn:plant/boiler", "Reading").with_data(Data::text("d4ta"));
    Publisher::new(client.clone(), topic).send(&event).await.unwrap();
    let subscription = Subscription::new(emulator.endpoint(), "readings", "alarms").unwrap();
    let consumer = Consumer::new(client, subscription);
    let batch = consumer.receive(ReceiveOptions::new()).await.unwrap();
    assert!(consumer.acknowledge(&batch).await.unwrap().is_complete());
    drop(guard);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for said in ["otel.name=send readings", "receive readings", "acknowledge readings", "status_code=200"] {
        assert!(log.contains(said), "no {said} in {log}");
    }
    let lock_token = batch.iter().next().unwrap().lock_token().to_string();
    for secret in [emulator.key(), "d4ta", &lock_token] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
