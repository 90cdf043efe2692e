//! A proxy that opens every requested tunnel (`CONNECT`) to the same service.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_local;

pub(crate) struct Proxy {
    pub(crate) url: String,
    tunnels: Rc<Cell<usize>>,
}

impl Proxy {
    pub(crate) async fn start(service: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let tunnels = Rc::new(Cell::new(0));
        let opened = Rc::clone(&tunnels);
        spawn_local(async move {
            while let Ok((client, _)) = listener.accept().await {
                spawn_local(tunnel(client, service, Rc::clone(&opened)));
            }
        });
        Ok(Self { url, tunnels })
    }

    /// How many tunnels it has opened.
    pub(crate) fn tunnels(&self) -> usize {
        self.tunnels.get()
    }
}

async fn tunnel(mut client: TcpStream, service: SocketAddr, opened: Rc<Cell<usize>>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    if !head.starts_with(b"CONNECT ") {
        return client.write_all(b"HTTP/1.1 405 Only Tunnels\r\nContent-Length: 0\r\n\r\n").await;
    }
    let mut service = TcpStream::connect(service).await?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    opened.set(opened.get() + 1);
    tokio::io::copy_bidirectional(&mut client, &mut service).await?;
    Ok(())
}
