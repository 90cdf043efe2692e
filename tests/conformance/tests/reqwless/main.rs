//! The suite, run on `eventgrid-reqwless` over sockets of tokio.

#[path = "../on_a_thread/mod.rs"]
mod on_a_thread;
mod secured;
mod socket;

use std::process::ExitCode;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use eventgrid::{AsyncTransport, Request, Response, Transport};
use eventgrid_hyper::Tokio;
use eventgrid_reqwless::{Error, Reqwless, Slot};
use eventgrid_transport_tests::{Options, Part, Subject, run_without, subject};
use on_a_thread::OnAThread;
use socket::TokioSocket;
use tokio::runtime::{Builder, Runtime};

/// The room of a slot for the head of a response: what the contract asks for, and some for the
/// rest.
const HEAD: usize = 20 << 10;

fn main() -> ExitCode {
    run_without(&[Part::Proxy, Part::Open], adapter)
}

fn adapter(options: &Options) -> Subject {
    if options.root_certificate.is_some() {
        let options = options.clone();
        return subject(OnAThread::start(|jobs| secured::run(jobs, options)));
    }
    let slot = || Slot::new(TokioSocket::default(), vec![0; HEAD].leak());
    let transport = Reqwless::with_mutex(Tokio, [slot(), slot()]).limits(options.limits);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    subject(Blocking { transport, runtime })
}

/// Blocks on the futures of the transport, in a runtime of its own.
struct Blocking {
    transport: Reqwless<'static, TokioSocket, Tokio, 2, CriticalSectionRawMutex>,
    runtime: Runtime,
}

impl Transport for Blocking {
    type Error = Error;

    fn send(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<(), Error> {
        self.runtime.block_on(AsyncTransport::send(&self.transport, request, response))
    }

    fn close(&self) {
        self.runtime.block_on(AsyncTransport::close(&self.transport));
    }
}
