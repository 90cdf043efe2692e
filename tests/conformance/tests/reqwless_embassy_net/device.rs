//! A device with its network: a thread, since none of it can be sent to another one.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use conformance::Failure;
use eventgrid::{Buf, Request, ResponseHead, Transport};
use eventgrid_reqwless::{Embassy, Reqwless, Slot};
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{LocalSet, spawn_local};

use crate::carried::{CarriedAnswer, CarriedRequest};
use crate::network::{self, leak};
use crate::relay::{Relayed, Relays};

static ENVIRONMENT: Embassy = Embassy::new();

/// A device. Its thread ends when it is dropped.
pub(crate) struct Device(UnboundedSender<Job>);

struct Job {
    request: CarriedRequest,
    done: mpsc::Sender<CarriedAnswer>,
}

impl Device {
    pub(crate) fn start(response_timeout: Duration, body_timeout: Duration) -> Self {
        let (sender, jobs) = unbounded_channel();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            LocalSet::new().block_on(&runtime, run(jobs, response_timeout, body_timeout));
        });
        Self(sender)
    }
}

async fn run(mut jobs: UnboundedReceiver<Job>, response_timeout: Duration, body_timeout: Duration) {
    let (near, far) = network::pair();
    near.wait_config_up().await;
    far.wait_config_up().await;
    let relays = Relays::new(far);
    let slot = || Slot::new(Relayed::new(near, relays.clone()), leak([0; 1024]));
    let transport = Reqwless::new(&ENVIRONMENT, [slot(), slot()])
        .response_timeout(response_timeout)
        .body_timeout(body_timeout);
    let transport: &Reqwless<'static, _, _> = leak(transport);
    while let Some(Job { request, done }) = jobs.recv().await {
        let relays = relays.clone();
        spawn_local(async move {
            relays.settle().await;
            // Whoever asked may have given up.
            let _ = done.send(request.send(transport).await);
        });
    }
}

impl Transport for Device {
    type Error = Failure;

    fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Failure> {
        let (done, answer) = mpsc::channel();
        let request = CarriedRequest::new(request, body);
        assert!(self.0.send(Job { request, done }).is_ok(), "the device has stopped");
        answer.recv().unwrap().show(head, body)
    }
}
