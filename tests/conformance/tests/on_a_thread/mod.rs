//! A transport that stays on a thread of its own, since it cannot be shared: requests are sent to
//! that thread, and the responses back.

mod carried;

use std::sync::mpsc;
use std::thread;

use carried::{CarriedRequest, CarriedResponse};
use eventgrid::{AsyncTransport, Request, Response, Transport};
use eventgrid_transport_tests::Failure;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;

/// The near end of a transport on another thread, which ends when this is dropped.
pub(crate) struct OnAThread(UnboundedSender<Job>);

/// What the transport is to do.
pub(crate) type Jobs = UnboundedReceiver<Job>;

/// What the transport is asked for, and where the result goes.
pub(crate) enum Job {
    Send(Box<CarriedRequest>, mpsc::Sender<CarriedResponse>),
    Close(mpsc::Sender<()>),
}

impl OnAThread {
    fn ask(&self, job: Job) {
        assert!(self.0.send(job).is_ok(), "the thread has stopped");
    }

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
        match self {
            Self::Send(request, done) => drop(done.send(request.send(transport).await)),
            Self::Close(done) => {
                transport.close().await;
                let _ = done.send(());
            }
        }
    }
}

impl Transport for OnAThread {
    type Error = Failure;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Failure> {
        let (done, result) = mpsc::channel();
        let request = CarriedRequest::new(request, response);
        self.ask(Job::Send(Box::new(request), done));
        result.recv().unwrap().show(response)
    }

    fn close(&self) {
        let (done, closed) = mpsc::channel();
        self.ask(Job::Close(done));
        closed.recv().unwrap();
    }
}
