//! Shared access signatures (SAS tokens): access to one resource for a limited time, proved by a
//! signature.
//!
//! A token is `r=RESOURCE&e=EXPIRY&s=SIGNATURE`, each part percent-encoded. The signature is the
//! base64 of the HMAC-SHA256 of all that stands before `&s=`, under the access key decoded from
//! base64. The service signs the text that it receives, so how it is encoded makes no difference,
//! and it reads many forms of dates. What is written here is what its SDK for JavaScript writes.
//!
//! | you have | take |
//! |---|---|
//! | a token that somebody else made | [`SasToken`] |
//! | an access key and a clock | `SasKey` (feature `sas`) |
//! | tokens that are to be checked | `SharedAccessSignature` (features `sas` and `alloc`) |

mod expiry;
#[cfg(feature = "sas")]
mod key;
mod percent;
#[cfg(feature = "sas")]
mod resource;
mod token;
#[cfg(all(feature = "sas", feature = "alloc"))]
mod verify;

#[cfg(feature = "sas")]
pub use key::{InvalidKey, SasKey};
#[cfg(feature = "sas")]
pub use resource::SasResource;
pub use token::SasToken;
#[cfg(all(feature = "sas", feature = "alloc"))]
pub use verify::{InvalidSas, SharedAccessSignature};
