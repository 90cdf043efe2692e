//! A TCP server that does what a script says, and records what it sees.

mod connection;
mod received;
mod script;

pub(crate) use received::Received;
pub(crate) use script::{Gate, Script};

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::ServerConfig;
use socket2::{Domain, Socket, Type};

/// How long anything may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);

/// Held by whoever starts a process: until its program runs, which may be a little after it was
/// started, it has a copy of every socket, and closing one of them does nothing.
pub(crate) static STARTING_PROCESS: RwLock<()> = RwLock::new(());

/// A listening server: its first connection follows the first script, and so on; further ones are
/// closed at once.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    acceptor: JoinHandle<()>,
}

/// What a server has seen.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// How many connections were opened to it.
    pub(crate) connections: usize,
    /// All requests, in the order in which they were complete.
    pub(crate) requests: Vec<Received>,
}

#[derive(Default)]
struct State {
    log: Log,
    scripts: VecDeque<Script>,
    tls: Option<Arc<ServerConfig>>,
    /// The address of the connection that stops the server.
    end: Option<SocketAddr>,
    open: Vec<Weak<TcpStream>>,
    players: Vec<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(scripts: impl IntoIterator<Item = Script>) -> Self {
        Reserved::new().listen(scripts)
    }

    pub(crate) fn start_tls(config: Arc<ServerConfig>, scripts: impl IntoIterator<Item = Script>) -> Self {
        Reserved::new().listen_with(Some(config), scripts)
    }

    /// The same, with room for little that it has not read.
    pub(crate) fn start_tls_with_little_room(
        config: Arc<ServerConfig>,
        scripts: impl IntoIterator<Item = Script>,
    ) -> Self {
        let reserved = Reserved::new();
        reserved.0.set_recv_buffer_size(4096).unwrap();
        reserved.listen_with(Some(config), scripts)
    }

    /// Its URL over plain http.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its URL over https, by a name that its certificates have.
    pub(crate) fn https_url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Stops it. What was sent to it before is in the log.
    pub(crate) fn finish(self) -> Log {
        let end = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        end.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        lock(&self.state).end = end.local_addr().unwrap().as_socket();
        // Connections are accepted in the order in which they were opened: this one is the last.
        end.connect(&self.address.into()).unwrap();
        self.acceptor.join().unwrap();
        let players = {
            let mut state = lock(&self.state);
            for stream in state.open.iter().filter_map(Weak::upgrade) {
                // What has arrived can still be read, then comes the end. Nobody reads what it
                // still writes.
                let _ = stream.shutdown(std::net::Shutdown::Both);
            }
            std::mem::take(&mut state.players)
        };
        for player in players {
            player.join().unwrap();
        }
        std::mem::take(&mut lock(&self.state).log)
    }
}

/// An address that nobody listens at, and that nobody else can take.
pub(crate) struct Reserved(Socket);

impl Reserved {
    pub(crate) fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        Self(socket)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Begins to listen.
    pub(crate) fn listen(self, scripts: impl IntoIterator<Item = Script>) -> Server {
        self.listen_with(None, scripts)
    }

    fn listen_with(
        self,
        tls: Option<Arc<ServerConfig>>,
        scripts: impl IntoIterator<Item = Script>,
    ) -> Server {
        let address = self.address();
        self.0.listen(128).unwrap();
        let scripts = scripts.into_iter().collect();
        let state = Arc::new(Mutex::new(State { scripts, tls, ..State::default() }));
        let acceptor = thread::spawn({
            let state = Arc::clone(&state);
            move || accept(&self.0.into(), &state)
        });
        Server { address, state, acceptor }
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap().as_socket().unwrap()
    }
}

fn accept(listener: &TcpListener, state: &Arc<Mutex<State>>) {
    loop {
        let (stream, peer) = listener.accept().unwrap();
        let mut held = lock(state);
        if held.end == Some(peer) {
            return;
        }
        held.log.connections += 1;
        let Some(script) = held.scripts.pop_front() else { continue };
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let stream = Arc::new(stream);
        held.open.push(Arc::downgrade(&stream));
        let tls = held.tls.clone();
        let state = Arc::clone(state);
        held.players.push(thread::spawn(move || {
            connection::play(stream, tls, script, &|received| lock(&state).log.requests.push(received));
        }));
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
