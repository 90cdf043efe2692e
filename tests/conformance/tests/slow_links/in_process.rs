//! The scenes at their full size, over links in process. The clock is tokio's, paused: it advances
//! when all tasks wait.

mod server;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embedded_io_async::{ErrorKind, ErrorType, Read, Write};
use eventgrid::{AccessKey, Client};
use eventgrid_emulator::InProcess;
use eventgrid_hyper::{Hyper, Tokio};
use eventgrid_reqwless::{ConnectError, Reqwless, Slot, Socket};
use hyper::Uri;
use hyper::rt::ReadBufCursor;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use link::tokio::{Stream, duplex};
use link::{LinkOptions, PipeOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;
use tower::service_fn;

use crate::scenes::{KEY, Load, TestClient, Way, consume, events, namespace, process, publish, topic};

const ENDPOINT: &str = "http://localhost";
const SECOND: Duration = Duration::from_secs(1);

/// A namespace in process that is reached over links.
#[derive(Clone)]
struct Far {
    namespace: InProcess,
    link: LinkOptions,
}

impl Far {
    fn new(load: Load, link: PipeOptions) -> Self {
        let namespace = namespace(load.lock).in_process().unwrap();
        // Its clock is that of tokio, in steps.
        let clock = namespace.clone();
        tokio::spawn(async move {
            let mut before = Instant::now();
            loop {
                tokio::time::sleep(SECOND / 50).await;
                let now = Instant::now();
                clock.advance(now - before);
                before = now;
            }
        });
        Self { namespace, link: LinkOptions::new().seed(7).both(link) }
    }

    /// Publishes the events without a link.
    async fn fill(&self, load: Load) {
        let publisher = eventgrid::Publisher::new(self.namespace.client(), topic(InProcess::ENDPOINT));
        for event in events(load) {
            publisher.send(&event).await.unwrap();
        }
    }

    fn stats(&self) -> eventgrid_emulator::broker::SubscriptionStats {
        self.namespace.stats("orders", "billing").unwrap()
    }

    /// Opens a connection.
    fn connect(&self) -> Stream {
        let (client, server) = duplex(&self.link);
        tokio::spawn(server::serve(server, self.namespace.clone()));
        client
    }

    fn hyper(&self) -> TestClient<Hyper, Tokio> {
        let far = self.clone();
        let connector = service_fn(move |_: Uri| {
            let stream = Wire(TokioIo::new(far.connect()));
            async move { Ok::<_, io::Error>(stream) }
        });
        let transport = Hyper::builder().without_proxy().connector(connector).build();
        Client::new(transport, Tokio, AccessKey::new(KEY))
    }

    fn reqwless(&self) -> TestClient<Reqwless<'static, FarSocket, Tokio, 3, CriticalSectionRawMutex>, Tokio> {
        let slot = || Slot::new(FarSocket { far: self.clone(), stream: None }, vec![0; 4096].leak());
        let transport = Reqwless::with_mutex(Tokio, [slot(), slot(), slot()]);
        Client::new(transport, Tokio, AccessKey::new(KEY))
    }
}

/// A stream as hyper wants it.
struct Wire(TokioIo<Stream>);

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl hyper::rt::Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl hyper::rt::Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// A stream as reqwless wants it.
struct FarSocket {
    far: Far,
    stream: Option<Stream>,
}

impl FarSocket {
    fn stream(&mut self) -> Result<&mut Stream, ErrorKind> {
        self.stream.as_mut().ok_or(ErrorKind::NotConnected)
    }
}

impl ErrorType for FarSocket {
    type Error = ErrorKind;
}

impl Read for FarSocket {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.stream()?.read(buffer).await.map_err(|error| error.kind().into())
    }
}

impl Write for FarSocket {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.stream()?.write(bytes).await.map_err(|error| error.kind().into())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.stream()?.flush().await.map_err(|error| error.kind().into())
    }
}

impl Socket for FarSocket {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, _: &str, _: u16) -> Result<(), ConnectError> {
        self.stream = Some(self.far.connect());
        Ok(())
    }

    async fn close(&mut self) {
        self.stream = None;
    }

    fn abort(&mut self) {
        self.stream = None;
    }

    fn is_open(&mut self) -> bool {
        self.stream.is_some()
    }
}

/// Of nearly the largest size that there is: over 400 kB/s they take longer than a lock in all.
const LARGE: Load = Load { events: 32, bytes: 900_000, lock: Duration::from_secs(60) };
/// More than a lock brings, too, in many small ones.
const MANY: Load = Load { events: 100, bytes: 50_000, lock: Duration::from_secs(4) };

