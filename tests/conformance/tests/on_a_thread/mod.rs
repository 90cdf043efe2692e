//! A transport that stays on a thread of its own, since it cannot be shared: requests are carried there, and answers back.

mod carried;

use std::sync::mpsc;
use std::thread;

use carried::{CarriedRequest, CarriedResponse};
use conformance::Failure;
use eventgrid::{AsyncTransport, Request, Response, Transport};
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;

/// The near end of a transport on another thread, which ends when this is dropped.
pub(crate) struct OnAThread(UnboundedSender<Job>);

/// What the transport is to do.
pub(crate) type Jobs = UnboundedReceiver<Job>;

/// One request, and where its answer goes.
pub(crate) struct Job {
    request: CarriedRequest,
    done: mpsc::Sender<CarriedResponse>,
}

impl OnAThread {
    /// Runs `serve` in a runtime of tokio, where it makes the transport and does the jobs.
    pub(crate) fn start<F: Future<Output = ()>>(serve: impl FnOnce(Jobs) -> F + Send + 'static) -> Self {
        let (sender, jobs) = unbounded_channel();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, serve(jobs));
        });
        Self(sender)
    }
}

impl Job {
    pub(crate) async fn run(self, transport: &impl AsyncTransport) {
        // Whoever asked may have given up.
        let _ = self.done.send(self.request.send(transport).await);
    }
}

impl Transport for OnAThread {
    type Error = Failure;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
        let (done, answer) = mpsc::channel();
        let request = CarriedRequest::new(request, response);
        assert!(self.0.send(Job { request, done }).is_ok(), "the thread has stopped");
        answer.recv().unwrap().show(response)
    }
}
