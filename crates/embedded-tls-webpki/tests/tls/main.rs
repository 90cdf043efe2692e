//! TLS against servers of rustls and OpenSSL, over sockets of tokio.

mod accepted;
mod bounds;
mod built_in;
mod p384;
mod pins;
mod random;
mod refused;
mod socket;
mod support;
mod unproven;
