//! The network: the address that QEMU's user networking gives its guest, as constants. In the
//! guest, the host's 127.0.0.1 is 10.0.2.2.

use embassy_executor::Spawner;
use embassy_net::{Config, Ipv4Address, Ipv4Cidr, Runner, Stack, StackResources, StaticConfigV4};
use static_cell::StaticCell;

use crate::host;
use crate::machine::Interface;

const ADDRESS: Ipv4Cidr = Ipv4Cidr::new(Ipv4Address::new(10, 0, 2, 15), 24);
const GATEWAY: Ipv4Address = Ipv4Address::new(10, 0, 2, 2);

/// How many sockets can be open at the same time: the two connections of a client, and one that is
/// being closed.
const SOCKETS: usize = 3;

pub(crate) fn start(spawner: Spawner, interface: &'static mut Interface) -> Stack<'static> {
    static RESOURCES: StaticCell<StackResources<SOCKETS>> = StaticCell::new();
    let config =
        StaticConfigV4 { address: ADDRESS, gateway: Some(GATEWAY), dns_servers: heapless::Vec::new() };
    let resources = RESOURCES.init(StackResources::new());
    // The seed makes the ports differ from those of the last run, which the other side may
    // remember.
    let (stack, runner) = embassy_net::new(interface, Config::ipv4_static(config), resources, host::random());
    spawner.spawn(run(runner).expect("it is spawned once"));
    stack
}

#[embassy_executor::task]
async fn run(mut runner: Runner<'static, &'static mut Interface>) -> ! {
    runner.run().await
}
