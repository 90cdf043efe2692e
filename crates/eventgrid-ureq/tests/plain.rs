//! Without TLS, https is an error that says what to do.
#![cfg(not(feature = "rustls-bundled-roots"))]

use std::error::Error as _;

use eventgrid_ureq::eventgrid::proxy::ProxyRules;
use eventgrid_ureq::eventgrid::{
    AccessKey, Client, CloudEvent, Error, NamespaceTopic, Std, TransportError, TransportErrorKind,
};
use eventgrid_ureq::{Publisher, Ureq, client};

#[test]
fn https_needs_a_feature() {
    let topic = NamespaceTopic::new("https://localhost:1", "readings").unwrap();
    let publisher = Publisher::new(client(AccessKey::new("c2VjcmV0")), topic);
    let event = CloudEvent::new("1", "urn:plant/boiler", "Reading");
    let Err(Error::Transport { error, .. }) = publisher.send(&event) else {
        panic!("nothing can have been sent")
    };
    assert_eq!((error.kind(), error.may_have_been_sent()), (TransportErrorKind::Tls, false));
    assert!(error.source().unwrap().to_string().contains("feature `rustls`"));
}

#[test]
fn so_does_a_proxy_that_is_spoken_to_over_https() {
    assert!(Ureq::builder().proxy("https://proxy.example").is_err());
    let rules =
        ProxyRules::from_variables(|name| (name == "ALL_PROXY").then(|| "https://proxy.example".into()));
    let transport = Ureq::builder().proxy_rules(rules).build();
    let client = Client::new(transport, Std, AccessKey::new("c2VjcmV0")).allow_plain_http();
    let publisher = Publisher::new(client, NamespaceTopic::new("http://ns.example", "readings").unwrap());
    let sent = publisher.send(&CloudEvent::new("1", "urn:plant/boiler", "Reading"));
    let Err(Error::Transport { error, .. }) = sent else { panic!("nothing can have been sent") };
    assert!(!error.may_have_been_sent() && !error.kind().is_transient());
    let cause = error.source().unwrap().to_string();
    assert!(cause.contains("ALL_PROXY") && cause.contains("feature `rustls`"), "{cause}");
}
