//! The transport over TLS: requests with `https` go through, and share a connection.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventgrid_reqwless::eventgrid::{AccessKey, Buf, Client, CloudEvent, NamespaceTopic, Publisher};
use eventgrid_reqwless::{Reqwless, Slot};
use rustls::{ServerConnection, Stream, version};
use tls_servers::chains::{Chain, HOST, server};
use tls_servers::server::{config, listen};

use crate::support::{Tokio, run};

#[test]
fn requests_share_a_connection_until_the_server_closes_it() {
    let chain = Chain::new(server(&[HOST]));
    let config = Arc::new(config(chain.sent(), &chain.leaf.key, None, &[&version::TLS13]));
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let port = listen(move |mut stream| {
        counted.fetch_add(1, Ordering::Relaxed);
        let mut connection = ServerConnection::new(config.clone()).unwrap();
        // Two requests each, and then it closes.
        for _ in 0..2 {
            let mut tls = Stream::new(&mut connection, &mut stream);
            let mut request = Vec::new();
            while !request.ends_with(b"]") {
                let mut part = [0; 1024];
                let length = tls.read(&mut part).unwrap();
                request.extend_from_slice(&part[..length]);
            }
            tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        }
        connection.send_close_notify();
        let _ = connection.complete_io(&mut stream);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    run(chain.root.der(), async |socket| {
        let mut heads = [0; 1024];
        let transport = Reqwless::new(Tokio, [Slot::new(socket, &mut heads)]);
        let client = Client::new(&transport, Tokio, AccessKey::new("c2VjcmV0"));
        let namespace = format!("https://{HOST}:{port}");
        let topic = NamespaceTopic::new(namespace.as_str(), "readings").unwrap();
        let publisher = Publisher::new(client, topic);
        let events = [CloudEvent::new("1", "urn:boiler", "Reading")];
        for _ in 0..6 {
            let (mut tx, mut rx) = ([0; 1024], [0; 1024]);
            publisher.send_in(&events, &mut Buf::new(&mut tx), &mut Buf::new(&mut rx)).await.unwrap();
        }
    });
    assert_eq!(connections.load(Ordering::Relaxed), 3);
}
