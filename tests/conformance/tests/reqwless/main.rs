//! The suite, run on `eventgrid-reqwless` over sockets of tokio.

#[path = "../on_a_thread/mod.rs"]
mod on_a_thread;
mod secured;
mod socket;

use std::process::ExitCode;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use eventgrid::{AsyncOpen, AsyncReadBody, AsyncTransport, Open, ReadBody, Request, Response, Transport};
use eventgrid_hyper::Tokio;
use eventgrid_reqwless::{Error, Reqwless, ResponseBody, Slot};
use eventgrid_transport_tests::{Options, Part, Subject, open_subject, run_without, subject};
use on_a_thread::OnAThread;
use socket::TokioSocket;
use tokio::runtime::{Builder, Runtime};

/// The room of a slot for the head of a response: what the contract asks for, and some for the
/// rest.
const HEAD: usize = 20 << 10;

fn main() -> ExitCode {
    run_without(&[Part::Proxy], adapter)
}

fn adapter(options: &Options) -> Subject {
    if options.root_certificate.is_some() {
        let options = options.clone();
        return subject(OnAThread::start(|jobs| secured::run(jobs, options)));
    }
    let slot = || Slot::new(TokioSocket::default(), vec![0; HEAD].leak());
    let transport = Reqwless::with_mutex(Tokio, [slot(), slot()]).limits(options.limits);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    open_subject(Blocking { transport, runtime })
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

impl Open for Blocking {
    type Body<'t> = BlockingBody<'t>;

    fn open(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<BlockingBody<'_>, Error> {
        let body = self.runtime.block_on(AsyncOpen::open(&self.transport, request, response))?;
        Ok(BlockingBody { body, runtime: &self.runtime })
    }
}

/// Blocks on the futures of a body.
struct BlockingBody<'t> {
    body: ResponseBody<'t, 'static, TokioSocket, Tokio, 2, CriticalSectionRawMutex>,
    runtime: &'t Runtime,
}

impl ReadBody for BlockingBody<'_> {
    type Error = Error;

    fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        self.runtime.block_on(self.body.read(room))
    }
}
