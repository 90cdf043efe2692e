//! Without TLS, https is an error that says what to do.
#![cfg(not(feature = "rustls"))]

use std::error::Error as _;

use eventgrid_ureq::eventgrid::{
    AccessKey, CloudEvent, Error, NamespaceTopic, TransportError, TransportErrorKind,
};
use eventgrid_ureq::{Publisher, client};

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
