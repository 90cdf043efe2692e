//! Forwards what the far stack receives to the suite's server.

use std::cell::{Cell, RefCell};
use std::io;
use std::mem::MaybeUninit;
use std::rc::Rc;
use std::time::Duration;

use embassy_futures::select::{Either, select};
use embassy_net::Stack;
use embassy_net::tcp::{self, TcpSocket};
use embedded_io_async::{ErrorType, Read, Write};
use eventgrid_reqwless::{ConnectError, NetSocket, Socket};
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::task::{spawn_local, yield_now};

use crate::network::{self, leak};

/// What one side of a connection may send ahead.
const WINDOW: usize = 16 << 10;

/// A port at which nothing listens.
const NOBODY: u16 = 1;

/// The far side of all connections.
#[derive(Clone)]
pub(crate) struct Relays {
    near: Stack<'static>,
    far: Stack<'static>,
    open: Rc<RefCell<Vec<Rc<Relay>>>>,
}

struct Relay {
    server: TcpStream,
    /// Whether the near side has been told that the server closed it.
    told: Cell<bool>,
}

impl Relays {
    pub(crate) fn new(near: Stack<'static>, far: Stack<'static>) -> Self {
        Self { near, far, open: Rc::default() }
    }

    /// Waits until what servers have closed is closed on the near side, too: the suite knows of no
    /// network between.
    pub(crate) async fn settle(&self) {
        let closed_unheard = |relay: &Rc<Relay>| !relay.told.get() && is_closed(&relay.server);
        while self.open.borrow().iter().any(closed_unheard) {
            yield_now().await;
        }
        self.open.borrow_mut().retain(|relay| !relay.told.get());
        self.hear().await;
    }

    /// Waits until the near stack has handled what the far one has sent. A reset is not
    /// acknowledged, but packets keep their order: what came before the refusal of a connection has
    /// arrived with it.
    async fn hear(&self) {
        let (mut received, mut sent) = ([0; 1], [0; 1]);
        let refused =
            TcpSocket::new(self.near, &mut received, &mut sent).connect((network::FAR, NOBODY)).await;
        assert_eq!(refused, Err(tcp::ConnectError::ConnectionReset));
    }

    /// Accepts one connection to that port, if the server does.
    async fn expect(&self, port: u16) {
        let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
        server.set_nodelay(true).unwrap();
        let relay = Rc::new(Relay { server, told: Cell::new(false) });
        self.open.borrow_mut().push(Rc::clone(&relay));
        let mut socket = TcpSocket::new(self.far, leak([0; WINDOW]), leak([0; WINDOW]));
        let open = Rc::clone(&self.open);
        spawn_local(async move {
            if socket.accept(port).await.is_ok() {
                relay.run(&mut socket).await;
            }
            relay.told.set(true);
            // With the last of them, the connection to the server ends.
            open.borrow_mut().retain(|other| !Rc::ptr_eq(other, &relay));
        });
        // Until it listens.
        yield_now().await;
    }
}

/// Whether the server has closed or reset it, and all that it sent was read.
fn is_closed(server: &TcpStream) -> bool {
    match SockRef::from(server).peek(&mut [MaybeUninit::uninit()]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}

impl Relay {
    async fn run(&self, near: &mut TcpSocket<'static>) {
        let (mut bytes, mut request) = (vec![0; WINDOW], vec![0; WINDOW]);
        loop {
            // Reading, and not readiness to read: the end of a connection is not readiness to
            // embassy-net.
            match select(self.server.readable(), near.read(&mut request)).await {
                Either::First(_) => match self.server.try_read(&mut bytes) {
                    Ok(0) => {
                        near.close();
                        break;
                    }
                    Ok(read) => {
                        if near.write_all(&bytes[..read]).await.is_err() {
                            return self.reset_server();
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(_) => {
                        // What came before the reset is not lost by it.
                        let _ = near.flush().await;
                        near.abort();
                        break;
                    }
                },
                Either::Second(read) => match read {
                    Ok(0) => {
                        let _ = SockRef::from(&self.server).shutdown(std::net::Shutdown::Write);
                        near.close();
                        break;
                    }
                    Ok(read) => {
                        if self.write(&request[..read]).await.is_err() {
                            self.pass_on_the_rest(near, &mut bytes).await;
                            near.abort();
                            break;
                        }
                    }
                    Err(_) => return self.reset_server(),
                },
            }
        }
        // Until the near side has heard of it.
        let _ = near.flush().await;
    }

    /// Passes on what the server had sent before it hung up.
    async fn pass_on_the_rest(&self, near: &mut TcpSocket<'static>, bytes: &mut [u8]) {
        let _ = self.server.readable().await;
        while let Ok(read @ 1..) = self.server.try_read(bytes) {
            let _ = near.write_all(&bytes[..read]).await;
        }
        let _ = near.flush().await;
    }

    async fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.server.writable().await?;
            match self.server.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn reset_server(&self) {
        let _ = SockRef::from(&self.server).set_linger(Some(Duration::ZERO));
    }
}

/// A socket of embassy-net, whose far side is there when it connects.
pub(crate) struct Relayed {
    socket: NetSocket<'static>,
    relays: Relays,
}

impl Relayed {
    pub(crate) fn new(near: Stack<'static>, relays: Relays) -> Self {
        Self { socket: NetSocket::new(near, leak([0; WINDOW]), leak([0; WINDOW])), relays }
    }
}

impl ErrorType for Relayed {
    type Error = <NetSocket<'static> as ErrorType>::Error;
}

impl Read for Relayed {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        self.socket.read(buffer).await
    }
}

impl Write for Relayed {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.socket.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.socket.flush().await
    }
}

impl Socket for Relayed {
    const IS_SECURE: bool = false;

    async fn connect(&mut self, host: &str, port: u16) -> Result<(), ConnectError> {
        if host == "127.0.0.1" {
            self.relays.expect(port).await;
        }
        self.socket.connect(host, port).await
    }

    async fn write_unless_readable(&mut self, bytes: &[u8]) -> Result<Option<usize>, Self::Error> {
        self.socket.write_unless_readable(bytes).await
    }

    async fn close(&mut self) {
        self.socket.close().await;
    }

    fn abort(&mut self) {
        self.socket.abort();
    }

    fn is_open(&mut self) -> bool {
        self.socket.is_open()
    }
}
