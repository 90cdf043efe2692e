//! The device on a network of embassy-net, on any board.

use core::time::Duration;

use embassy_net::Stack;
use eventgrid::{
    AsyncCredential, Client, Consumer, Environment, NamespaceTopic, Publisher, RetryPolicy, Subscription,
};
use eventgrid_reqwless::{Embassy, NetSocket, Reqwless, Slot, Socket};
use static_cell::ConstStaticCell;

#[cfg(feature = "tls")]
use crate::tls;
use crate::{Buffers, Device, Queue, Synchronized, Totals};

/// Where to publish and what to obey, as whom.
#[derive(Debug)]
pub struct Configuration<C> {
    /// Where readings go.
    pub topic: NamespaceTopic<'static>,
    /// Where commands come from.
    pub commands: Subscription<'static>,
    /// What proves who the device is.
    pub credential: C,
    /// The `source` of its events, a URI.
    pub source: &'static str,
    /// The time since 1970-01-01T00:00:00Z, for a board with a real-time clock.
    pub unix_time: Option<Duration>,
    /// A number of the hardware's random number generator, another one at each start.
    pub seed: u64,
    /// The certificate of the authority that issued the service's chain.
    #[cfg(feature = "tls")]
    pub root: eventgrid_reqwless::tls::CertificateDer<'static>,
    /// What the secrets of TLS grow from: bytes of a true random number generator, others at each
    /// start.
    #[cfg(feature = "tls")]
    pub entropy: [u8; 32],
}

/// How often to measure, until a command says otherwise.
const INTERVAL: embassy_time::Duration = embassy_time::Duration::from_secs(1);

/// The time that a board believes in which knows none: the end of 2023. Tokens that it signs have
/// expired, but the response that says so also says the time.
const FIRMWARE_DATE: Duration = Duration::from_secs(1_704_067_199);

/// Verifying a chain takes a slow processor seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(if cfg!(feature = "tls") { 10 } else { 3 });

/// Tries soon and briefly: what fails stays in the queue anyway.
const RETRY: RetryPolicy = RetryPolicy::new()
    .with_max_retries(3)
    .with_base_delay(Duration::from_millis(400))
    .with_max_delay(Duration::from_secs(1))
    .with_total(Duration::from_secs(30));

/// Runs a device until a command says to restart; what it has done by then.
///
/// # Panics
/// If it is called twice: there is one set of buffers.
pub async fn run<C: AsyncCredential + Clone>(
    network: Stack<'static>,
    configuration: Configuration<C>,
) -> Totals {
    static SOCKETS: ConstStaticCell<[[u8; 1024]; 4]> = ConstStaticCell::new([[0; 1024]; 4]);

    let environment = Embassy::new();
    environment.seed(configuration.seed);
    environment.set_unix_time(configuration.unix_time.unwrap_or(FIRMWARE_DATE));

    let [receive, transmit, other_receive, other_transmit] = SOCKETS.take();
    let sockets =
        [NetSocket::new(network, receive, transmit), NetSocket::new(network, other_receive, other_transmit)];
    #[cfg(feature = "tls")]
    let running = tls::run_over(&environment, sockets, configuration);
    #[cfg(not(feature = "tls"))]
    let running = run_over(&environment, sockets, configuration);
    running.await
}

/// Runs a device over two connections: one for publishing, and one for the pull that the service
/// holds back until there is a command.
pub(crate) async fn run_over<S: Socket, C: AsyncCredential + Clone>(
    environment: &Embassy,
    [socket, other_socket]: [S; 2],
    configuration: Configuration<C>,
) -> Totals {
    // In their places from the start: what is made on the stack and moved needs room twice.
    static QUEUE: ConstStaticCell<Queue> = ConstStaticCell::new(Queue::new());
    static BUFFERS: ConstStaticCell<Buffers> = ConstStaticCell::new(Buffers::new());
    static HEADS: ConstStaticCell<[[u8; 1024]; 2]> = ConstStaticCell::new([[0; 1024]; 2]);

    let [heads, other_heads] = HEADS.take();
    let transport =
        Reqwless::new(environment, [Slot::new(socket, heads), Slot::new(other_socket, other_heads)])
            .connect_timeout(CONNECT_TIMEOUT)
            .response_timeout(Duration::from_secs(5));
    let transport = Synchronized::new(&transport, environment);
    let client = Client::new(transport, environment, configuration.credential).retry(RETRY);
    // The emulator is on another machine, as far as the board can tell. A service in the cloud is
    // reached by https alone.
    #[cfg(not(feature = "tls"))]
    let client = client.allow_plain_http();
    let publisher = Publisher::new(client.clone(), configuration.topic);
    let consumer = Consumer::new(client, configuration.commands);

    let start = u32::try_from(environment.random() >> 32).unwrap_or_default();
    let device = Device::new(QUEUE.take(), configuration.source, start, INTERVAL);
    device.run(&publisher, &consumer, BUFFERS.take()).await;
    device.totals()
}
