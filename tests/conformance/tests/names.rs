//! A device with addresses of both kinds, and names whose IPv6 addresses are of no use.

#[path = "reqwless_embassy_net/network.rs"]
mod network;

use std::time::Duration;

use embassy_net::tcp::TcpSocket;
use embassy_net::udp::{PacketMetadata, UdpSocket};
use embassy_net::{Config, ConfigV4, ConfigV6, Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr};
use embassy_net::{IpAddress, Stack, StaticConfigV4, StaticConfigV6};
use embassy_net_driver_channel::driver::HardwareAddress;
use embedded_io_async::Write as _;
use eventgrid::{AsyncTransport as _, Buf, Request, Response};
use eventgrid_reqwless::{Embassy, Error, NetSocket, Reqwless, Slot};
use network::leak;
use tokio::task::{LocalSet, spawn_local};

static ENVIRONMENT: Embassy = Embassy::new();

/// What the name server responds to questions.
#[derive(Clone, Copy, Debug)]
struct Names {
    ipv4: Lookup,
    ipv6: Lookup,
}

#[derive(Clone, Copy, Debug)]
enum Lookup {
    Silence,
    Failure,
    Host(u8),
}

#[derive(Clone, Copy, Debug)]
enum Medium {
    Ip,
    /// The device has to find its neighbors before it can send them packets.
    Ethernet,
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

impl Medium {
    const fn address(self, host: u8) -> HardwareAddress {
        match self {
            Self::Ip => HardwareAddress::Ip,
            Self::Ethernet => HardwareAddress::Ethernet([2, 0, 0, 0, 0, host]),
        }
    }
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

/// Responds to questions for a name.
async fn serve_names(stack: Stack<'static>, names: Names) {
    let metadata = || &mut leak([PacketMetadata::EMPTY; 4])[..];
    let buffer = || &mut leak([0; 1024])[..];
    let mut socket = UdpSocket::new(stack, metadata(), buffer(), metadata(), buffer());
    socket.bind(53).unwrap();
    let mut question = [0; 512];
    loop {
        let (length, from) = socket.recv_from(&mut question).await.unwrap();
        let mut response = question[..length].to_vec();
        let kind = [question[length - 4], question[length - 3]];
        let address = match (kind, if kind == [0, 1] { names.ipv4 } else { names.ipv6 }) {
            (_, Lookup::Silence) => continue,
            (_, Lookup::Failure) => Vec::new(),
            ([0, 1], Lookup::Host(host)) => ipv4(host).octets().to_vec(),
            (_, Lookup::Host(host)) => ipv6(host).octets().to_vec(),
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
async fn goes_to(medium: Medium, names: Names) -> Result<IpAddress, Error> {
    let end = |host| (medium.address(host), config(host));
    let (near, far, _) = network::join(end(DEVICE), end(SERVER));
    near.wait_config_up().await;
    far.wait_config_up().await;
    spawn_local(serve_names(far, names));
    let buffer = || &mut leak([0; 1024])[..];
    let server = async {
        let mut socket = TcpSocket::new(far, buffer(), buffer());
        socket.accept(80).await.unwrap();
        let reached = socket.local_endpoint().unwrap().addr;
        assert_ne!(socket.read(&mut [0; 1024]).await, Ok(0));
        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
        socket.flush().await.unwrap();
        Ok(reached)
    };
    let transport =
        Reqwless::new(&ENVIRONMENT, [Slot::new(NetSocket::new(near, buffer(), buffer()), buffer())]);
    let mut body = [0; 16];
    let mut response = Response::new(Buf::new(&mut body));
    let request = Request::new("GET", "http://ns.example/");
    let sending = transport.send(&request, &mut response);
    tokio::try_join!(server, sending).map(|(reached, ())| reached)
}

#[tokio::test]
async fn a_device_turns_to_ipv4_if_ipv6_leads_nowhere() {
    use Lookup::{Failure, Host, Silence};

    let (over_ipv4, over_ipv6) = (Ok(IpAddress::Ipv4(ipv4(SERVER))), Ok(IpAddress::Ipv6(ipv6(SERVER))));
    let neither =
        Err("looking up and reaching IPv6 addresses took too long, and looking up IPv4 addresses failed");
    let rows = [
        (Names { ipv6: Silence, ipv4: Host(SERVER) }, over_ipv4),
        (Names { ipv6: Failure, ipv4: Host(SERVER) }, over_ipv4),
        (Names { ipv6: Host(NOBODY), ipv4: Host(SERVER) }, over_ipv4),
        (Names { ipv6: Host(SERVER), ipv4: Host(SERVER) }, over_ipv6),
        (Names { ipv6: Silence, ipv4: Failure }, neither),
    ];
    let reaching = async {
        let all = [Medium::Ip, Medium::Ethernet].into_iter().flat_map(|medium| rows.map(|row| (medium, row)));
        // All at the same time, since they wait.
        let all: Vec<_> =
            all.map(|(medium, row)| (medium, row, spawn_local(goes_to(medium, row.0)))).collect();
        for (medium, (names, expected), reached) in all {
            let reached = reached.await.unwrap().map_err(|error| error.reason().to_string());
            assert_eq!(reached, expected.map_err(str::to_owned), "{names:?} over {medium:?}");
        }
    };
    let limited = tokio::time::timeout(Duration::from_secs(60), reaching);
    LocalSet::new().run_until(limited).await.expect("every request should end by its limits");
}
