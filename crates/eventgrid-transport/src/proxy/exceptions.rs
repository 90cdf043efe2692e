//! The hosts that need no proxy.

use core::net::IpAddr;
use std::vec::Vec;

/// The entries of `NO_PROXY`.
#[derive(Debug, Clone, Default)]
pub(super) struct Exceptions(Vec<Exception>);

#[derive(Debug, Clone)]
struct Exception {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug, Clone)]
enum Hosts {
    All,
    /// The host of this name, and all hosts below it.
    Named(Vec<u8>),
    /// The addresses whose first bits, as many as the number says, are the same.
    Network(IpAddr, u32),
}

impl Exceptions {
    pub(super) fn parse(list: &str) -> Self {
        let mut exceptions = Vec::new();
        for entry in list.as_bytes().split(|byte| *byte == b',' || byte.is_ascii_whitespace()) {
            exceptions.extend(core::str::from_utf8(entry).ok().and_then(Exception::parse));
        }
        Self(exceptions)
    }

    pub(super) fn contain(&self, host: &str, port: u16) -> bool {
        let address = address(host);
        self.0.iter().any(|exception| {
            exception.port.is_none_or(|only| only == port)
                && match &exception.hosts {
                    Hosts::All => true,
                    Hosts::Named(name) => address.is_none() && is_below(without_dot(host.as_bytes()), name),
                    Hosts::Network(network, bits) => address.is_some_and(|ip| is_within(ip, *network, *bits)),
                }
        })
    }
}

impl Exception {
    fn parse(entry: &str) -> Option<Self> {
        if let Some((network, bits)) = split_at(entry, entry.bytes().position(|byte| byte == b'/')) {
            let network = address(network)?;
            let bits = bits.parse().ok().filter(|bits| *bits <= width(network))?;
            return Some(Self { hosts: Hosts::Network(network, bits), port: None });
        }
        // An IPv6 address has no brackets here unless a port follows.
        let (host, port) = if address(entry).is_some() { (entry, None) } else { split_port(entry) };
        let hosts = match (address(host), host.as_bytes()) {
            (Some(address), _) => Hosts::Network(address, width(address)),
            (None, b"*") => Hosts::All,
            (None, [b'*', b'.', name @ ..] | [b'.', name @ ..] | name) => {
                let name = without_dot(name);
                if !is_name(name) {
                    return None;
                }
                Hosts::Named(name.to_vec())
            }
        };
        Some(Self { hosts, port })
    }
}

fn without_dot(name: &[u8]) -> &[u8] {
    if let [name @ .., b'.'] = name { name } else { name }
}

/// Whether a host has this name, or one below it.
fn is_below(host: &[u8], name: &[u8]) -> bool {
    let below = host.len().checked_sub(name.len()).and_then(|start| host.split_at_checked(start));
    below.is_some_and(|(below, end)| end.eq_ignore_ascii_case(name) && matches!(below, [] | [.., b'.']))
}

fn is_within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        _ => false,
    }
}

/// How many bits an address has.
fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// An IP address. An IPv6 address may have brackets or not.
fn address(host: &str) -> Option<IpAddr> {
    if let Ok(address) = host.parse() {
        return Some(IpAddr::V4(address));
    }
    let bare = match host.as_bytes() {
        [b'[', .., b']'] => host.get(1..host.len() - 1)?,
        _ => host,
    };
    bare.parse().ok().map(IpAddr::V6)
}

/// This machine: `localhost`, `127.0.0.0/8` or `[::1]`.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || address(host).is_some_and(|address| address.is_loopback())
}

fn is_name(host: &[u8]) -> bool {
    let is_usual = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !host.is_empty() && host.iter().all(is_usual)
}

/// A host, and its port if there is one after it.
pub(super) fn split_port(authority: &str) -> (&str, Option<u16>) {
    match split_at(authority, authority.bytes().rposition(|byte| byte == b':')) {
        // The last colon of `[::1]` belongs to the address.
        Some((host, port)) => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (authority, None),
        },
        None => (authority, None),
    }
}

/// The text before and after the byte at `position`, if there is such a byte.
fn split_at(text: &str, position: Option<usize>) -> Option<(&str, &str)> {
    let position = position?;
    Some((text.get(..position)?, text.get(position + 1..)?))
}
