//! A transport with faults, and futures that are polled by hand.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use eventgrid::{
    AccessKey, Client, CloudEvent, NamespaceTopic, Publisher, Request, Response, RetryPolicy, SendAsyncSleep,
    SendAsyncTransport, TransportError, TransportErrorKind,
};
use eventgrid_emulator::{Emulator, InProcess};
use eventgrid_worker::{Batcher, BatcherBuilder, PublishError, PublishReport};

/// The emulator, reached over a network that fails as it is told to.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) emulator: InProcess,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    steps: VecDeque<Step>,
    /// The ids of the events of each request.
    requests: Vec<Vec<String>>,
    /// The ids of the events of the requests under way.
    under_way: Vec<Vec<String>>,
    largest: usize,
}

/// A request in progress, until it has a response or is dropped.
struct UnderWay<'n> {
    network: &'n Network,
    ids: Vec<String>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.network.state.lock().unwrap().under_way.retain(|ids| *ids != self.ids);
    }
}

/// What becomes of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// How long it takes until it arrives.
    pub(crate) after: Duration,
    pub(crate) end: End,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// The service responds.
    Response,
    /// There is no connection.
    NoConnection,
    /// The service responds, but the response is lost.
    LostResponse,
    /// Something on the way responds.
    Status(u16),
    /// Time runs out when a part of it was sent.
    RunOut,
}

impl From<End> for Step {
    fn from(end: End) -> Self {
        Self { after: Duration::ZERO, end }
    }
}

impl Step {
    pub(crate) fn after(self, after: Duration) -> Self {
        Self { after, ..self }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the network failed")]
pub(crate) struct NetworkError {
    kind: TransportErrorKind,
    may_have_been_sent: bool,
}

impl NetworkError {
    const NO_CONNECTION: Self = Self { kind: TransportErrorKind::Connect, may_have_been_sent: false };
    const INTERRUPTED: Self = Self { kind: TransportErrorKind::Interrupted, may_have_been_sent: true };
    const RUN_OUT: Self = Self { kind: TransportErrorKind::Timeout, may_have_been_sent: true };
}

impl TransportError for NetworkError {
    fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    fn may_have_been_sent(&self) -> bool {
        self.may_have_been_sent
    }
}

impl Network {
    pub(crate) fn new() -> Self {
        let emulator =
            Emulator::builder().key("c2VjcmV0").topic("orders").basic_topic_at_root().in_process().unwrap();
        Self { emulator, state: Arc::default() }
    }

    /// What becomes of the next requests. Those after them get their response at once.
    pub(crate) fn script<S: Into<Step>>(&self, steps: impl IntoIterator<Item = S>) {
        self.state.lock().unwrap().steps.extend(steps.into_iter().map(Into::into));
    }

    /// The ids of the events of each request, whatever became of it.
    pub(crate) fn requests(&self) -> Vec<Vec<String>> {
        self.state.lock().unwrap().requests.clone()
    }

    /// The ids of the events of each request that has no response yet.
    pub(crate) fn under_way(&self) -> Vec<Vec<String>> {
        self.state.lock().unwrap().under_way.clone()
    }

    /// The size of the largest request, in bytes.
    pub(crate) fn largest_request(&self) -> usize {
        self.state.lock().unwrap().largest
    }

    /// The ids of the events that the emulator accepted, in its order.
    pub(crate) fn accepted(&self) -> Vec<String> {
        self.emulator
            .accepted()
            .iter()
            .flat_map(|accepted| &accepted.events)
            .map(|event| id(event.json()))
            .collect()
    }

    pub(crate) fn publisher(&self) -> Publisher<Self, InProcess, AccessKey<'static>> {
        let client = Client::new(self.clone(), self.emulator.clone(), AccessKey::new("c2VjcmV0"))
            .retry(RetryPolicy::none());
        Publisher::new(client, NamespaceTopic::new(InProcess::ENDPOINT, "orders").unwrap())
    }

    pub(crate) fn builder(&self) -> Builder {
        Batcher::builder(self.publisher())
    }

    /// Moves the clock.
    pub(crate) fn advance(&self, duration: Duration) {
        self.emulator.advance(duration);
    }
}

pub(crate) type Builder = BatcherBuilder<
    Network,
    InProcess,
    AccessKey<'static>,
    NamespaceTopic<'static>,
    eventgrid::target::CloudEvents,
>;
pub(crate) type Outcome = Result<(), PublishError<NetworkError>>;

impl SendAsyncTransport for Network {
    type Error = NetworkError;

    async fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), NetworkError> {
        let events: Vec<serde_json::Value> = serde_json::from_slice(request.body()).unwrap();
        assert!(!events.is_empty(), "a request without events");
        let ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
        let step = {
            let mut state = self.state.lock().unwrap();
            state.largest = state.largest.max(request.body().len());
            state.requests.push(ids.clone());
            state.under_way.push(ids.clone());
            state.steps.pop_front().unwrap_or(End::Response.into())
        };
        let _under_way = UnderWay { network: self, ids };
        if !step.after.is_zero() {
            SendAsyncSleep::sleep(&self.emulator, step.after).await;
        }
        match step.end {
            End::NoConnection => return Err(NetworkError::NO_CONNECTION),
            End::RunOut => {
                response.set_sent(1);
                return Err(NetworkError::RUN_OUT);
            }
            End::Status(status) => {
                response.begin(status);
                return Ok(());
            }
            End::Response | End::LostResponse => {}
        }
        SendAsyncTransport::send(&self.emulator, request, response).await.unwrap();
        match step.end {
            End::LostResponse => Err(NetworkError::INTERRUPTED),
            _ => Ok(()),
        }
    }
}

pub(crate) fn event(id: impl std::fmt::Display + Copy) -> CloudEvent<'static> {
    CloudEvent::new(id.to_string(), "s", "t")
}

fn id(json: &str) -> String {
    let event: serde_json::Value = serde_json::from_str(json).unwrap();
    event["id"].as_str().unwrap().to_owned()
}

/// A future that is polled by hand.
pub(crate) struct Task<'f, T> {
    future: Pin<Box<dyn Future<Output = T> + Send + 'f>>,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl<'f, T> Task<'f, T> {
    pub(crate) fn new(future: impl Future<Output = T> + Send + 'f) -> Self {
        let woken = Woken(AtomicBool::new(true));
        Self { future: Box::pin(future), woken: Arc::new(woken) }
    }

    /// Polls it as long as something wakes it; gives its output if it comes.
    pub(crate) fn poll(&mut self) -> Option<T> {
        while self.woken.0.swap(false, Ordering::SeqCst) {
            let waker = Arc::clone(&self.woken).into();
            if let Poll::Ready(output) = self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Some(output);
            }
        }
        None
    }
}

/// The output of a future that is ready at once.
pub(crate) fn ready<T>(future: impl Future<Output = T> + Send) -> T {
    Task::new(future).poll().expect("it is ready at once")
}

/// Deliveries, each with what was reported so far.
pub(crate) fn reported(deliveries: Vec<PublishReport<NetworkError>>) -> Vec<Option<Outcome>> {
    deliveries.into_iter().map(|delivery| Task::new(delivery).poll()).collect()
}
