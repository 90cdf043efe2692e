//! The network: a TAP device. Its addresses are of the range for testing devices (198.18.0.0/15),
//! which no other network of this machine uses; many virtual machines use QEMU's.

use std::fs;
use std::io;

use embassy_executor::Spawner;
use embassy_net::{Config, Ipv4Address, Ipv4Cidr, Runner, Stack, StackResources, StaticConfigV4};
use embassy_net_tuntap::TunTapDevice;
use static_cell::StaticCell;

const TAP: &str = "firmware0";
const ADDRESS: Ipv4Cidr = Ipv4Cidr::new(Ipv4Address::new(198, 18, 0, 2), 24);
const GATEWAY: Ipv4Address = Ipv4Address::new(198, 18, 0, 1);

/// How many sockets can be open at the same time: the two connections of a client, and one that is
/// being closed.
const SOCKETS: usize = 3;

/// Starts the network. The seed makes its ports differ from those of the last run, which the other
/// side may remember.
pub(crate) fn start(spawner: Spawner, seed: u64) -> io::Result<Stack<'static>> {
    static RESOURCES: StaticCell<StackResources<SOCKETS>> = StaticCell::new();
    let config =
        StaticConfigV4 { address: ADDRESS, gateway: Some(GATEWAY), dns_servers: heapless::Vec::new() };
    let resources = RESOURCES.init(StackResources::new());
    let (stack, runner) = embassy_net::new(open_tap()?, Config::ipv4_static(config), resources, seed);
    spawner.spawn(run(runner).expect("it is spawned once"));
    Ok(stack)
}

/// Opens the TAP device, which is there and up: the kernel would make another one without an
/// address for root.
fn open_tap() -> io::Result<TunTapDevice> {
    if !is_up() {
        let text = format!(
            "make the network first: ip tuntap add dev {TAP} mode tap user USER; ip address add {GATEWAY}/24 dev {TAP}; ip link set {TAP} up"
        );
        return Err(io::Error::new(io::ErrorKind::NotFound, text));
    }
    TunTapDevice::new(TAP).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("make the TAP device {TAP} for your user, and run one program on it: {error}"),
        )
    })
}

fn is_up() -> bool {
    const UP: u32 = 1;
    fs::read_to_string(format!("/sys/class/net/{TAP}/flags"))
        .ok()
        .and_then(|flags| u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16).ok())
        .is_some_and(|flags| flags & UP != 0)
}

#[embassy_executor::task]
async fn run(mut runner: Runner<'static, TunTapDevice>) -> ! {
    runner.run().await
}
