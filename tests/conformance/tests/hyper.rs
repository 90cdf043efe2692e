//! The suite, run on `eventgrid-hyper`.

use std::process::ExitCode;

use eventgrid::proxy::ProxyRules;
use eventgrid::{AsyncOpen, AsyncReadBody, AsyncTransport, Open, ReadBody, Request, Response, Transport};
use eventgrid_hyper::{Error, Hyper, ResponseBody};
use eventgrid_transport_tests::{ClientCertificate, Options, Proxy, Subject, open_subject, run};
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    run(adapter)
}

fn adapter(options: &Options) -> Subject {
    let mut builder = Hyper::builder().limits(options.limits);
    builder = match &options.proxy {
        Proxy::None => builder.without_proxy(),
        Proxy::Environment => builder,
        Proxy::Url(url) => builder.proxy(url).unwrap(),
        Proxy::Variables(variables) => builder.proxy_rules(ProxyRules::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        })),
    };
    if let Some(pem) = &options.root_certificate {
        builder = builder.root_certificates(pem.as_bytes()).unwrap();
    }
    if let Some(ClientCertificate { chain, private_key, .. }) = &options.client_certificate {
        builder = builder.client_certificate(chain.as_bytes(), private_key.as_bytes()).unwrap();
    }
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    open_subject(Blocking { transport: builder.build(), runtime })
}

/// Blocks on the futures of the transport, in a runtime of its own.
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

impl Open for Blocking {
    type Body<'t> = BlockingBody<'t>;

    fn open(&self, request: &Request<'_>, response: &mut Response<'_>) -> Result<BlockingBody<'_>, Error> {
        let body = self.runtime.block_on(AsyncOpen::open(&self.transport, request, response))?;
        Ok(BlockingBody { body, runtime: &self.runtime })
    }
}

/// Blocks on the futures of a body.
struct BlockingBody<'t> {
    body: ResponseBody<'t>,
    runtime: &'t Runtime,
}

impl ReadBody for BlockingBody<'_> {
    type Error = Error;

    fn read(&mut self, room: &mut [u8]) -> Result<usize, Error> {
        self.runtime.block_on(self.body.read(room))
    }
}
