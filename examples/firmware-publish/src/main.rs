//! Publishes one reading and ends, like a device that then sleeps until the next one is due.
//!
//! The image takes the arguments `endpoint=http://HOST:PORT topic=TOPIC key=ACCESS-KEY source=URI`.
//! With feature `sas` the key stays on the device, and tokens that it signs are sent instead. If
//! the request was never sent, one word says why; feature `messages` adds an error message for
//! every failure. With feature `consume` it also pulls commands over the same connection:
//! `command_topic=TOPIC subscription=NAME`. With feature `tls` the endpoint is `https://HOST:PORT`,
//! and with `address=ADDRESS` the host can be a name, although there is no name server here.

#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macro of the entry point makes a function that has none")]

#[cfg(feature = "consume")]
mod commands;
#[cfg(feature = "tls")]
mod known_host;
#[cfg(feature = "messages")]
mod messages;
mod reading;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "messages"))]
mod unsent;

use embassy_executor::Spawner;
use eventgrid::{Buf, Client, CloudEvent, Data, Environment, Error, NamespaceTopic, Publisher};
use eventgrid_reqwless::{Embassy, NetSocket, Reqwless, Slot};
use firmware_board::{Board, InvalidArgument, println};

use reading::Reading;

#[embassy_executor::main(entry = "firmware_board::entry")]
async fn main(spawner: Spawner) -> ! {
    let board = Board::start(spawner);
    #[allow(clippy::large_futures, reason = "it is in a static of the executor, with all buffers in it")]
    let exit_code = publish(board).await.err().unwrap_or(0);
    board.end(exit_code)
}

/// Where to publish, as whom.
struct Configuration {
    topic: NamespaceTopic<'static>,
    #[cfg(feature = "consume")]
    commands: eventgrid::Subscription<'static>,
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
            #[cfg(feature = "consume")]
            commands: eventgrid::Subscription::new(
                endpoint,
                board.arguments.required("command_topic")?,
                board.arguments.required("subscription")?,
            )
            .map_err(|_| InvalidArgument { name: "subscription" })?,
            #[cfg(not(feature = "sas"))]
            credential: Credential::new(key),
            #[cfg(feature = "sas")]
            credential: Credential::new(key).map_err(|_| InvalidArgument { name: "key" })?,
            source: board.arguments.required("source")?,
        })
    }
}

/// What a device holds of a call that failed.
const _: () = assert!(size_of::<Error<'_, eventgrid_reqwless::Error>>() == 80);

/// The largest request. The names of hosts that https is for can be long.
const REQUEST_BYTES: usize = if cfg!(feature = "tls") { 1024 } else { 640 };

/// Does all that this device is for.
///
/// # Errors
/// The exit code.
async fn publish(board: Board) -> Result<(), i32> {
    let configuration = Configuration::of(board).map_err(|error| {
        println!("{error}");
        2
    })?;
    let environment = Embassy::new();
    environment.seed(firmware_board::random());
    // Tokens say when they end.
    #[cfg(feature = "sas")]
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
    let transport = &Reqwless::<_, _, 1>::new(&environment, [Slot::new(socket, &mut heads)]);
    // The emulator is on another machine, as far as the board can tell. A service in the cloud is
    // reached by https alone.
    let client = Client::new(transport, &environment, configuration.credential).allow_plain_http();
    #[cfg(feature = "consume")]
    let consumer = eventgrid::Consumer::new(client.clone(), configuration.commands);
    let publisher = Publisher::new(client, configuration.topic);

    let reading = Reading { centicelsius: 2150 };
    let mut id = heapless::String::<16>::new();
    core::fmt::write(&mut id, format_args!("{:016x}", environment.random())).expect("it has 16 digits");
    let event = CloudEvent::new(id.as_str(), configuration.source, "Reading").with_data(Data::json(&reading));

    let (mut tx, mut rx) = ([0; REQUEST_BYTES], [0; 128]);
    let mut response = Buf::new(&mut rx);
    let sent = publisher.send_in(&event, &mut Buf::new(&mut tx), &mut response).await;
    sent.map_err(|error| {
        // What is wrong with the configuration shows here; the requests that follow say their
        // status alone.
        #[cfg(not(feature = "messages"))]
        if let Some(reason) = unsent::reason(&error) {
            println!("unsent={reason}");
            return 1;
        }
        failed(&error)
    })?;
    println!("published=1");
    #[cfg(feature = "consume")]
    commands::obey(&consumer, &mut tx).await?;
    Ok(())
}

/// Says what went wrong, and gives the exit code for it.
fn failed(error: &Error<'_, eventgrid_reqwless::Error>) -> i32 {
    #[cfg(feature = "messages")]
    messages::tell(error);
    #[cfg(not(feature = "messages"))]
    println!("status={}", error.status().unwrap_or(0));
    1
}
