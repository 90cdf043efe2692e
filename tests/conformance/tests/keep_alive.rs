//! A connection that is silent for as long as a long poll is probed, so that it stays alive.

#[path = "reqwless_embassy_net/network.rs"]
mod network;

use std::time::Duration;

use embassy_net::tcp::TcpSocket;
use eventgrid_reqwless::{NetSocket, Socket as _};
use network::{FAR, leak, pair_that_counts};
use tokio::task::{LocalSet, yield_now};

#[tokio::test]
async fn a_device_shows_that_its_connection_is_alive_if_it_is_told_to() {
    let counting = async {
        let (near, far, sent) = pair_that_counts();
        let buffer = || &mut leak([0; 256])[..];
        let mut listener = TcpSocket::new(far, buffer(), buffer());
        let mut socket = NetSocket::new(near, buffer(), buffer()).keep_alive(Duration::from_millis(10));
        let host = FAR.to_string();
        let (accepted, connected) = tokio::join!(listener.accept(80), socket.connect(&host, 80));
        accepted.unwrap();
        connected.unwrap();
        let opened = sent.get();
        // Nobody reads or writes.
        while sent.get() < opened + 3 {
            yield_now().await;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(socket.is_open());
    };
    let limited = tokio::time::timeout(Duration::from_secs(60), counting);
    LocalSet::new().run_until(limited).await.expect("packets should be sent");
}

#[cfg(target_os = "linux")]
mod on_this_machine {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpListener};
    use std::thread;

    use eventgrid::blocking::Consumer;
    use eventgrid::{AccessKey, ReceiveOptions, Subscription};

    const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"value\":[]}";

    /// Takes one request, and returns which timer runs for its connection at the client before the
    /// response: 2 is the one of keep-alive (Linux, `Documentation/networking/proc_net_tcp.rst`).
    fn timer_of_client(listener: &TcpListener) -> String {
        let (mut connection, client) = listener.accept().unwrap();
        let server = listener.local_addr().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        // Until what the client has sent is acknowledged, another timer runs.
        let timer = loop {
            match timer(client, server) {
                timer if timer == "01" => thread::yield_now(),
                timer => break timer,
            }
        };
        connection.write_all(RESPONSE).unwrap();
        timer
    }

    /// Of the connection between these two: the client's port may have been used with another
    /// server a moment ago.
    fn timer(client: SocketAddr, server: SocketAddr) -> String {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let ends = [client, server].map(|end| format!("0100007F:{:04X}", end.port()));
        let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let line = lines.find(|line| line.get(1..3).is_some_and(|found| found == ends)).unwrap();
        line[5][..2].to_owned()
    }

    fn subscription(listener: &TcpListener) -> Subscription<'static> {
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        Subscription::new(endpoint, "orders", "billing").unwrap()
    }

    #[test]
    fn ureq_shows_that_its_connection_is_alive() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let subscription = subscription(&listener);
        let timer = thread::spawn(move || timer_of_client(&listener));
        let client = eventgrid_ureq::client(AccessKey::new("key"));
        let consumer = Consumer::new(client, subscription);
        assert!(consumer.receive(ReceiveOptions::new()).unwrap().is_empty());
        assert_eq!(timer.join().unwrap(), "02");
    }

    #[tokio::test]
    async fn hyper_shows_that_its_connection_is_alive() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let subscription = subscription(&listener);
        let timer = thread::spawn(move || timer_of_client(&listener));
        let client = eventgrid_hyper::client(AccessKey::new("key"));
        let consumer = eventgrid::Consumer::new(client, subscription);
        assert!(consumer.receive(ReceiveOptions::new()).await.unwrap().is_empty());
        assert_eq!(timer.join().unwrap(), "02");
    }
}
