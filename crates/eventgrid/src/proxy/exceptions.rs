//! The hosts that need no proxy.

use core::net::{IpAddr, Ipv6Addr};
use std::borrow::ToOwned;
use std::string::String;
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
    /// The host of that name, and all below it.
    Named(String),
    /// The addresses that begin with the same bits.
    Network(IpAddr, u32),
}

impl Exceptions {
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_ascii_whitespace());
        Self(entries.filter_map(Exception::parse).collect())
    }

    pub(super) fn contain(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.');
        let address = address(host);
        self.0.iter().any(|exception| {
            exception.port.is_none_or(|only| only == port)
                && match &exception.hosts {
                    Hosts::All => true,
                    Hosts::Named(name) => address.is_none() && is_below(host, name),
                    Hosts::Network(network, bits) => address.is_some_and(|ip| is_within(ip, *network, *bits)),
                }
        })
    }
}

impl Exception {
    fn parse(entry: &str) -> Option<Self> {
        if let Some((network, bits)) = entry.split_once('/') {
            let network = address(network)?;
            let most = if network.is_ipv4() { 32 } else { 128 };
            let bits = bits.parse().ok().filter(|bits| *bits <= most)?;
            return Some(Self { hosts: Hosts::Network(network, bits), port: None });
        }
        // An IPv6 address has no brackets here unless a port follows.
        let (host, port) = if address(entry).is_some() { (entry, None) } else { split_port(entry) };
        let hosts = match address(host) {
            Some(address) => Hosts::Network(address, if address.is_ipv4() { 32 } else { 128 }),
            None if host == "*" => Hosts::All,
            None => {
                let name =
                    host.strip_prefix('*').unwrap_or(host).trim_start_matches('.').trim_end_matches('.');
                if !is_host(name) {
                    return None;
                }
                Hosts::Named(name.to_owned())
            }
        };
        Some(Self { hosts, port })
    }
}

/// Whether a host has that name, or one below it.
fn is_below(host: &str, name: &str) -> bool {
    let start = host.len().checked_sub(name.len());
    start.and_then(|start| host.split_at_checked(start)).is_some_and(|(below, end)| {
        end.eq_ignore_ascii_case(name) && (below.is_empty() || below.ends_with('.'))
    })
}

fn is_within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        _ => false,
    }
}

/// An IP address, in brackets or without.
fn address(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse().ok(),
    }
}

/// This machine: `localhost`, `127.0.0.0/8` or `[::1]`.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || address(host).is_some_and(|address| address.is_loopback())
}

/// Whether this can be the host of a URL: a name, an IPv4 address, or an IPv6 address in brackets.
pub(super) fn is_host(host: &str) -> bool {
    let is_name = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    is_name || (host.starts_with('[') && address(host).is_some())
}

/// A host, and its port if there is one after it.
pub(super) fn split_port(authority: &str) -> (&str, Option<u16>) {
    match authority.rsplit_once(':').map(|(host, port)| (host, port.parse())) {
        Some((host, Ok(port))) => (host, Some(port)),
        _ => (authority, None),
    }
}
