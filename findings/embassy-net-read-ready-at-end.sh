#!/usr/bin/env bash
# embassy-net 0.9.1: `TcpSocket::wait_read_ready` does not return at the end of a connection, although `read` does.
#
# Expected: a socket is ready to be read once the other side has closed it, as it is for `poll(2)` and for tokio, since `read`
#   then returns 0 at once. The docs call it "the equivalent of read, without buffering any data".
# Seen: `read` returns `Ok(0)`, and `wait_read_ready` stays pending for as long as it is asked. A relay or a server that waits for
#   readiness beside something else never hears that its client has gone.
#
# What it means here: eventgrid-reqwless waits for readiness only beside a write, which ends by itself; wherever the end counts, it
#   reads. So does the relay of the conformance suite.
#
# It needs Rust and crates.io. Two stacks in memory are joined by a cable; nothing else is run.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "read-ready-at-end"
version = "0.0.0"
edition = "2021"

[dependencies]
critical-section = { version = "=1.2.0", features = ["std"] }
embassy-futures = "=0.1.2"
embassy-net = { version = "=0.9.1", features = ["medium-ip", "proto-ipv4", "tcp"] }
embassy-net-driver-channel = "=0.4.0"
embassy-time = { version = "=0.5.1", features = ["generic-queue-64", "std"] }
END
cat >src/main.rs <<'END'
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use embassy_net::tcp::TcpSocket;
use embassy_net::{Config, Ipv4Address, Ipv4Cidr, Runner, Stack, StackResources, StaticConfigV4};
use embassy_net_driver_channel::driver::{HardwareAddress, LinkState};
use embassy_net_driver_channel::{self as channel, RxRunner, State, TxRunner};

type End = channel::Device<'static, 1500>;

fn leak<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}

async fn carry(mut from: TxRunner<'static, 1500>, mut to: RxRunner<'static, 1500>) {
    loop {
        let packet = from.tx_buf().await;
        to.rx_buf().await[..packet.len()].copy_from_slice(packet);
        to.rx_done(packet.len());
        from.tx_done();
    }
}

fn stack(end: End, last: u8) -> (Stack<'static>, Runner<'static, End>) {
    let address = Ipv4Cidr::new(Ipv4Address::new(10, 0, 0, last), 24);
    let config = StaticConfigV4 { address, gateway: None, dns_servers: Default::default() };
    embassy_net::new(end, Config::ipv4_static(config), leak(StackResources::<4>::new()), 1)
}

fn socket(stack: Stack<'static>) -> TcpSocket<'static> {
    TcpSocket::new(stack, leak([0; 1024]), leak([0; 1024]))
}

/// Polls both for a second, and says whether the second is ready by then.
fn is_ready<F: Future>(mut network: std::pin::Pin<&mut impl Future>, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        let _ = network.as_mut().poll(&mut context);
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    None
}

fn main() {
    let (mut near_runner, near) = channel::new(leak(State::<1500, 8, 8>::new()), HardwareAddress::Ip);
    let (mut far_runner, far) = channel::new(leak(State::<1500, 8, 8>::new()), HardwareAddress::Ip);
    near_runner.set_link_state(LinkState::Up);
    far_runner.set_link_state(LinkState::Up);
    let (_, near_in, near_out) = near_runner.split();
    let (_, far_in, far_out) = far_runner.split();
    let ((near, mut near_runner), (far, mut far_runner)) = (stack(near, 1), stack(far, 2));
    let cables = embassy_futures::join::join(carry(near_out, far_in), carry(far_out, near_in));
    let stacks = embassy_futures::join::join(near_runner.run(), far_runner.run());
    let mut network = pin!(embassy_futures::join::join(cables, stacks));

    let (mut client, mut server) = (socket(near), socket(far));
    let connected = embassy_futures::join::join(server.accept(80), async {
        embassy_futures::yield_now().await;
        client.connect((Ipv4Address::new(10, 0, 0, 2), 80)).await
    });
    let (accepted, connected) = is_ready(network.as_mut(), connected).expect("a connection");
    accepted.expect("accepted");
    connected.expect("connected");

    client.close();
    let ready = is_ready(network.as_mut(), server.wait_read_ready()).is_some();
    println!("wait_read_ready returned within a second: {ready}");
    let read = is_ready(network.as_mut(), server.read(&mut [0; 8]));
    println!("read returned: {read:?}");
}
END
cargo run --quiet >seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
wait_read_ready returned within a second: false
read returned: Some(Ok(0))
END
