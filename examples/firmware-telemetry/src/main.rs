//! The device on an emulated board: see the library for what it does.
//!
//! The image takes the arguments `endpoint=http://HOST:PORT key=ACCESS-KEY source=URI topic=TOPIC
//! commands=TOPIC subscription=SUBSCRIPTION`, and `clock=unknown` for a board without a real-time
//! clock. With feature `sas` the key stays on the device, and tokens that it signs are sent
//! instead. With feature `tls` the endpoint is `https://HOST:PORT`.

#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macro of the entry point makes a function that has none")]

use core::pin::pin;

use embassy_executor::Spawner;
use eventgrid::{NamespaceTopic, Subscription};
#[cfg(feature = "tls")]
use eventgrid_reqwless::tls::CertificateDer;
use firmware_board::{Board, InvalidArgument, println};
use firmware_telemetry::{Configuration, Totals};

#[cfg(not(feature = "sas"))]
type Credential = eventgrid::AccessKey<'static>;
#[cfg(feature = "sas")]
type Credential = eventgrid::sas::SasKey;

#[embassy_executor::main(entry = "firmware_board::entry")]
async fn main(spawner: Spawner) -> ! {
    let board = Board::start(spawner);
    match configuration(board) {
        Ok(configuration) => {
            // Pinned in its place: what is handed on by value is copied over the stack, and this is
            // large.
            let totals = pin!(firmware_telemetry::run(board.network, configuration)).await;
            let Totals { measured, published, dropped, obeyed, acknowledged } = totals;
            println!("measured={measured} published={published} dropped={dropped}");
            println!("obeyed={obeyed} acknowledged={acknowledged}");
            board.end(0)
        }
        Err(error) => {
            println!("{error}");
            board.end(2)
        }
    }
}

fn configuration(board: Board) -> Result<Configuration<Credential>, InvalidArgument> {
    let required = |name| board.arguments.required(name);
    let endpoint = required("endpoint")?;
    let key = required("key")?;
    let invalid = |name| move |_| InvalidArgument { name };
    let knows_the_time = board.arguments.optional("clock") != Some("unknown");
    Ok(Configuration {
        topic: NamespaceTopic::new(endpoint, required("topic")?).map_err(invalid("endpoint"))?,
        commands: Subscription::new(endpoint, required("commands")?, required("subscription")?)
            .map_err(invalid("subscription"))?,
        #[cfg(not(feature = "sas"))]
        credential: Credential::new(key),
        #[cfg(feature = "sas")]
        credential: Credential::new(key).map_err(|_| InvalidArgument { name: "key" })?,
        source: required("source")?,
        unix_time: firmware_board::unix_time().filter(|_| knows_the_time),
        seed: firmware_board::random(),
        #[cfg(feature = "tls")]
        root: CertificateDer::from_slice(include_bytes!(env!(
            "EVENTGRID_ROOT",
            "set it to the absolute path of the authority's certificate, in DER"
        ))),
        #[cfg(feature = "tls")]
        entropy: firmware_board::random_bytes(),
    })
}
