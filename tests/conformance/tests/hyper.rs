//! The suite, run on `eventgrid-hyper`.

use std::process::ExitCode;

use eventgrid::{AsyncTransport, Limits, Request, Response, Transport};
use eventgrid_hyper::{Error, Hyper};
use eventgrid_transport_tests::{ClientCertificate, Options, Part, Proxy, Subject, run_without, subject};
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    run_without("hyper", &[Part::Open], adapter)
}

fn adapter(options: &Options) -> Subject {
    let Limits { response, idle, .. } = options.limits;
    let mut builder = Hyper::builder();
    if let Some(timeout) = response {
        builder = builder.response_timeout(timeout);
    }
    if let Some(timeout) = idle {
        builder = builder.body_timeout(timeout);
    }
    builder = match &options.proxy {
        Proxy::None => builder.without_proxy(),
        Proxy::Environment => builder,
        Proxy::Url(url) => builder.proxy(url).unwrap(),
    };
    if let Some(pem) = &options.root_certificate {
        builder = builder.root_certificates(pem.as_bytes()).unwrap();
    }
    if let Some(ClientCertificate { chain, private_key, .. }) = &options.client_certificate {
        builder = builder.client_certificate(chain.as_bytes(), private_key.as_bytes()).unwrap();
    }
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    subject(Blocking { transport: builder.build(), runtime })
}

/// Blocks on the futures of the transport, in a runtime of its own. It has one thread: among
/// several, it is a race whether a connection is back in the pool before the next call asks for
/// one.
struct Blocking {
    transport: Hyper,
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
