//! How many bytes a reading takes on the wire: the table of the README, measured again and
//! compared.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::sync::Arc;

use eventgrid_reqwless::eventgrid::{AccessKey, Buf, Client, CloudEvent, Data, NamespaceTopic, Publisher};
use eventgrid_reqwless::{Reqwless, Slot, Socket};
use rustls::{ServerConnection, StreamOwned, version};
use tls_servers::chains::{Chain, server};
use tls_servers::server::{config, listen};

use crate::support::{Bytes, Tokio, TokioSocket, block_on, run_over};

/// As long as the host of a namespace may well be.
const HOST: &str = "plant-telemetry.westeurope-1.eventgrid.azure.net";
/// 32 bytes in base64.
const KEY: &str = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IDEyMzQ=";
/// With the headers that a namespace was seen to send.
const RESPONSE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\
                        Date: Sat, 01 Jun 2024 00:00:00 GMT\r\n\r\n{}";
const README: &str = include_str!("../../README.md");
/// How many readings a request has.
const BATCHES: [usize; 3] = [1, 10, 100];

#[test]
fn the_table_of_the_readme_is_what_goes_over_the_wire() {
    let mut table = String::from(
        "| readings per request | requests for 100 | plain: sent, received per request | sent per reading \
         | TLS: sent, received per request | sent per reading |\n|---|---|---|---|---|---|\n",
    );
    for readings in BATCHES {
        let [_, plain] = without_tls(readings);
        let [_, tls] = with_tls(readings);
        writeln!(
            table,
            "| {readings} | {} | {}, {} | {} | {}, {} | {} |",
            100 / readings,
            plain.sent,
            plain.received,
            plain.sent.div_ceil(readings),
            tls.sent,
            tls.received,
            tls.sent.div_ceil(readings),
        )
        .unwrap();
    }
    assert!(README.contains(&table), "the README does not have this table:\n{table}");
}

/// Signatures and serial numbers have no constant length, and features for RSA and P-384 name more
/// kinds of signatures, so this is known to some bytes only.
#[test]
fn opening_a_connection_costs_what_the_readme_says() {
    let [first, next] = with_tls(1);
    let (sent, received) = (first.sent - next.sent, first.received - next.received);
    let (_, rest) = README.split_once("opening the connection takes ").expect("the README says so");
    let mut figures =
        rest.split(|character: char| !character.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let mut next = || figures.next().expect("a figure");
    let (sent_there, received_there): (usize, usize) = (next(), next());
    let is_so = sent.abs_diff(sent_there) < 20 && received.abs_diff(received_there) < 40;
    assert!(is_so, "{sent} bytes are sent and {received} received");
}

/// What the first and the second request of a connection take.
fn with_tls(readings: usize) -> [Bytes; 2] {
    let chain = Chain::new(server(&[HOST]));
    let config = Arc::new(config(chain.sent(), &chain.leaf.key, None, &[&version::TLS13]));
    let port =
        listen(move |stream| serve(StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream)));
    let socket = TokioSocket::to(port);
    let bytes = socket.bytes();
    run_over(socket, chain.root.der(), async |socket| {
        publish("https", socket, readings, || bytes.get()).await
    })
}

/// The same without TLS.
fn without_tls(readings: usize) -> [Bytes; 2] {
    let socket = TokioSocket::to(listen(serve));
    let bytes = socket.bytes();
    block_on(publish("http", socket, readings, || bytes.get()))
}

async fn publish(
    scheme: &str,
    socket: impl Socket,
    readings: usize,
    bytes: impl Fn() -> Bytes,
) -> [Bytes; 2] {
    let mut heads = [0; 1024];
    let transport = Reqwless::new(Tokio, [Slot::new(socket, &mut heads)]);
    let client = Client::new(&transport, Tokio, AccessKey::new(KEY)).allow_plain_http();
    let namespace = format!("{scheme}://{HOST}");
    let topic = NamespaceTopic::new(namespace.as_str(), "readings").unwrap();
    let publisher = Publisher::new(client, topic);
    let ids: Vec<_> = (0..readings).map(|number| format!("{number:016x}")).collect();
    let events: Vec<_> = ids
        .iter()
        .map(|id| {
            let celsius = Data::raw_json(r#"{"centicelsius":2150}"#).unwrap();
            CloudEvent::new(id.as_str(), "urn:plant/boiler", "Reading").with_data(celsius)
        })
        .collect();
    let (mut tx, mut rx) = (vec![0; 32 * 1024], [0; 128]);
    let mut before = bytes();
    let mut each = [Bytes::default(); 2];
    for request in &mut each {
        publisher.send_in(&events[..], &mut Buf::new(&mut tx), &mut Buf::new(&mut rx)).await.unwrap();
        let now = bytes();
        *request = Bytes { sent: now.sent - before.sent, received: now.received - before.received };
        before = now;
    }
    each
}

/// Responds to requests until the device closes the connection.
fn serve(mut stream: impl Read + Write) {
    let mut received = Vec::new();
    loop {
        let mut part = [0; 4096];
        match stream.read(&mut part) {
            Ok(length @ 1..) => received.extend_from_slice(&part[..length]),
            _ => return,
        }
        let text = String::from_utf8_lossy(&received);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let (_, length) = head.split_once("Content-Length: ").expect("a length");
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        if body.len() == length {
            received.clear();
            stream.write_all(RESPONSE.as_bytes()).unwrap();
            stream.flush().unwrap();
        }
    }
}
