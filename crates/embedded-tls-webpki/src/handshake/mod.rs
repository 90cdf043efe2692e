//! What a client needs for a handshake: its certificate and random numbers. Which servers are
//! trusted is decided in `trust`.

mod identity;
mod provider;
mod random;

pub use self::identity::{ClientIdentity, InvalidKey};
pub(crate) use self::provider::Provider;
pub use self::random::TlsRandom;
