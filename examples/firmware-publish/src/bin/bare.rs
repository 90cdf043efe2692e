//! The same firmware with a request written by hand on bare reqwless, without checks, retries or a kept connection: what the size of
//! the other is measured against.

#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macro of the entry point makes a function that has none")]

use core::fmt::Write;
use core::net::IpAddr;

use embassy_executor::Spawner;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embedded_nal_async::{AddrType, Dns};
use firmware_board::{Board, println};
use reqwless::client::HttpClient;
use reqwless::request::{Method, RequestBuilder};

#[embassy_executor::main(entry = "firmware_board::entry")]
async fn main(spawner: Spawner) -> ! {
    let board = Board::start(spawner);
    match publish(board).await {
        Some(status) => println!("status={status}"),
        None => println!("failed"),
    }
    board.end(0)
}

async fn publish(board: Board) -> Option<u16> {
    let mut url = heapless::String::<256>::new();
    let endpoint = board.arguments.optional("endpoint")?;
    write!(url, "{endpoint}/topics/{}:publish?api-version=2024-06-01", board.arguments.optional("topic")?)
        .ok()?;
    let mut authorization = heapless::String::<128>::new();
    write!(authorization, "SharedAccessKey {}", board.arguments.optional("key")?).ok()?;
    let mut body = heapless::String::<256>::new();
    let id = firmware_board::random();
    write!(
        body,
        r#"{{"specversion":"1.0","id":"{id:016x}","source":"urn:device:bare","type":"Reading","data":{{"centicelsius":2150}}}}"#
    )
    .ok()?;

    let sockets = TcpClientState::<1, 1024, 1024>::new();
    let tcp = TcpClient::new(board.network, &sockets);
    let mut client = HttpClient::new(&tcp, &NumericHost);
    let headers = [
        ("host", endpoint.strip_prefix("http://")?),
        ("content-type", "application/cloudevents+json; charset=utf-8"),
        ("authorization", authorization.as_str()),
    ];
    let mut buffer = [0; 1024];
    let mut request = client.request(Method::POST, &url).await.ok()?.headers(&headers).body(body.as_bytes());
    let response = request.send(&mut buffer).await.ok()?;
    let status = response.status.0;
    response.body().read_to_end().await.ok()?;
    Some(status)
}

/// Hosts that are addresses.
struct NumericHost;

impl Dns for NumericHost {
    type Error = ();

    async fn get_host_by_name(&self, host: &str, _: AddrType) -> Result<IpAddr, ()> {
        host.parse().map_err(drop)
    }

    async fn get_host_by_address(&self, _: IpAddr, _: &mut [u8]) -> Result<usize, ()> {
        Err(())
    }
}
