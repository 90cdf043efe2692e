//! The device on a network of embassy-net, whatever the board.

use core::time::Duration;

use embassy_net::Stack;
use eventgrid::{
    AsyncCredential, Client, Consumer, Environment, NamespaceTopic, Publisher, Retry, Subscription,
};
use eventgrid_reqwless::{Embassy, NetSocket, Reqwless, Slot};
use static_cell::ConstStaticCell;

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
}

/// How often to measure, until a command says otherwise.
const INTERVAL: embassy_time::Duration = embassy_time::Duration::from_secs(1);

/// The time that a board believes in which knows none: the end of 2023. Tokens that it signs have expired, but the answer that
/// says so also says the time.
const FIRMWARE_DATE: Duration = Duration::from_secs(1_704_067_199);

/// Tries soon and briefly: what fails stays in the queue anyway.
const RETRY: Retry = Retry {
    max_retries: 3,
    base_delay: Duration::from_millis(400),
    max_delay: Duration::from_secs(1),
    total: Duration::from_secs(30),
};

/// Runs a device until a command says to restart; what it has done by then.
///
/// # Panics
/// If it is called twice: there is one set of buffers.
pub async fn run<C: AsyncCredential + Clone>(
    network: Stack<'static>,
    configuration: Configuration<C>,
) -> Totals {
    // In their places from the start: what is made on the stack and moved needs room twice.
    static QUEUE: ConstStaticCell<Queue> = ConstStaticCell::new(Queue::new());
    static BUFFERS: ConstStaticCell<Buffers> = ConstStaticCell::new(Buffers::new());
    static SOCKETS: ConstStaticCell<[[u8; 1024]; 6]> = ConstStaticCell::new([[0; 1024]; 6]);

    let Configuration { topic, commands, credential, source, unix_time, seed } = configuration;
    let environment = Embassy::new();
    environment.seed(seed);
    environment.set_unix_time(unix_time.unwrap_or(FIRMWARE_DATE));

    // One connection for publishing, and one for the pull that the service holds back until there is a command.
    let [receive, transmit, heads, other_receive, other_transmit, other_heads] = SOCKETS.take();
    let slots = [
        Slot::new(NetSocket::new(network, receive, transmit), heads),
        Slot::new(NetSocket::new(network, other_receive, other_transmit), other_heads),
    ];
    let transport = Reqwless::<_, _, 2>::new(&environment, slots)
        .connect_timeout(Duration::from_secs(3))
        .response_timeout(Duration::from_secs(5));
    let transport = Synchronized::new(&transport, &environment);
    // The emulator is on another machine, as far as the board can tell. A service in the cloud is reached by https alone.
    let client = Client::new(transport, &environment, credential).allow_plain_http().retry(RETRY);
    let publisher = Publisher::new(client.clone(), topic);
    let consumer = Consumer::new(client, commands);

    let start = u32::try_from(environment.random() >> 32).unwrap_or_default();
    let device = Device::new(QUEUE.take(), source, start, INTERVAL);
    device.run(&publisher, &consumer, BUFFERS.take()).await;
    device.totals()
}