fn slow() -> PipeOptions {
    PipeOptions::new().rate(400_000).latency(SECOND / 20)
}

/// How long the link takes for the events alone.
fn time_of_link(load: Load, rate: u32) -> Duration {
    SECOND * load.events * u32::try_from(load.bytes).unwrap() / rate
}

/// All came, each once, in little more than the link takes. Time is virtual.
fn assert_all_came_once(far: &Far, load: Load, began: Instant) {
    let stats = far.stats();
    assert_eq!(
        (stats.acknowledged, stats.deliveries, stats.exhausted),
        (load.events.into(), load.events.into(), 0)
    );
    let (took, link) = (began.elapsed(), time_of_link(load, 400_000));
    assert!(took < link * 115 / 100, "{took:?}, and the link takes {link:?}");
}

#[tokio::test(start_paused = true)]
async fn a_processor_over_hyper_takes_little_longer_than_the_link() {
    for load in [LARGE, MANY] {
        let far = Far::new(load, slow());
        far.fill(load).await;
        let began = Instant::now();
        let stats = process(far.hyper(), ENDPOINT, load, || far.stats()).await;
        assert_all_came_once(&far, load, began);
        assert_eq!((stats.lost, stats.failed_receives, stats.interrupted_receives), (0, 0, 0), "{load:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_processor_over_reqwless_takes_little_longer_than_the_link() {
    for load in [LARGE, MANY] {
        let far = Far::new(load, slow());
        far.fill(load).await;
        let began = Instant::now();
        let stats = process(far.reqwless(), ENDPOINT, load, || far.stats()).await;
        assert_all_came_once(&far, load, began);
        assert_eq!((stats.lost, stats.failed_receives, stats.interrupted_receives), (0, 0, 0), "{load:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_consumer_asks_for_less_once_it_has_seen_the_link() {
    for load in [LARGE, MANY] {
        let far = Far::new(load, slow());
        far.fill(load).await;
        consume(far.hyper(), ENDPOINT, load, || far.stats()).await;
        let stats = far.stats();
        assert_eq!((stats.acknowledged, stats.exhausted), (load.events.into(), 0));
        assert!(
            stats.deliveries <= 2 * u64::from(load.events),
            "only the first receive asked for too many: {stats:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn connections_that_break_again_and_again_lose_nothing() {
    for seed in 0..4 {
        let load = Load { events: 32, bytes: 200_000, lock: 60 * SECOND };
        let breaks = slow().reset_after_bytes(900_000 + seed * 77_777).loss(0.001);
        let mut far = Far::new(load, slow());
        far.link = LinkOptions::new().seed(seed).to_server(slow()).to_client(breaks);
        far.fill(load).await;
        let stats = process(far.hyper(), ENDPOINT, load, || far.stats()).await;
        assert_eq!((far.stats().acknowledged, far.stats().exhausted), (load.events.into(), 0), "{stats:?}");
        assert!(stats.interrupted_receives > 0, "{stats:?}");
    }
}

/// Over 20 kB/s this takes longer than any silence may last.
const UPHILL: Load = Load { events: 10, bytes: 90_000, lock: Duration::from_secs(60) };

#[tokio::test(start_paused = true)]
async fn as_much_can_be_published_as_one_waits_for() {
    for way in Way::ALL {
        let far = Far::new(UPHILL, PipeOptions::new().rate(20_000));
        let began = Instant::now();
        publish(|| far.hyper(), ENDPOINT, UPHILL, way).await;
        assert_eq!(far.stats().published, 10, "{way:?}");
        assert!(began.elapsed() < 48 * SECOND, "{way:?} took {:?}", began.elapsed());
        let far = Far::new(UPHILL, PipeOptions::new().rate(20_000));
        publish(|| far.reqwless(), ENDPOINT, UPHILL, way).await;
        assert_eq!(far.stats().published, 10, "{way:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_too_much_for_one_request_in_time_is_published_in_parts() {
    // All of it takes six minutes, and a request may take five.
    for way in [Way::SendAll, Way::Batcher] {
        let far = Far::new(UPHILL, PipeOptions::new().rate(2_500));
        publish(|| far.hyper(), ENDPOINT, UPHILL, way).await;
        assert_eq!(far.stats().published, 10, "{way:?}");
    }
}
