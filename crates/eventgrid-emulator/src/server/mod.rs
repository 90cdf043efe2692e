//! The HTTP server: a thread with a runtime of its own, around an [`Emulator`].

mod acceptor;
mod admin;
mod barriers;
mod clock;
mod committer;
#[cfg(feature = "data")]
mod committing;
mod connection;
mod dead_letters;
#[cfg(feature = "tls")]
mod development_authority;
mod engine;
mod faulty_body;
mod listener;
mod outgoing;
mod push;
mod request_body;
mod response_body;
#[cfg(feature = "tls")]
mod tls;
mod watched_stream;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

pub(crate) use self::acceptor::Acceptor;
pub use self::admin::AdminListenError;
pub(crate) use self::admin::AdminSettings;
#[cfg(feature = "data")]
pub(crate) use self::clock::wall_time;
use self::committer::Failure;
pub(crate) use self::committer::Persistence;
use self::connection::Handler;
use self::engine::{Engine, EngineHandle, engine};
use self::push::{PushClient, PushClientSettings};
#[cfg(all(feature = "configuration", feature = "tls"))]
pub(crate) use self::tls::check_name as check_tls_name;
#[cfg(feature = "tls")]
pub(crate) use self::tls::{Tls, TlsSettings};
use crate::accepted::Accepted;
use crate::admin::{Access, Wait};
use crate::broker::SubscriptionStats;
use crate::observe::OnRequest;
use crate::observe::{DeliveryCriteria, HeaderNotKept, JournaledRequest, LoggedDelivery, RequestCriteria};
use crate::push_targets::PushTargets;
use crate::secret::Secret;
use crate::service::{ClockState, Condition, Emulator, HealthError, Snapshot, SnapshotError, WaitError};
#[cfg(feature = "data")]
use crate::store::DataError;
use crate::target::Target;

/// How long connections may take to end cleanly: less than the 10 seconds after which Docker kills
/// a container. It passes only if a request does not come to its end.
const GRACE: Duration = Duration::from_secs(5);

