//! What a client brings to a handshake: who it is, and its random numbers. Whom it trusts is judged
//! in `trust`.

mod identity;
mod provider;
mod random;

pub use self::identity::{ClientIdentity, InvalidKey};
pub(crate) use self::provider::Provider;
pub use self::random::TlsRandom;
