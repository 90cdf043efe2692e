//! Two network stacks that are joined by a cable in memory.

use std::cell::Cell;
use std::rc::Rc;

use embassy_net::{Config, Ipv4Address, Ipv4Cidr, Runner, Stack, StackResources, StaticConfigV4};
use embassy_net_driver_channel::driver::{HardwareAddress, LinkState};
use embassy_net_driver_channel::{self as channel, RxRunner, State, TxRunner};
use tokio::task::spawn_local;

const MTU: usize = 1500;
/// More than any row has connections.
const SOCKETS: usize = 64;

type End = channel::Device<'static, MTU>;

/// The address of the far stack is the one that the suite's server has.
#[allow(dead_code, reason = "each test uses a part of it")]
pub(crate) const FAR: Ipv4Address = Ipv4Address::LOCALHOST;
const NEAR: Ipv4Address = Ipv4Address::new(127, 0, 0, 2);

/// The near stack and the far one, which run beside the caller.
#[allow(dead_code, reason = "each test uses one of them")]
pub(crate) fn pair() -> (Stack<'static>, Stack<'static>) {
    let (near, far, _) = pair_that_counts();
    (near, far)
}

/// The same, and how many packets the near one has sent.
#[allow(dead_code, reason = "each test uses one of them")]
pub(crate) fn pair_that_counts() -> (Stack<'static>, Stack<'static>, Rc<Cell<usize>>) {
    join((HardwareAddress::Ip, config(NEAR)), (HardwareAddress::Ip, config(FAR)))
}

/// Stacks with these addresses, which run beside the caller, and how many packets the first one has
/// sent.
pub(crate) fn join(
    near: (HardwareAddress, Config),
    far: (HardwareAddress, Config),
) -> (Stack<'static>, Stack<'static>, Rc<Cell<usize>>) {
    let sent = Rc::new(Cell::new(0));
    let (mut near_runner, near_end) = channel::new(leak(State::<MTU, 16, 16>::new()), near.0);
    let (mut far_runner, far_end) = channel::new(leak(State::<MTU, 16, 16>::new()), far.0);
    near_runner.set_link_state(LinkState::Up);
    far_runner.set_link_state(LinkState::Up);
    let (_, near_in, near_out) = near_runner.split();
    let (_, far_in, far_out) = far_runner.split();
    spawn_local(carry(near_out, far_in, sent.clone()));
    spawn_local(carry(far_out, near_in, Rc::default()));
    (run(stack(near_end, near.1)), run(stack(far_end, far.1)), sent)
}

fn config(address: Ipv4Address) -> Config {
    let address = Ipv4Cidr::new(address, 8);
    Config::ipv4_static(StaticConfigV4 { address, gateway: None, dns_servers: [].into_iter().collect() })
}

fn stack(end: End, config: Config) -> (Stack<'static>, Runner<'static, End>) {
    embassy_net::new(end, config, leak(StackResources::<SOCKETS>::new()), 1)
}

fn run((stack, mut runner): (Stack<'static>, Runner<'static, End>)) -> Stack<'static> {
    spawn_local(async move { runner.run().await });
    stack
}

async fn carry(mut from: TxRunner<'static, MTU>, mut to: RxRunner<'static, MTU>, count: Rc<Cell<usize>>) {
    loop {
        let packet = from.tx_buf().await;
        count.set(count.get() + 1);
        to.rx_buf().await[..packet.len()].copy_from_slice(packet);
        to.rx_done(packet.len());
        from.tx_done();
    }
}

pub(crate) fn leak<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}
