//! The suite, run on `eventgrid-ureq`.

use std::process::ExitCode;

use eventgrid::Limits;
use eventgrid_transport_tests::{ClientCertificate, Options, Part, Proxy, Subject, run_without, subject};
use eventgrid_ureq::Ureq;

fn main() -> ExitCode {
    run_without("ureq", &[Part::Open], adapter)
}

fn adapter(options: &Options) -> Subject {
    let Limits { response, idle, .. } = options.limits;
    let mut builder = Ureq::builder();
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
    subject(builder.build())
}
