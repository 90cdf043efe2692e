#!/usr/bin/env bash
# smoltcp 0.13.1 (crates.io), the network stack below embassy-net: on a path whose packets must be
# smaller than those of the device's own network, a connection opens, and large requests never
# arrive.
#
# Expected: a host that forbids routers to fragment its packets (Don't Fragment, DF) does so to find
#   the path's MTU. When a router reports a packet as too large, with the size that fits, the host
#   sends smaller ones (RFC 1191, 3). One that does not want to listen leaves DF unset, and in IPv6,
#   where routers never fragment, sends at most 1280 bytes (RFC 8200, 5).
# Seen: every IPv4 packet of TCP has DF. In both families the router's report is passed over, and
#   the same segment is sent again with its full size, until something else gives up. What fits in
#   a smaller segment arrives, also on the same path. The README names what is not implemented, with
#   path MTU discovery of RFC 4821 among it, but not that packets have DF.
#
# Why it matters: a path is smaller behind a VPN, a tunnel, PPPoE or a mobile network, unless its
#   router rewrites the sizes that TCP agrees on. There a device connects, receives events and
#   publishes small ones, and hangs at the first large one, which works on every other network. Let
#   the driver's `max_transmission_unit` be the smallest MTU of the paths, such as 1280, and 14 more
#   for the header of Ethernet. In this project, such a publish ends by its timeout.
#
# Output:
#   IPv4, path of 1500: 4000 of 4000 bytes arrived after 0 s, 0 packets were too large
#   IPv4, path of 1400: 1000 of 1000 bytes arrived after 0 s, 0 packets were too large
#   IPv4, path of 1400: 0 of 4000 bytes arrived after 60 s, 12 packets were too large, with DF
#   IPv4, path and driver of 1400: 4000 of 4000 bytes arrived after 0 s, 0 packets were too large
#   IPv6, path of 1500: 4000 of 4000 bytes arrived after 0 s, 0 packets were too large
#   IPv6, path of 1400: 1000 of 1000 bytes arrived after 0 s, 0 packets were too large
#   IPv6, path of 1400: 0 of 4000 bytes arrived after 60 s, 12 packets were too large
#   IPv6, path and driver of 1400: 4000 of 4000 bytes arrived after 0 s, 0 packets were too large
#
# It needs Rust 1.91 or later, and crates.io. Both hosts and the router are in memory, with a clock
# of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "path-mtu"
version = "0.0.0"
edition = "2021"

[dependencies]
smoltcp = { version = "=0.13.1", default-features = false, features = ["std", "medium-ip", "proto-ipv4", "proto-ipv6", "socket-tcp"] }

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use std::collections::VecDeque;

use smoltcp::iface::{Config, Interface, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{Socket, SocketBuffer};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, Icmpv4Packet, Icmpv6Packet, IpAddress, IpCidr, Ipv4Packet, Ipv6Packet};

type Packets = VecDeque<Vec<u8>>;

/// The driver of a host, for packets of up to `mtu` bytes.
struct Driver {
    mtu: usize,
    received: Packets,
    sent: Packets,
}

struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

struct Sending<'a>(&'a mut Packets);

impl TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, write: F) -> R {
        let mut packet = vec![0; length];
        let result = write(&mut packet);
        self.0.push_back(packet);
        result
    }
}

impl Device for Driver {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received, Sending<'_>)> {
        Some((Received(self.received.pop_front()?), Sending(&mut self.sent)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sending<'_>> {
        Some(Sending(&mut self.sent))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu;
        capabilities
    }
}

struct Host {
    driver: Driver,
    interface: Interface,
    sockets: SocketSet<'static>,
}

impl Host {
    fn new(address: IpAddress, mtu: usize) -> Self {
        let mut driver = Driver { mtu, received: Packets::new(), sent: Packets::new() };
        let mut interface = Interface::new(Config::new(HardwareAddress::Ip), &mut driver, Instant::ZERO);
        interface.update_ip_addrs(|addresses| addresses.push(IpCidr::new(address, 24)).expect("room for one"));
        let buffer = || SocketBuffer::new(vec![0; 8192]);
        let mut sockets = SocketSet::new(vec![]);
        sockets.add(Socket::new(buffer(), buffer()));
        Self { driver, interface, sockets }
    }

    fn poll(&mut self, now: Instant) {
        self.interface.poll(now, &mut self.driver, &mut self.sockets);
    }

