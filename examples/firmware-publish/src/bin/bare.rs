//! The same firmware with a request written by hand on bare reqwless, without checks, retries or a
//! kept connection: the baseline for the size of the other.

#![no_std]
#![no_main]
#![allow(missing_docs, reason = "the macro of the entry point makes a function that has none")]

use core::fmt::Write;
use core::net::IpAddr;

use embassy_executor::Spawner;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embedded_nal_async::{AddrType, Dns};
use firmware_board::{Board, InvalidArgument, println};
use reqwless::client::HttpClient;
use reqwless::request::{Method, RequestBuilder};

#[embassy_executor::main(entry = "firmware_board::entry")]
async fn main(spawner: Spawner) -> ! {
    let board = Board::start(spawner);
    let exit_code = match Configuration::of(board) {
        Ok(configuration) => match publish(board, configuration).await {
            Some(status) => {
                println!("status={status}");
                0
            }
            None => 1,
        },
        Err(error) => {
            println!("{error}");
            2
        }
    };
    board.end(exit_code)
}

/// Where to publish, as whom.
struct Configuration {
    endpoint: &'static str,
    topic: &'static str,
    key: &'static str,
    source: &'static str,
}

impl Configuration {
    fn of(board: Board) -> Result<Self, InvalidArgument> {
        Ok(Self {
            endpoint: board.arguments.required("endpoint")?,
            topic: board.arguments.required("topic")?,
            key: board.arguments.required("key")?,
            source: board.arguments.required("source")?,
        })
    }
}

/// The status of the service's response.
async fn publish(board: Board, Configuration { endpoint, topic, key, source }: Configuration) -> Option<u16> {
    let mut url = heapless::String::<256>::new();
    write!(url, "{endpoint}/topics/{topic}:publish?api-version=2024-06-01").ok()?;
    let mut authorization = heapless::String::<128>::new();
    write!(authorization, "SharedAccessKey {key}").ok()?;
    let mut body = heapless::String::<256>::new();
    let id = firmware_board::random();
    write!(
        body,
        r#"{{"specversion":"1.0","id":"{id:016x}","source":"{source}","type":"Reading","data":{{"centicelsius":2150}}}}"#
    )
    .ok()?;

    let sockets = TcpClientState::<1, 1024, 1024>::new();
    let tcp = TcpClient::new(board.network, &sockets);
    let mut client = HttpClient::new(&tcp, &NumericHost);
    let headers = [
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
