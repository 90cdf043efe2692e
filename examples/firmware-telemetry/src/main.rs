//! The device on a board: see the library for what it does.
//!
//! The image is started with the arguments `endpoint=http://HOST:PORT key=ACCESS-KEY source=URI topic=TOPIC commands=TOPIC
//! subscription=SUBSCRIPTION`, and `clock=unknown` for a board without a real-time clock. With feature `sas` the key stays
//! on the device, and tokens that it signs are sent instead.

#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macro of the entry point makes a function that has none")]

use core::time::Duration;

use embassy_executor::Spawner;
use eventgrid::{Client, Consumer, Environment, NamespaceTopic, Publisher, Retry, Subscription};
use eventgrid_reqwless::{Embassy, NetSocket, Reqwless, Slot};
use firmware_board::{Board, InvalidArgument, println};
use firmware_telemetry::{Buffers, Device, Queue, Synchronized, Totals};
use static_cell::ConstStaticCell;

#[embassy_executor::main(entry = "firmware_board::entry")]
async fn main(spawner: Spawner) -> ! {
    let board = Board::start(spawner);
    match Configuration::of(board) {
        Ok(configuration) => {
            run(board, configuration).await;
            board.end(0)
        }
        Err(error) => {
            println!("{error}");
            board.end(2)
        }
    }
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

/// Where to publish and what to obey, as whom.
struct Configuration {
    topic: NamespaceTopic<'static>,
    commands: Subscription<'static>,
    credential: Credential,
    source: &'static str,
    /// What the clock says before the service has told the time.
    unix_time: Duration,
}

#[cfg(not(feature = "sas"))]
type Credential = eventgrid::AccessKey<'static>;
#[cfg(feature = "sas")]
type Credential = eventgrid::sas::SasKey;

impl Configuration {
    fn of(board: Board) -> Result<Self, InvalidArgument> {
        let required = |name| board.arguments.required(name);
        let endpoint = required("endpoint")?;
        let key = required("key")?;
        let invalid = |name| move |_| InvalidArgument { name };
        let knows_the_time = board.arguments.optional("clock") != Some("unknown");
        Ok(Self {
            topic: NamespaceTopic::new(endpoint, required("topic")?).map_err(invalid("endpoint"))?,
            commands: Subscription::new(endpoint, required("commands")?, required("subscription")?)
                .map_err(invalid("subscription"))?,
            #[cfg(not(feature = "sas"))]
            credential: Credential::new(key),
            #[cfg(feature = "sas")]
            credential: Credential::new(key).map_err(|_| InvalidArgument { name: "key" })?,
            source: required("source")?,
            unix_time: firmware_board::unix_time().filter(|_| knows_the_time).unwrap_or(FIRMWARE_DATE),
        })
    }
}

async fn run(board: Board, configuration: Configuration) {
    // In their places from the start: what is made on the stack and moved needs room twice.
    static QUEUE: ConstStaticCell<Queue> = ConstStaticCell::new(Queue::new());
    static BUFFERS: ConstStaticCell<Buffers> = ConstStaticCell::new(Buffers::new());
    static SOCKETS: ConstStaticCell<[[u8; 1024]; 6]> = ConstStaticCell::new([[0; 1024]; 6]);

    let environment = Embassy::new();
    environment.seed(firmware_board::random());
    environment.set_unix_time(configuration.unix_time);

    // One connection for publishing, and one for the pull that the service holds back until there is a command.
    let [receive, transmit, heads, other_receive, other_transmit, other_heads] = SOCKETS.take();
    let slots = [
        Slot::new(NetSocket::new(board.network, receive, transmit), heads),
        Slot::new(NetSocket::new(board.network, other_receive, other_transmit), other_heads),
    ];
    let transport = Reqwless::<_, _, 2>::new(&environment, slots)
        .connect_timeout(Duration::from_secs(3))
        .response_timeout(Duration::from_secs(5));
    let transport = Synchronized::new(&transport, &environment);
    // The emulator is on another machine, as far as the board can tell. A service in the cloud is reached by https alone.
    let client =
        Client::new(transport, &environment, configuration.credential).allow_plain_http().retry(RETRY);
    let publisher = Publisher::new(client.clone(), configuration.topic);
    let consumer = Consumer::new(client, configuration.commands);

    let start = u32::try_from(environment.random() >> 32).unwrap_or_default();
    let device = Device::new(QUEUE.take(), configuration.source, start, INTERVAL);
    device.run(&publisher, &consumer, BUFFERS.take()).await;
    let Totals { measured, published, dropped, obeyed, acknowledged } = device.totals();
    println!(
        "measured={measured} published={published} dropped={dropped} obeyed={obeyed} acknowledged={acknowledged}"
    );
}
