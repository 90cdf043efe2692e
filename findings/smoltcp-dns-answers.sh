#!/usr/bin/env bash
# smoltcp 0.13.1 (crates.io), the network stack below embassy-net: a lookup fails where a name in
# the response has other capital letters, and where the first name server responds with an error
# although the second one knows the name.
#
# Expected: names are compared without regard to case (RFC 4343, 3), also the name that an alias
#   leads to with the owner of its address. If a name server reports a failure, the next one is
#   asked (RFC 1034, 5.3.3, 4d), as it is when the first does not respond.
# Seen: labels are compared byte by byte. An address whose owner is written otherwise than the
#   question or the alias is passed over, and the lookup fails. SERVFAIL and REFUSED end the lookup
#   at once. Only a server that does not respond at all is followed by the next one, after 10 s.
#
# Why it matters: names of cloud services are chains of aliases through several zones, and how each
#   is written is up to its zone and to the resolver. A device then cannot connect in one network,
#   and can in another, where a computer can in both. A second name server helps against a router
#   that is off, not against one whose own server cannot be reached. Where it matters, look up by
#   other means and give the device an address. In this project a failed lookup is a
#   `TransportErrorKind::Resolve`, after which nothing was sent.
#
# Output:
#   the address: 192.0.2.1, 1 asked, after 0 s
#   the address, of Broker.example: Failed, 1 asked, after 0 s
#   an alias: 192.0.2.1, 1 asked, after 0 s
#   an alias, Front.example: Failed, 1 asked, after 0 s
#   nothing, then the address: 192.0.2.1, 2 asked, after 10 s
#   SERVFAIL, then the address: Failed, 1 asked, after 0 s
#   REFUSED, then the address: Failed, 1 asked, after 0 s
#
# It needs Rust 1.91 or later, and crates.io. The servers and the client are on one interface in
# memory, with a clock of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'END'
[package]
name = "dns-answers"
version = "0.0.0"
edition = "2021"

[dependencies]
smoltcp = { version = "=0.13.1", default-features = false, features = ["std", "medium-ip", "proto-ipv4", "socket-dns", "socket-udp", "dns-max-server-count-2"] }

[profile.dev]
debug = false

[workspace]
END
cat >src/main.rs <<'END'
use smoltcp::iface::{Config, Interface, SocketSet};
use smoltcp::phy::{Loopback, Medium};
use smoltcp::socket::dns::{self, GetQueryResultError};
use smoltcp::socket::udp::{self, PacketMetadata};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{DnsQueryType, HardwareAddress, IpAddress, IpCidr};

const SERVERS: [IpAddress; 2] = [IpAddress::v4(127, 0, 0, 1), IpAddress::v4(127, 0, 0, 2)];
const A: u16 = 1;
const CNAME: u16 = 5;

fn name(text: &str) -> Vec<u8> {
    let labels = text.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat());
    labels.chain([0]).collect()
}

fn record(owner: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u16).to_be_bytes();
    [&name(owner), &kind.to_be_bytes()[..], &[0, 1], &[0, 0, 0, 60], &length, data].concat()
}

/// A response to `query`, which ends with its question.
fn response(query: &[u8], code: u8, records: &[Vec<u8>]) -> Vec<u8> {
    let counts = [0, 1, 0, records.len() as u8, 0, 0, 0, 0];
    [&query[..2], &[0x81, 0x80 | code], &counts, &query[12..], &records.concat()].concat()
}

/// Asks for the address of broker.example. A server responds with a code and records, or not at all.
fn show(name: &str, responses: &[Option<(u8, Vec<Vec<u8>>)>]) {
    let mut device = Loopback::new(Medium::Ip);
    let mut interface = Interface::new(Config::new(HardwareAddress::Ip), &mut device, Instant::ZERO);
    interface.update_ip_addrs(|addresses| {
        for address in SERVERS {
            addresses.push(IpCidr::new(address, 8)).expect("room for two");
        }
    });
    let buffer = || udp::PacketBuffer::new(vec![PacketMetadata::EMPTY; 4], vec![0; 4096]);
    let mut service = udp::Socket::new(buffer(), buffer());
    service.bind(53).expect("a free port");
    let mut sockets = SocketSet::new(vec![]);
    let service = sockets.add(service);
    let client = sockets.add(dns::Socket::new(&SERVERS[..responses.len()], vec![]));
    let context = interface.context();
    let lookup = sockets.get_mut::<dns::Socket>(client);
    let lookup = lookup.start_query(context, "broker.example", DnsQueryType::A).expect("a query");
    let mut now = Instant::ZERO;
    let mut asked = [false; 2];
    let result = loop {
        interface.poll(now, &mut device, &mut sockets);
        let service = sockets.get_mut::<udp::Socket>(service);
        while let Ok((query, from)) = service.recv().map(|(query, from)| (query.to_vec(), from)) {
            let server = SERVERS.iter().position(|&server| from.local_address == Some(server)).expect("a server");
            asked[server] = true;
            if let Some((code, records)) = &responses[server] {
                service.send_slice(&response(&query, *code, records), from).expect("room");
            }
        }
        match sockets.get_mut::<dns::Socket>(client).get_query_result(lookup) {
            Ok(addresses) => break addresses[0].to_string(),
            Err(GetQueryResultError::Pending) if now.secs() < 60 => now += Duration::from_millis(10),
            Err(error) => break format!("{error:?}"),
        }
    };
    let asked = asked.iter().filter(|&&asked| asked).count();
    println!("{name}: {result}, {asked} asked, after {} s", now.secs());
}

fn main() {
    let a = |owner: &str| record(owner, A, &[192, 0, 2, 1]);
    let alias = |target: &str| record("broker.example", CNAME, &name(target));
    let whole = || Some((0, vec![a("broker.example")]));
    show("the address", &[whole()]);
    show("the address, of Broker.example", &[Some((0, vec![a("Broker.example")]))]);
    show("an alias", &[Some((0, vec![alias("front.example"), a("front.example")]))]);
    show("an alias, Front.example", &[Some((0, vec![alias("Front.example"), a("front.example")]))]);
    show("nothing, then the address", &[None, whole()]);
    show("SERVFAIL, then the address", &[Some((2, vec![])), whole()]);
    show("REFUSED, then the address", &[Some((5, vec![])), whole()]);
}
END
CARGO_TARGET_DIR="$folder/target" cargo run --quiet >seen 2>build || { cat build >&2; exit 1; }
cat seen
diff seen - <<'END'
the address: 192.0.2.1, 1 asked, after 0 s
the address, of Broker.example: Failed, 1 asked, after 0 s
an alias: 192.0.2.1, 1 asked, after 0 s
an alias, Front.example: Failed, 1 asked, after 0 s
nothing, then the address: 192.0.2.1, 2 asked, after 10 s
SERVFAIL, then the address: Failed, 1 asked, after 0 s
REFUSED, then the address: Failed, 1 asked, after 0 s
END
