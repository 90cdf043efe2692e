//! The suite, run on `eventgrid-hyper`.

use std::process::ExitCode;

use conformance::{ClientCertificate, Options, Proxy, Subject, run, subject};
use eventgrid::proxy::ProxyRules;
use eventgrid::{AsyncTransport, Buf, Request, ResponseHead, Transport};
use eventgrid_hyper::{Error, Hyper};
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    run("hyper", adapter)
}

fn adapter(options: &Options) -> Subject {
    let mut builder =
        Hyper::builder().response_timeout(options.response_timeout).body_timeout(options.body_timeout);
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
    if let Some(ClientCertificate { chain, private_key }) = &options.client_certificate {
        builder = builder.client_certificate(chain.as_bytes(), private_key.as_bytes()).unwrap();
    }
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    subject(Blocking { transport: builder.build(), runtime })
}

/// Blocks on the futures of the transport, in a runtime of its own. It has one thread: among several, it is a race whether a
/// connection is back in the pool before the next call asks for one.
struct Blocking {
    transport: Hyper,
    runtime: Runtime,
}

impl Transport for Blocking {
    type Error = Error;

    fn send(
        &self,
        request: &Request<'_>,
        head: &mut ResponseHead<'_>,
        body: &mut Buf<'_>,
    ) -> Result<(), Error> {
        self.runtime.block_on(AsyncTransport::send(&self.transport, request, head, body))
    }
}
