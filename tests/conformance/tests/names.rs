//! A device with addresses of both kinds, and names whose IPv6 addresses are of no use.

#[path = "reqwless_embassy_net/network.rs"]
mod network;

use std::time::Duration;

use embassy_net::tcp::TcpSocket;
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{Config, ConfigV4, ConfigV6, Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr};
use embassy_net::{IpAddress, Stack, StaticConfigV4, StaticConfigV6};
use embedded_io_async::Write as _;
use eventgrid::{AsyncTransport as _, Buf, Request, Response};
use eventgrid_reqwless::{Embassy, NetSocket, Reqwless, Slot};
use network::leak;
use tokio::task::{LocalSet, spawn_local};

static ENVIRONMENT: Embassy = Embassy::new();

/// What the name server responds to a question for IPv6 addresses.
#[derive(Clone, Copy)]
enum Ipv6 {
    Silence,
    Error,
    Address(Ipv6Address),
}

const DEVICE: u8 = 1;
const SERVER: u8 = 2;
const NOBODY: u8 = 3;

const fn ipv4(host: u8) -> Ipv4Address {
    Ipv4Address::new(10, 0, 0, host)
}

const fn ipv6(host: u8) -> Ipv6Address {
    Ipv6Address::new(0xfd00, 0, 0, 0, 0, 0, 0, host as u16)
}

fn config(host: u8) -> Config {
    let mut config = Config::default();
    config.ipv4 = ConfigV4::Static(StaticConfigV4 {
        address: Ipv4Cidr::new(ipv4(host), 24),
        gateway: None,
        dns_servers: [ipv4(SERVER)].into_iter().collect(),
    });
    config.ipv6 = ConfigV6::Static(StaticConfigV6 {
        address: Ipv6Cidr::new(ipv6(host), 64),
        gateway: None,
        dns_servers: [].into_iter().collect(),
    });
    config
}

/// Responds to questions for a name, whose IPv4 address is that of the server.
async fn serve_names(stack: Stack<'static>, ipv6: Ipv6) {
    let metadata = || &mut leak([PacketMetadata::EMPTY; 4])[..];
    let buffer = || &mut leak([0; 1024])[..];
    let mut socket = UdpSocket::new(stack, metadata(), buffer(), metadata(), buffer());
    socket.bind(53).unwrap();
    let mut question = [0; 512];
    loop {
        let (length, from) = socket.recv_from(&mut question).await.unwrap();
        let mut response = question[..length].to_vec();
        let kind = [question[length - 4], question[length - 3]];
        let address = match (kind, ipv6) {
            ([0, 1], _) => ipv4(SERVER).octets().to_vec(),
            (_, Ipv6::Silence) => continue,
            (_, Ipv6::Error) => Vec::new(),
            (_, Ipv6::Address(address)) => address.octets().to_vec(),
        };
        // It is a response, without an error or with the one that the server has failed.
        (response[2], response[3]) = (0x81, if address.is_empty() { 0x82 } else { 0x80 });
        if let (false, Ok(length)) = (address.is_empty(), u8::try_from(address.len())) {
            response[7] = 1;
            // The name is that of the question; the address is good for a minute.
            response.extend([0xc0, 12, kind[0], kind[1], 0, 1, 0, 0, 0, 60, 0, length]);
            response.extend(address);
        }
        socket.send_to(&response, from).await.unwrap();
    }
}

/// Where one request to a name goes to, with the default limits.
async fn goes_to(ipv6: Ipv6) -> IpAddress {
    let (near, far, _) = network::join(config(DEVICE), config(SERVER));
    near.wait_config_up().await;
    far.wait_config_up().await;
    spawn_local(serve_names(far, ipv6));
    let buffer = || &mut leak([0; 1024])[..];
    let server = async {
        let mut socket = TcpSocket::new(far, buffer(), buffer());
        socket.accept(80).await.unwrap();
        let reached = socket.local_endpoint().unwrap().addr;
        assert_ne!(socket.read(&mut [0; 1024]).await, Ok(0));
        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
        socket.flush().await.unwrap();
        reached
    };
    let transport =
        Reqwless::new(&ENVIRONMENT, [Slot::new(NetSocket::new(near, buffer(), buffer()), buffer())]);
    let mut body = [0; 16];
    let mut response = Response::new(Buf::new(&mut body));
    let request = Request::new("GET", "http://ns.example/");
    let sending = async { transport.send(&request, &mut response).await.unwrap() };
    tokio::join!(server, sending).0
}

#[tokio::test]
async fn a_device_turns_to_ipv4_if_ipv6_leads_nowhere() {
    let reaching = async {
        let all = [Ipv6::Silence, Ipv6::Error, Ipv6::Address(ipv6(NOBODY)), Ipv6::Address(ipv6(SERVER))];
        let all = all.map(|ipv6| spawn_local(goes_to(ipv6)));
        let mut reached = Vec::new();
        for one in all {
            reached.push(one.await.unwrap());
        }
        let (first, second) = (IpAddress::Ipv4(ipv4(SERVER)), IpAddress::Ipv6(ipv6(SERVER)));
        assert_eq!(reached, [first, first, first, second]);
    };
    let limited = tokio::time::timeout(Duration::from_secs(60), reaching);
    LocalSet::new().run_until(limited).await.expect("every request should end by its limits");
}
