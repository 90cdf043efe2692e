//! No two connections share a random number.

use std::io::Read;
use std::sync::mpsc;
use std::time::Duration;

use embedded_tls_webpki::Validity;
use tls_servers::chains::{HOST, Kind, Party};
use tls_servers::server::listen;

use crate::support::device::trusting;

/// The random value and the key share of a client's hello.
#[derive(Debug, PartialEq)]
struct Hello {
    random: Vec<u8>,
    key_share: Vec<u8>,
}

impl Hello {
    fn parse(message: &[u8]) -> Self {
        // The record's header, the message's header and the version come first.
        let random = message[5 + 4 + 2..][..32].to_vec();
        // key_share, one entry, on secp256r1, of 65 bytes.
        let head = [0, 51, 0, 71, 0, 69, 0, 23, 0, 65];
        let at = message.windows(head.len()).position(|window| window == head).expect("a key share");
        Self { random, key_share: message[at + head.len()..][..65].to_vec() }
    }
}

#[test]
fn hellos_of_one_socket_have_nothing_in_common() {
    let (sender, hellos) = mpsc::channel();
    let port = listen(move |mut stream| {
        let mut message = vec![0; 4096];
        let length = stream.read(&mut message).unwrap();
        sender.send(Hello::parse(&message[..length])).unwrap();
    });
    trusting(Party::root(Kind::P256).der(), Validity::DangerouslyAtAnyTime, |device| {
        device.run(async |socket| {
            for _ in 0..3 {
                socket.connect(HOST, port).await.unwrap_err();
            }
        });
    });
    let hellos: Vec<Hello> = (0..3).map(|_| hellos.recv_timeout(Duration::from_secs(60)).unwrap()).collect();
    for (index, hello) in hellos.iter().enumerate() {
        for other in &hellos[..index] {
            assert_ne!(hello.random, other.random);
            assert_ne!(hello.key_share, other.key_share);
        }
    }
}