    fn with_socket<R>(&mut self, f: impl FnOnce(&mut Socket<'static>, &mut Interface) -> R) -> R {
        let (_, smoltcp::socket::Socket::Tcp(socket)) = self.sockets.iter_mut().next().expect("a socket");
        f(socket, &mut self.interface)
    }
}

fn checksum(bytes: &[u8]) -> [u8; 2] {
    let words = bytes.chunks(2).map(|word| u32::from(u16::from_be_bytes([word[0], *word.get(1).unwrap_or(&0)])));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    (!(sum as u16)).to_be_bytes()
}

/// What a router in front of a link of `mtu` bytes reports to the sender of a larger packet.
fn too_large(packet: &[u8], mtu: u16) -> Vec<u8> {
    let mtu = mtu.to_be_bytes();
    if is_v4(packet) {
        let (router, sender) = ([192, 0, 2, 1], &packet[12..16]);
        let mut report = [&[3, 4, 0, 0, 0, 0], &mtu[..], &packet[..28]].concat();
        let sum = checksum(&report);
        report[2..4].copy_from_slice(&sum);
        let length = (report.len() as u16 + 20).to_be_bytes();
        let mut head = [&[0x45, 0], &length[..], &[0, 1, 0, 0, 64, 1, 0, 0], &router, sender].concat();
        let sum = checksum(&head);
        head[10..12].copy_from_slice(&sum);
        [head, report].concat()
    } else {
        let (router, sender) = (&[&packet[8..23], &[1]].concat(), &packet[8..24]);
        let mut report = [&[2, 0, 0, 0, 0, 0], &mtu[..], &packet[..1232]].concat();
        let length = (report.len() as u16).to_be_bytes();
        let sum = checksum(&[router, sender, &[0, 0], &length, &[0, 0, 0, 58], &report].concat());
        report[2..4].copy_from_slice(&sum);
        [&[0x60, 0, 0, 0], &length[..], &[58, 64], router, sender, &report].concat()
    }
}

fn is_v4(packet: &[u8]) -> bool {
    packet[0] >> 4 == 4
}

/// Whether smoltcp itself finds the report whole.
fn is_whole(report: &[u8]) -> bool {
    if is_v4(report) {
        let packet = Ipv4Packet::new_checked(report).expect("a packet");
        packet.verify_checksum() && Icmpv4Packet::new_checked(packet.payload()).expect("a report").verify_checksum()
    } else {
        let packet = Ipv6Packet::new_checked(report).expect("a packet");
        let report = Icmpv6Packet::new_checked(packet.payload()).expect("a report");
        report.verify_checksum(&packet.src_addr(), &packet.dst_addr())
    }
}

/// Sends `size` bytes from a driver with `mtu` over a path for packets of up to `path` bytes.
fn show(name: &str, [client, server]: [IpAddress; 2], mtu: u16, path: u16, size: usize) {
    let mut device = Host::new(client, mtu.into());
    let mut service = Host::new(server, 1500);
    service.with_socket(|socket, _| socket.listen(443).expect("a free port"));
    device.with_socket(|socket, interface| {
        socket.connect(interface.context(), (server, 443), 50000).expect("a route");
    });
    let (mut sent, mut arrived, mut dropped, mut with_df) = (0, 0, 0, 0);
    let mut now = Instant::ZERO;
    while arrived < size && now.secs() < 60 {
        device.poll(now);
        for packet in device.driver.sent.drain(..) {
            if packet.len() <= path.into() {
                service.driver.received.push_back(packet);
                continue;
            }
            dropped += 1;
            with_df += u32::from(is_v4(&packet) && Ipv4Packet::new_unchecked(&packet).dont_frag());
            let report = too_large(&packet, path);
            assert!(is_whole(&report));
            device.driver.received.push_back(report);
        }
        service.poll(now);
        device.driver.received.append(&mut service.driver.sent);
        device.with_socket(|socket, _| {
            if socket.can_send() && sent < size {
                sent += socket.send_slice(&vec![b'a'; size - sent]).expect("a connection");
            }
        });
        service.with_socket(|socket, _| {
            while socket.can_recv() {
                arrived += socket.recv(|bytes| (bytes.len(), bytes.len())).expect("a connection");
            }
        });
        now += Duration::from_millis(10);
    }
    let df = if with_df > 0 && with_df == dropped { ", with DF" } else { "" };
    let seconds = now.secs();
    println!("{name}: {arrived} of {size} bytes arrived after {seconds} s, {dropped} packets were too large{df}");
}

fn main() {
    let v4 = [10, 20].map(|host| IpAddress::v4(192, 0, 2, host));
    let v6 = [10, 20].map(|host| IpAddress::v6(0x2001, 0xdb8, 0, 0, 0, 0, 0, host));
    for (family, addresses) in [("IPv4", v4), ("IPv6", v6)] {
        show(&format!("{family}, path of 1500"), addresses, 1500, 1500, 4000);
        show(&format!("{family}, path of 1400"), addresses, 1500, 1400, 1000);
        show(&format!("{family}, path of 1400"), addresses, 1500, 1400, 4000);
        show(&format!("{family}, path and driver of 1400"), addresses, 1400, 1400, 4000);
    }
}
END
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
IPv4, path of 1500: 4000 of 4000 bytes arrived after 0 s, 0 packets were too large
IPv4, path of 1400: 1000 of 1000 bytes arrived after 0 s, 0 packets were too large
IPv4, path of 1400: 0 of 4000 bytes arrived after 60 s, 12 packets were too large, with DF
IPv4, path and driver of 1400: 4000 of 4000 bytes arrived after 0 s, 0 packets were too large
IPv6, path of 1500: 4000 of 4000 bytes arrived after 0 s, 0 packets were too large
IPv6, path of 1400: 1000 of 1000 bytes arrived after 0 s, 0 packets were too large
IPv6, path of 1400: 0 of 4000 bytes arrived after 60 s, 12 packets were too large
IPv6, path and driver of 1400: 4000 of 4000 bytes arrived after 0 s, 0 packets were too large
END
