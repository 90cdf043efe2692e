//! Shared access signatures (SAS tokens): access to one resource for a limited time, proved by a signature.

mod token;

pub use token::SasToken;
