//! The transport and its socket over TLS. TLS itself is tested by `embedded-tls-webpki`.

mod errors;
mod roots;
mod support;
mod transport;
mod wire;
