//! The suite, run on `eventgrid-ureq`.

use std::process::ExitCode;

use eventgrid::proxy::ProxyRules;
use eventgrid_transport_tests::{ClientCertificate, Options, Proxy, Subject, open_subject, run};
use eventgrid_ureq::Ureq;

fn main() -> ExitCode {
    run(adapter)
}

fn adapter(options: &Options) -> Subject {
    let mut builder = Ureq::builder().limits(options.limits);
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
    open_subject(builder.build())
}
