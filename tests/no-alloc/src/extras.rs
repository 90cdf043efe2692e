//! What further features add, and the asynchronous clients.

use core::hint::black_box;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use eventgrid::event::CloudEventBuf;
use eventgrid::sas::SasKey;
use eventgrid::{
    AccessKey, AsyncSleep, AsyncTransport, Batch, Buf, Client, CloudEvent, Consumer, Data, Environment,
    LockToken, LockTokenBuf, NamespaceTopic, Publisher, ReceiveOptions, Request, Response, SettleAction,
    Subscription, Transport,
};

use crate::calls::{Broken, Wire, read_error};

/// A reading as a device has it: a scaled integer, since formatting a float costs kilobytes.
#[derive(serde::Serialize, serde::Deserialize)]
struct Reading<'r> {
    sensor: &'r str,
    millidegrees: i32,
}

pub(crate) fn every_one() {
    let (mut storage, mut response) = ([0; 512], [0; 512]);
    let mut out = Buf::new(&mut storage);
    poll(asynchronous(&mut out, &mut Buf::new(&mut response)));
    if let Ok(key) = SasKey::new(black_box("")) {
        let _ = key.write(black_box("https://ns.example"), black_box(Duration::ZERO), &mut out);
    }
    let reading = Reading { sensor: black_box(""), millidegrees: black_box(0) };
    let event = CloudEvent::new(black_box(""), "urn:plant", "Reading").with_data(Data::json(&reading));
    let _ = black_box(CloudEventBuf::<256>::new(&event));
    let event = CloudEvent::new(black_box(""), "urn:plant", "Reading").with_data(Data::bytes(black_box(b"")));
    let _ = black_box(CloudEventBuf::<256>::new(&event));
    let Ok(batch) = Batch::parse(black_box(&b""[..])) else { return };
    for received in &batch {
        let _ = black_box(LockTokenBuf::<128>::new(received.lock_token()));
        if let Ok(event) = received.event() {
            let (mut scratch, mut bytes) = ([0; 64], [0; 64]);
            let reading = event.data().deserialize_in::<Reading<'_>>(&mut scratch);
            let _ = reading.map(|reading| black_box(reading.millidegrees));
            let _ = black_box(event.data().to_bytes_in(&mut bytes));
        }
    }
}

async fn asynchronous(tx: &mut Buf<'_>, rx: &mut Buf<'_>) {
    let client = || Client::new(AsyncWire, AsyncWire, AccessKey::new(black_box("")));
    if let Some(topic) = black_box(None::<NamespaceTopic<'_>>) {
        let event = CloudEvent::new(black_box(""), black_box(""), black_box(""));
        if let Err(error) = Publisher::new(client(), topic).send_in(&event, tx, rx).await {
            read_error(&error);
        }
    }
    let Some(subscription) = black_box(None::<Subscription<'_>>) else { return };
    let consumer = Consumer::new(client(), subscription);
    if let Err(error) = consumer.receive_in(ReceiveOptions::new(), tx, rx).await {
        read_error(&error);
    }
    let token = LockToken::new(black_box(""));
    if let Err(error) = consumer.settle_in(SettleAction::Acknowledge, &token, tx, rx).await {
        read_error(&error);
    }
}

/// The same world, awaited.
struct AsyncWire;

impl AsyncTransport for AsyncWire {
    type Error = Broken;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Broken> {
        Transport::send(&Wire, request, response)
    }
}

impl Environment for AsyncWire {
    fn unix_time(&self) -> Option<Duration> {
        Wire.unix_time()
    }

    fn uptime(&self) -> Duration {
        Wire.uptime()
    }

    fn random(&self) -> u64 {
        Wire.random()
    }
}

impl AsyncSleep for AsyncWire {
    async fn sleep(&self, duration: Duration) {
        black_box(duration);
    }
}

/// Runs a future that is never pending.
fn poll(future: impl Future<Output = ()>) {
    let mut future = core::pin::pin!(future);
    while let Poll::Pending = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {}
}
