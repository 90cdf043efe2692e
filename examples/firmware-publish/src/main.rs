//! Publishes one reading and ends, as a device does that then sleeps until the next one is due.
//!
//! The image is started with the arguments `endpoint=http://HOST:PORT topic=TOPIC key=ACCESS-KEY source=URI`. With feature `sas` the key
//! stays on the device, and tokens that it signs are sent instead. With feature `messages` it says in words what went wrong.
//!
//! With feature `tls` the endpoint is `https://HOST:PORT`, and with `address=ADDRESS` the host can be a name, since there is no name server
//! here.

#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macro of the entry point makes a function that has none")]

#[cfg(feature = "tls")]
mod known_host;
#[cfg(feature = "messages")]
mod messages;
mod reading;
#[cfg(feature = "tls")]
mod tls;

use embassy_executor::Spawner;
use eventgrid::{Buf, Client, CloudEvent, Data, Environment, NamespaceTopic, Publisher};
use eventgrid_reqwless::{Embassy, NetSocket, Reqwless, Slot};
use firmware_board::{Board, InvalidArgument, println};

use reading::Reading;

#[embassy_executor::main(entry = "firmware_board::entry")]
async fn main(spawner: Spawner) -> ! {
    let board = Board::start(spawner);
    let exit_code = match Configuration::of(board) {
        Ok(configuration) => publish(board, configuration).await,
        Err(error) => {
            println!("{error}");
            2
        }
    };
    board.end(exit_code)
}

/// Where to publish, as whom.
struct Configuration {
    topic: NamespaceTopic<'static>,
    credential: Credential,
    source: &'static str,
}

#[cfg(not(feature = "sas"))]
type Credential = eventgrid::AccessKey<'static>;
#[cfg(feature = "sas")]
type Credential = eventgrid::sas::SasKey;

impl Configuration {
    fn of(board: Board) -> Result<Self, InvalidArgument> {
        let endpoint = board.arguments.required("endpoint")?;
        let key = board.arguments.required("key")?;
        Ok(Self {
            topic: NamespaceTopic::new(endpoint, board.arguments.required("topic")?)
                .map_err(|_| InvalidArgument { name: "endpoint" })?,
            #[cfg(not(feature = "sas"))]
            credential: Credential::new(key),
            #[cfg(feature = "sas")]
            credential: Credential::new(key).map_err(|_| InvalidArgument { name: "key" })?,
            source: board.arguments.required("source")?,
        })
    }
}

/// The largest request. The names of hosts that https is for can be long.
const REQUEST_BYTES: usize = if cfg!(feature = "tls") { 1024 } else { 640 };

/// The exit code: 0 if the service has stored the reading.
async fn publish(board: Board, configuration: Configuration) -> i32 {
    let environment = Embassy::new();
    environment.seed(firmware_board::random());
    if let Some(time) = firmware_board::unix_time() {
        environment.set_unix_time(time);
    }

    let (mut receive, mut transmit, mut heads) = ([0; 1024], [0; 1024], [0; 1024]);
    let socket = NetSocket::new(board.network, &mut receive, &mut transmit);
    #[cfg(feature = "tls")]
    let socket = known_host::KnownHost::new(socket, board.arguments.optional("address"));
    #[cfg(feature = "tls")]
    let mailbox = tls::mailbox();
    #[cfg(feature = "tls")]
    let session = core::pin::pin!(eventgrid_reqwless::tls::session(&mailbox, socket, tls::settings()));
    #[cfg(feature = "tls")]
    let socket = eventgrid_reqwless::tls::TlsSocket::new(&mailbox, session);
    let transport = Reqwless::<_, _, 1>::new(&environment, [Slot::new(socket, &mut heads)]);
    // The emulator is on another machine, as far as the board can tell. A service in the cloud is reached by https alone.
    let client = Client::new(transport, &environment, configuration.credential).allow_plain_http();
    let publisher = Publisher::new(client, configuration.topic);

    let reading = Reading { centicelsius: 2150 };
    let mut id = heapless::String::<16>::new();
    core::fmt::write(&mut id, format_args!("{:016x}", environment.random())).expect("it has 16 digits");
    let event = CloudEvent::new(id.as_str(), configuration.source, "Reading").with_data(Data::json(&reading));

    let (mut tx, mut rx) = ([0; REQUEST_BYTES], [0; 128]);
    match publisher.send_in(&event, &mut Buf::new(&mut tx), &mut Buf::new(&mut rx)).await {
        Ok(()) => {
            println!("published=1");
            0
        }
        Err(error) => {
            #[cfg(feature = "messages")]
            messages::tell(&error);
            #[cfg(not(feature = "messages"))]
            println!("status={}", error.status().unwrap_or(0));
            1
        }
    }
}
