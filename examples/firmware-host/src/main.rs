//! The telemetry device as a program for Linux, for developing without a board: all of
//! `firmware-telemetry` except the board, with the same network stack.
//!
//! Its network is a TAP device, an Ethernet cable between the program and the kernel. Creating it
//! needs root. Running the program does not, if the TAP device is created for its user:
//!
//! ```sh
//! sudo ip tuntap add dev firmware0 mode tap user "$USER"
//! sudo ip address add 198.18.0.1/24 dev firmware0
//! sudo ip link set firmware0 up
//! ```
//!
//! The user must also be allowed to open `/dev/net/tun`, as everybody is on most machines. If the
//! program says `Permission denied`, as in some containers, run `sudo chmod 666 /dev/net/tun`.
//!
//! On this network, the machine is 198.18.0.1 and the program 198.18.0.2. The program cannot reach
//! a server that listens only on 127.0.0.1:
//!
//! ```sh
//! cargo run -p eventgrid-emulator -- --listen 198.18.0.1:6500 --key c2VjcmV0 --topic readings --subscription commands/device &
//! cd examples/firmware-host
//! cargo run -- endpoint=http://198.18.0.1:6500 key=c2VjcmV0 source=urn:device:1 topic=readings commands=commands subscription=device
//! ```
//!
//! The arguments are those of the emulated boards, including `clock=unknown` for a device without a
//! real-time clock. With feature `sas` the key stays on the device, and tokens that it signs are
//! sent instead. The program ends at the command `Device.Restart`. `sudo ip link delete firmware0`
//! removes the TAP device.

mod arguments;
mod network;

use std::error::Error;
use std::process;
use std::time::{Duration, SystemTime};

use embassy_executor::Spawner;
use eventgrid::{NamespaceTopic, Subscription};
use firmware_telemetry::{Configuration, Totals};

use arguments::{Arguments, InvalidArgument};

#[cfg(not(feature = "sas"))]
type Credential = eventgrid::AccessKey<'static>;
#[cfg(feature = "sas")]
type Credential = eventgrid::sas::SasKey;

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    match run(spawner).await {
        Ok(Totals { measured, published, dropped, obeyed, acknowledged }) => {
            println!("measured={measured} published={published} dropped={dropped}");
            println!("obeyed={obeyed} acknowledged={acknowledged}");
            process::exit(0)
        }
        Err(error) => {
            eprintln!("{error}");
            process::exit(2)
        }
    }
}

async fn run(spawner: Spawner) -> Result<Totals, Box<dyn Error>> {
    let seed = getrandom::u64()?;
    let configuration = configuration(&Arguments::of_the_program()?, seed)?;
    let network = network::start(spawner, seed)?;
    Ok(firmware_telemetry::run(network, configuration).await)
}

fn configuration(arguments: &Arguments, seed: u64) -> Result<Configuration<Credential>, InvalidArgument> {
    let required = |name| arguments.required(name);
    let endpoint = required("endpoint")?;
    let key = required("key")?;
    let invalid = |name| move |_| InvalidArgument { name };
    let knows_the_time = arguments.optional("clock") != Some("unknown");
    Ok(Configuration {
        topic: NamespaceTopic::new(endpoint, required("topic")?).map_err(invalid("endpoint"))?,
        commands: Subscription::new(endpoint, required("commands")?, required("subscription")?)
            .map_err(invalid("subscription"))?,
        #[cfg(not(feature = "sas"))]
        credential: Credential::new(key),
        #[cfg(feature = "sas")]
        credential: Credential::new(key).map_err(|_| InvalidArgument { name: "key" })?,
        source: required("source")?,
        unix_time: unix_time().filter(|_| knows_the_time),
        seed,
    })
}

/// The wall clock of this machine. It stands for a real-time clock.
fn unix_time() -> Option<Duration> {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()
}