/// How long the head of a request may take, or a body of which nothing comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// An emulator that serves HTTP or HTTPS, started by
/// [`EmulatorBuilder::start`](crate::builder::EmulatorBuilder::start).
///
/// It runs on a thread of its own, so a program needs no asynchronous runtime for it. Dropping it
/// stops it: waiting receives get a response without events, other requests get five seconds to
/// end, then the thread is joined.
pub struct RunningEmulator {
    /// One or more.
    addresses: Vec<SocketAddr>,
    acceptor: Acceptor,
    key: String,
    engine: EngineHandle,
    #[cfg_attr(not(feature = "data"), expect(dead_code, reason = "without a store nothing fails"))]
    failure: Failure,
    admin: Option<(SocketAddr, Arc<Access>)>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// How a server serves, beside what its emulator is.
pub(crate) struct ServerSettings {
    pub(crate) acceptor: Acceptor,
    /// How long the head of a request may take, and its body beside what its length allows.
    pub(crate) patience: Duration,
    pub(crate) on_request: Option<OnRequest>,
    pub(crate) admin: Option<AdminSettings>,
    /// The hosts beside this machine that events may be pushed to.
    pub(crate) push_hosts: Vec<String>,
    /// How long the response to a push may take.
    pub(crate) push_timeout: Duration,
    /// Where endpoints reach the emulator, as `http://HOST:PORT`; by default the first address.
    pub(crate) callback: Option<String>,
}

impl RunningEmulator {
    pub(crate) fn start(
        emulator: Emulator,
        settings: ServerSettings,
        listeners: Vec<TcpListener>,
        persistence: Persistence,
    ) -> io::Result<Self> {
        let ServerSettings { acceptor, patience, on_request, admin, push_hosts, push_timeout, callback } =
            settings;
        if listeners.is_empty() {
            let message = "there is no listener: give one or more";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        listeners.iter().try_for_each(|listener| listener.set_nonblocking(true))?;
        let addresses = listeners.iter().map(TcpListener::local_addr).collect::<io::Result<Vec<_>>>()?;
        let admin = admin.map(AdminSettings::listen).transpose()?;
        let shown = match &admin {
            Some((listener, access)) => Some((listener.local_addr()?, Arc::clone(access))),
            None => None,
        };
        let key = emulator.key().to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let own = addresses.iter().copied().chain(shown.as_ref().map(|(address, _)| *address)).collect();
        let targets = PushTargets::new(push_hosts, own);
        let client = PushClient::new(PushClientSettings {
            targets: targets.clone(),
            timeout: push_timeout,
            #[cfg(feature = "tls")]
            certificate_authority: acceptor.certificate_authority().map(str::to_owned),
        });
        let mut emulator = emulator;
        emulator.set_push_targets(targets);
        emulator.make_handshakes(callback.unwrap_or_else(|| reachable(addresses[0], &acceptor)));
        let (engine, handle, failure) = engine(emulator, persistence, client, runtime.handle().clone())?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("eventgrid-emulator".to_owned()).spawn({
            let handler = Handler {
                acceptor: acceptor.clone(),
                engine: handle.clone(),
                admin: None,
                patience,
                on_request,
            };
            let mut listeners: Vec<_> =
                listeners.into_iter().map(|listener| (listener, handler.clone())).collect();
            if let Some((listener, access)) = admin {
                listeners.push((listener, Handler { admin: Some(access), on_request: None, ..handler }));
            }
            move || {
                runtime.block_on(serve(listeners, engine, stopped));
                // A name of an endpoint that is being resolved is not waited for.
                runtime.shutdown_timeout(Duration::ZERO);
            }
        })?;
        Ok(Self {
            addresses,
            acceptor,
            key,
            engine: handle,
            failure,
            admin: shown,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The endpoint for clients: `http://HOST:PORT` or `https://HOST:PORT`, with the actual port.
    ///
    /// It is that of the first address if there are more.
    pub fn endpoint(&self) -> String {
        self.endpoint_of(self.address())
    }

    /// The endpoints of all addresses that it listens on, in the order in which they were given.
    pub fn endpoints(&self) -> impl Iterator<Item = String> {
        self.addresses.iter().map(|address| self.endpoint_of(*address))
    }

    fn endpoint_of(&self, address: SocketAddr) -> String {
        format!("{}://{address}", self.acceptor.scheme())
    }

    /// The endpoint of the admin API; `None` if it is not served. See
    /// [`EmulatorBuilder::admin`](crate::builder::EmulatorBuilder::admin).
    pub fn admin_endpoint(&self) -> Option<String> {
        let (address, _) = self.admin.as_ref()?;
        Some(format!("{}://{address}", self.acceptor.scheme()))
    }

    /// The token of the admin API; `None` if it is not served.
    pub fn admin_token(&self) -> Option<&Secret> {
        self.admin.as_ref().map(|(_, access)| access.token())
    }

    /// The certificate that a client of [`tls_dev`](crate::builder::EmulatorBuilder::tls_dev) must
    /// trust, as PEM text: that of the certificate authority for development. Nothing, if it is not
    /// used.
    #[cfg(feature = "tls")]
    pub fn certificate_authority(&self) -> Option<&str> {
        self.acceptor.certificate_authority()
    }

    /// The address that it listens on; the first one if there are more.
    pub fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// The access key for requests, or the first one of several, as of the start.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Does something with the emulator between two requests, at the present moment: creates or
    /// removes an event subscription, receives from a basic topic, looks at what there is. Returns
    /// what `work` returns.
    ///
    /// ```
    /// use eventgrid_emulator::broker::SubscriptionSettings;
    /// use eventgrid_emulator::{Emulator, Target};
    ///
    /// let server = Emulator::builder().topic("orders").start("127.0.0.1:0")?;
    /// let orders = Target::NamespaceTopic("orders");
    /// server.with(move |emulator| emulator.create_subscription(orders, "billing", SubscriptionSettings::default()));
    /// assert_eq!(server.stats("orders", "billing").unwrap().queued, 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `work` does, or if what it did cannot be written to the directory of
    /// [`EmulatorBuilder::data`](crate::builder::EmulatorBuilder#method.data).
    pub fn with<T: Send + 'static>(&self, work: impl FnOnce(&mut Emulator) -> T + Send + 'static) -> T {
        self.engine.work(work)
    }

    /// What became of the events of a subscription; nothing, if there is no such subscription.
    pub fn stats(&self, topic: &str, subscription: &str) -> Option<SubscriptionStats> {
        let (topic, subscription) = (topic.to_owned(), subscription.to_owned());
        self.with(move |emulator| emulator.stats(&topic, &subscription))
    }

    /// The publishes that were accepted, the oldest first; see [`Accepted`] for how many are kept.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.with(|emulator| emulator.accepted())
    }

    /// Forgets what was accepted. The events stay where they are.
    pub fn clear_accepted(&self) {
        self.with(Emulator::clear_accepted);
    }

    /// The requests that meet the criteria; see [`Emulator::requests`].
    ///
    /// # Errors
    /// [`HeaderNotKept`], if a header is asked for that is left out since it may hold a secret.
    pub fn requests(&self, criteria: &RequestCriteria) -> Result<Vec<JournaledRequest>, HeaderNotKept> {
        let criteria = criteria.clone();
        self.with(move |emulator| emulator.requests(&criteria))
    }

    /// The deliveries to endpoints that meet the criteria; see [`Emulator::deliveries`].
    pub fn deliveries(&self, criteria: &DeliveryCriteria) -> Vec<LoggedDelivery> {
        let criteria = criteria.clone();
        self.with(move |emulator| emulator.deliveries(&criteria))
    }

    /// Counts in the text format of Prometheus; see [`Emulator::metrics`].
    pub fn metrics(&self) -> String {
        self.with(|emulator| emulator.metrics())
    }

    /// Publishes, receives and acknowledges an event; see [`Emulator::check_health`].
    ///
    /// # Errors
    /// [`HealthError`], which says what failed.
    pub fn check_health(&self) -> Result<(), HealthError> {
        self.with(Emulator::check_health)
    }

    /// How many receives wait for an event.
    pub fn waiting(&self) -> usize {
        self.with(|emulator| emulator.waiting())
    }

    /// Waits, in real time, until an event subscription is in a state, so that a test needs no
    /// sleep. Returns the counts of the subscription.
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventgrid_emulator::{Condition, Emulator, Target, WaitError};
    ///
    /// let emulator = Emulator::builder().subscription("orders", "billing").start("127.0.0.1:0")?;
    /// let orders = Target::NamespaceTopic("orders");
    /// let stats = emulator.wait_for(orders, "billing", Condition::Drained, Duration::from_secs(10)).unwrap();
    /// assert_eq!(stats.queued, 0);
    /// let late = emulator.wait_for(orders, "billing", Condition::Available(1), Duration::ZERO);
    /// assert_eq!(late, Err(WaitError::TimedOut(stats)));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`WaitError`], if there is no such event subscription, or the time is over; then it has the
    /// state.
    pub fn wait_for(
        &self,
        target: Target<'_>,
        subscription: &str,
        condition: Condition,
        timeout: Duration,
    ) -> Result<SubscriptionStats, WaitError> {
        self.engine.wait(Wait::new(target, subscription, condition, timeout))
    }

    /// The state of its clock.
    pub fn clock(&self) -> ClockState {
        self.with(|emulator| emulator.clock())
    }

    /// Stops its clock: no lock and no wait of a receive ends until the clock is moved or started.
    pub fn stop_clock(&self) {
        self.with(Emulator::stop_clock);
    }

    /// Starts its clock again, from where it is.
    pub fn start_clock(&self) {
        self.with(Emulator::start_clock);
    }

    /// Moves its clock forward, whether or not it is stopped, and returns when everything that ends
    /// in that time has ended. Shared access signatures expire by this clock, too.
    ///
    /// Pushes that are due in that time are made: the clock stops at each moment at which an
    /// attempt is due until the attempt has ended, for at most 30 seconds of real time each. So
    /// when this returns, the endpoints have got all attempts of that time. Dead letters that are
    /// due then are in their folders, unless that takes longer than 30 seconds of real time.
    pub fn advance_clock(&self, duration: Duration) {
        self.engine.work_when_due(move |emulator| emulator.advance_clock(duration));
    }

    /// Its whole state. With a million events this takes some seconds, in which it handles no
    /// requests.
    pub fn snapshot(&self) -> Snapshot {
        self.with(|emulator| emulator.snapshot())
    }

    /// Replaces its state by that of a snapshot, including the clock; only this can move the clock
    /// back. Lock tokens of the snapshot stay valid. Waiting receives end without events.
    ///
    /// # Errors
    /// If the snapshot is not a state that an emulator can have; nothing is changed then.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        let snapshot = snapshot.clone();
        self.with(move |emulator| emulator.restore_with_clock(&snapshot))
    }

    /// Waits until the directory of its data can no longer be read or written. Then all requests
    /// are refused with 500, and the emulator should be stopped. Never returns if it has no data
    /// directory.
    #[cfg(feature = "data")]
    pub async fn data_failure(&self) -> Arc<DataError> {
        let mut failure = self.failure.of_store.clone();
        loop {
            if let Some(error) = failure.borrow_and_update().clone() {
                return error;
            }
            if failure.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Stops it, as dropping does.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for RunningEmulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It fails only if the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for RunningEmulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningEmulator").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

/// An address as a program on this machine reaches it.
fn reachable(address: SocketAddr, acceptor: &Acceptor) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("{}://{}", acceptor.scheme(), SocketAddr::new(ip, address.port()))
}

fn listen(address: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn serve(listeners: Vec<(TcpListener, Handler)>, engine: Engine, stopped: oneshot::Receiver<()>) {
    tokio::spawn(engine.run());
    let connections = Arc::new(GracefulShutdown::new());
    let engines: Vec<_> = listeners.iter().map(|(_, handler)| handler.engine.clone()).collect();
    let mut accepting = JoinSet::new();
    for (listener, handler) in listeners {
        accepting.spawn(listener::accept(listener, handler, Arc::clone(&connections)));
    }
    let _ = stopped.await;
    // The listeners end here, and with them all other owners of `connections`.
    accepting.shutdown().await;
    for engine in engines {
        engine.end_waiting();
    }
    if let Some(connections) = Arc::into_inner(connections) {
        let _ = tokio::time::timeout(GRACE, connections.shutdown()).await;
    }
}
